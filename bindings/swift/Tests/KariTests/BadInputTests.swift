// SPDX-License-Identifier: Apache-2.0
import CKari
import Foundation
import Testing

@testable import Kari

extension Binding {
    /// Every wrong input is told, and the tablet goes on.
    @Suite struct BadInputTests {
        private let note = NoteEntry(title: "A", text: "B")

        @Test("a closed tablet says so and touches nothing")
        func closed() async throws {
            let tablet = try await Ward.enrolled("closed")
            let record = try await Ward.patient(tablet, "Bjarne")
            await tablet.close()
            await tablet.close()
            await refused(.closed) { () async throws(KariError) in try await tablet.patients() }
            await refused(.closed) { () async throws(KariError) in
                try await tablet.chart(of: record)
            }
            await refused(.closed) { [note] () async throws(KariError) in
                try await tablet.writeNote(note, in: record)
            }
            await refused(.closed) { () async throws(KariError) in try await tablet.sync() }
            await refused(.closed) { () async throws(KariError) in try await tablet.changes() }
            var steps = tablet.following().makeAsyncIterator()
            await refused(.closed) { () async throws(KariError) in try await steps.next() }
            #expect(try await steps.next() == nil)
        }

        @Test("null, a number that was closed, and one of another kind are told")
        func wrongHandles() async throws {
            let tablet = try await Ward.enrolled("handles")
            let closed = tablet.number
            await tablet.close()
            let cancel = kari_cancel_new()
            for number in [closed, 0, UInt.max, 7, UInt(bitPattern: cancel)] {
                let wrong = Tablet(number)
                await refused(.invalidArgument) { () async throws(KariError) in
                    try await wrong.patients()
                }
                await wrong.close()
            }
            kari_cancel_free(cancel)
            kari_cancel_ask(cancel)
            kari_cancel_free(cancel)
            #expect(kari_watch_again(cancel, nil) == kari_status(KARI_ERROR_INVALID_ARGUMENT))
        }

        @Test("NUL is no text, and all the rest is")
        func texts() async throws {
            let tablet = try await Ward.enrolled("texts")
            let record = try await Ward.patient(tablet, "Bjarne")
            for bad in ["a\0b", "\0"] {
                await refused(.invalidArgument) { () async throws(KariError) in
                    try await tablet.writeNote(NoteEntry(title: bad, text: "B"), in: record)
                }
                await refused(.invalidArgument) { [note] () async throws(KariError) in
                    try await tablet.saveDraft(note, key: bad, in: record)
                }
                await refused(.invalidArgument) { () async throws(KariError) in
                    try await tablet.findingCase(bad)
                }
                #expect(RecordId(bad) == nil)
            }
            let good = "blå himmel, €, 😀 og \u{202E} mer, \u{FFFD} og e\u{301}"
            try await tablet.writeNote(NoteEntry(title: good, text: good), in: record)
            let shown = try await tablet.chart(of: record).notes.first?.document.value
            #expect(shown.map { Array($0.text.utf8) } == Array(good.utf8))
            #expect(RecordId("xyz") == nil)
            #expect(Digest("\(record)") == nil)
            #expect(RecordId("\(record)") == record)
            await refused(.malformed) { () async throws(KariError) in
                try await tablet.stopOrder("no token", reason: "why")
            }
            let many = [RuleOverride](
                repeating: RuleOverride(rule: "a/b", reason: "c"), count: 1001)
            await refused(.tooLarge) { () async throws(KariError) in
                try await tablet.give(DoseEntry(token: "x", overrides: many))
            }
            await tablet.close()
        }

        @Test("numbers and moments that C has no room for are refused, and crash nothing")
        func numbers() async throws {
            let tablet = try await Ward.enrolled("numbers")
            let record = try await Ward.patient(tablet, "Berit")
            _ = try await tablet.chart(of: record)
            let order = try #require(try await tablet.round(of: record).asNeeded.first)
            for doses in [-1, Int.max] {
                await refused(.valueOutOfRange) { () async throws(KariError) in
                    try await tablet.askAllowance(
                        AllowanceAsk(token: order.token, doses: doses, hours: 1))
                }
            }
            let far = Moment(at: .distantFuture, offsetSeconds: Int.max, zone: "UTC")
            let late = NoteEntry(text: "B", date: far)
            var told: KariError.Code?
            do throws(KariError) {
                try await tablet.writeNote(late, in: record)
            } catch { told = error.code }
            #expect(told != nil)
            await refused(.invalidArgument) { () async throws(KariError) in
                try await tablet.history(of: record, kind: "MedicationRequest", limit: -1)
            }
            await refused(.malformed) { () async throws(KariError) in
                try await tablet.round(
                    of: record, date: CalendarDate(year: Int.max, month: -1, day: 99))
            }
            await tablet.close()
        }

        @Test("a place that is no tablet, and one that is taken, are told")
        func places() async throws {
            await refused(.invalidArgument) { () async throws(KariError) in
                try await Tablet.open(Place(directory: ""))
            }
            await refused(.notEnrolled) { () async throws(KariError) in
                try await Tablet.open(Ward.place("nowhere"))
            }
            await refused(.codeRefused) { () async throws(KariError) in
                try await Tablet.enrol(Ward.enrolment("nowhere", code: "no code"))
            }
            let taken = try await Ward.enrolled("taken")
            await refused(.inUse) { () async throws(KariError) in
                try await Tablet.open(Ward.place("taken"))
            }
            await taken.close()
        }

        @Test("who throws while it listens ends the exchange and nothing else")
        func throwing() async throws {
            struct OnPurpose: Error {}
            let tablet = try await Ward.enrolled("throws")
            let record = try await Ward.patient(tablet, "Bjarne")
            await #expect(throws: OnPurpose.self) {
                for try await _ in tablet.syncing() { throw OnPurpose() }
            }
            let changes = try await tablet.changes()
            await #expect(throws: OnPurpose.self) {
                try await tablet.writeNote(note, in: record)
                for await _ in changes { throw OnPurpose() }
            }
            #expect(try await tablet.sync().complete)
            await tablet.close()
        }

        @Test("many tasks use one tablet while it is closed")
        func tasks() async throws {
            let tablet = try await Ward.enrolled("threads")
            let record = try await Ward.patient(tablet, "Bjarne")
            let (working, work) = AsyncStream.makeStream(of: Void.self)
            await withTaskGroup(of: KariError.Code.self) { group in
                for number in 0..<6 {
                    group.addTask { [note] in
                        while true {
                            do throws(KariError) {
                                if number == 0 {
                                    try await tablet.writeNote(note, in: record)
                                } else {
                                    _ = try await tablet.chart(of: record)
                                }
                                work.yield()
                            } catch {
                                if error.code != .locked { return error.code }
                            }
                        }
                    }
                }
                var done = working.makeAsyncIterator()
                for _ in 0..<12 { await done.next() }
                await tablet.close()
                for await code in group { #expect(code == .closed) }
            }
            await expectNothingLeft()
        }
    }
}
