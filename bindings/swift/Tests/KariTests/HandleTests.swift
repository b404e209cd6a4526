// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Kari

extension Binding {
    @Suite struct HandleTests {
        @Test("a tablet that an app forgot is closed when nothing holds it")
        func forgotten() async throws {
            do {
                let tablet = try await Ward.enrolled("forgotten")
                #expect(try await !tablet.state().locked)
            }
            await expectNothingLeft()
            try await Tablet.open(Ward.place("forgotten")).close()
            await expectNothingLeft()
        }

        @Test("a write that was begun is finished, and answers, though its task is cancelled")
        func finished() async throws {
            let tablet = try await Ward.enrolled("finished")
            let record = try await Ward.patient(tablet, "Bjarne")
            let note = NoteEntry(title: "A", text: "B")
            let notes = try await tablet.chart(of: record).notes.count
            let gate = DispatchSemaphore(value: 0)
            tablet.work.async { gate.wait() }
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            let writer = Task { () async throws(KariError) in
                begin.yield()
                return try await tablet.writeNote(note, in: record)
            }
            for await _ in begun { break }
            // It has begun, or is about to: either is told.
            writer.cancel()
            gate.signal()
            let count: Int
            switch await writer.result {
            case .success: count = 1
            case .failure(let error):
                #expect((error as? KariError)?.code == .cancelled)
                count = 0
            }
            #expect(try await tablet.chart(of: record).notes.count == notes + count)
            await tablet.close()
        }

        @Test("a task that was cancelled before makes no call")
        func cancelledBefore() async throws {
            let tablet = try await Ward.enrolled("before")
            let record = try await Ward.patient(tablet, "Bjarne")
            let notes = try await tablet.chart(of: record).notes.count
            let writer = Task { () async -> KariError? in
                withUnsafeCurrentTask { $0?.cancel() }
                return await refused(.cancelled) { () async throws(KariError) in
                    try await tablet.writeNote(NoteEntry(text: "B"), in: record)
                }
            }
            #expect(await writer.value?.advice == .retry)
            #expect(try await tablet.chart(of: record).notes.count == notes)
            await tablet.close()
        }

        @Test("every error of the core has a code of its own")
        func errors() {
            #expect(KariLibrary.version == "0.1.0")
            #expect(KariError.Code.allCases.count == 56)
            #expect(KariError.Code.wrongPin.rawValue == 41)
        }

        @Test("what a nurse reads or writes is not printed")
        func unlogged() async throws {
            let tablet = try await Ward.enrolled("unlogged")
            let record = try await Ward.patient(tablet, "Åse")
            let chart = try await tablet.chart(of: record)
            var dumped = ""
            dump(chart, to: &dumped)
            dump(chart.allergies, to: &dumped)
            dump(NoteEntry(title: "Penicillin", text: "Åse"), to: &dumped)
            dump(Ward.enrolment("x", code: "Åse"), to: &dumped)
            dumped += "\(chart) \(chart.orders) \(chart.patient as Any)"
            #expect(dumped.contains("Chart(not shown)"))
            for word in ["Åse", "Penicillin", "Metoprolol", Ward.pin] {
                #expect(!dumped.contains(word))
            }
            await tablet.close()
        }
    }
}
