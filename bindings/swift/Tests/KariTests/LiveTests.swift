// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Kari

extension Binding {
    @Suite struct LiveTests {
        private let note = NoteEntry(title: "Tilsyn", text: "Sover.")

        @Test("a live chart is read again after a write and ends with its tablet")
        func liveChart() async throws {
            do {
                let tablet = try await Ward.enrolled("live")
                let record = try await Ward.patient(tablet, "Bjarne")
                var charts = tablet.charts(of: record).makeAsyncIterator()
                let notes = try await charts.next()?.get().notes.count ?? -1
                try await tablet.writeNote(note, in: record)
                while try await charts.next()?.get().notes.count != notes + 1 {}
                await tablet.close()
                while let last = await charts.next() {
                    if case .failure(let error) = last { #expect(error.code == .closed) }
                }
                var late = tablet.charts(of: record).makeAsyncIterator()
                let first = await late.next()
                await refused(.closed) { () async throws(KariError) in try first?.get() }
                #expect(await late.next() == nil)
            }
            await expectNothingLeft()
        }

        @Test("a live chart ends at the lock, and is nobody else's after it")
        func lock() async throws {
            do {
                let tablet = try await Ward.enrolled("locked")
                let record = try await Ward.patient(tablet, "Bjarne")
                try await tablet.unlock(Ward.colleague, pin: Ward.colleagueCode())
                try await tablet.addNurse(Ward.colleague, pin: "1357")
                var charts = tablet.charts(of: record).makeAsyncIterator()
                #expect(try await charts.next()?.get().record == record)
                try await tablet.lock()
                try await tablet.unlock(Ward.colleague, pin: "1357")
                let last = await charts.next()
                await refused(.locked) { () async throws(KariError) in try last?.get() }
                #expect(await charts.next() == nil)
                try await tablet.lock()
                var late = tablet.charts(of: record).makeAsyncIterator()
                let first = await late.next()
                await refused(.locked) { () async throws(KariError) in try first?.get() }
                await tablet.close()
            }
            await expectNothingLeft()
        }

        @Test("trouble with the network is said in words")
        func trouble() async throws {
            let relay = try Relay()
            let tablet = try await Ward.enrolled("trouble", address: relay.address)
            relay.close()
            for try await step in tablet.following() {
                guard case .now(.trouble, let why?) = step else { continue }
                #expect(!why.sentence(.nb).isEmpty && !why.whatToDo(.en).isEmpty)
                break
            }
            await tablet.close()
        }

        @Test("who listens hears which record changed, and that the tablet was locked")
        func changes() async throws {
            do {
                let tablet = try await Ward.enrolled("changes")
                let record = try await Ward.patient(tablet, "Bjarne")
                var caseloads = tablet.caseloads().makeAsyncIterator()
                #expect(try await caseloads.next()?.get().rows.count ?? 0 >= 3)
                var findings = tablet.openFindings(of: record).makeAsyncIterator()
                let closed = await findings.next()
                await refused(.notPermitted) { () async throws(KariError) in try closed?.get() }
                _ = try await tablet.chart(of: record)
                try await tablet.writeNote(note, in: record)
                // What was refused is read again, too.
                #expect(try await findings.next()?.get() != nil)
                var heard = try await tablet.changes().makeAsyncIterator()
                try await tablet.writeNote(note, in: record)
                let change = await heard.next()
                #expect(change?.record == record)
                try await tablet.lock()
                while let change = await heard.next(), change.kind != .locked {}
                await tablet.close()
                while await heard.next() != nil {}
            }
            await expectNothingLeft()
        }

        @Test("a sync tells how far it is, and ends with the one who iterates it")
        func syncing() async throws {
            let tablet = try await Ward.enrolled("syncing")
            let record = try await Ward.patient(tablet, "Bjarne")
            try await tablet.writeNote(note, in: record)
            var under = 0
            var report: SyncReport?
            for try await step in tablet.syncing() {
                #expect(report == nil)
                switch step {
                case .under: under += 1
                case .ended(let ended): report = ended
                }
            }
            #expect(under > 0)
            #expect(report?.complete == true && report?.progress.sent ?? 0 > 0)
            try await tablet.writeNote(note, in: record)
            for try await step in tablet.syncing() {
                guard case .under = step else { continue }
                break
            }
            // One at a time: it waits for the one that was broken off.
            #expect(try await tablet.sync(withoutAttachments: true).complete)
            await tablet.close()
        }

        @Test("a cancelled task ends what it does with the network")
        func cancelled() async throws {
            let tablet = try await Ward.enrolled("cancel")
            let (waiting, waits) = AsyncStream.makeStream(of: Void.self)
            let follower = Task {
                for try await step in tablet.following() {
                    if case .now(.waiting, nil) = step { waits.yield() }
                }
            }
            for await _ in waiting { break }
            follower.cancel()
            try await follower.value
            #expect(try await tablet.sync().complete)
            await tablet.close()
        }

        @Test("a sync that the network holds ends when it is cancelled, and when it is closed")
        func held() async throws {
            do {
                let relay = try Relay()
                let tablet = try await Ward.enrolled("held", address: relay.address)
                relay.hold()
                let syncer = Task { () async throws(KariError) in try await tablet.sync() }
                await relay.held()
                syncer.cancel()
                await refused(.cancelled) { () async throws(KariError) in
                    try await syncer.result.mapError { $0 as! KariError }.get()
                }
                let collector = Task {
                    for try await _ in tablet.syncing() {}
                }
                await relay.held()
                await tablet.close()
                let ended = await collector.result
                guard case .failure(let error as KariError) = ended else {
                    Issue.record("it ended with \(ended)")
                    return
                }
                #expect([.cancelled, .closed].contains(error.code))
                relay.close()
            }
            await expectNothingLeft()
        }

        @Test("closing a tablet ends the exchange that is under way")
        func closing() async throws {
            do {
                let tablet = try await Ward.enrolled("closing")
                var steps = tablet.following().makeAsyncIterator()
                _ = try await steps.next()
                await tablet.close()
                while let _ = try? await steps.next() {}
                #expect(try await steps.next() == nil)
            }
            await expectNothingLeft()
        }
    }
}
