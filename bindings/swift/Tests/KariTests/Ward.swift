// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Kari

/// All that is tested against the ward's server, one test after the other: the core counts what is
/// alive in the whole process.
@Suite(.serialized, .timeLimit(.minutes(3)))
enum Binding {}

/// What the driver, tests/swift/swift_binding_test.py, says of the server and its people.
enum Ward {
    static let pin = "2468"
    static let work = said("KARI_WORK")
    static let server = said("KARI_SERVER")
    static let nurse = PersonId(said("KARI_NURSE"))!
    static let colleague = PersonId(said("KARI_COLLEAGUE"))!
    /// Of an enrolment that comes to nothing before it is used.
    static let spare = codes.with { $0.removeLast() }
    private static let colleagueCodes = Shared(
        said("KARI_COLLEAGUE_CODES").components(separatedBy: ","))
    private static let codes = Shared(said("KARI_CODES").components(separatedBy: ","))

    private static func said(_ name: String) -> String {
        ProcessInfo.processInfo.environment[name] ?? "no \(name)"
    }

    /// For the colleague alone, once.
    static func colleagueCode() -> String {
        colleagueCodes.with { $0.removeFirst() }
    }

    static func place(_ name: String) -> Place {
        Place(directory: "\(work)/\(name)", zone: "Europe/Oslo", language: .en)
    }

    static func enrolment(
        _ name: String,
        code: String? = nil,
        address: String = server
    ) -> Enrolment {
        Enrolment(
            place: place(name), server: address, code: code ?? codes.with { $0.removeFirst() },
            person: nurse, pin: pin, deviceName: name, pinMemoryKib: 1024, pinIterations: 1)
    }

    /// A tablet that has its caseload.
    static func enrolled(_ name: String, address: String = server) async throws -> Tablet {
        let tablet = try await Tablet.enrol(enrolment(name, address: address))
        try await tablet.sync()
        return tablet
    }

    static func patient(_ tablet: Tablet, _ name: String) async throws -> RecordId {
        let rows = try await tablet.patients().rows
        return try #require(rows.first { $0.name.contains(name) }).record
    }
}

/// The call is refused with this error (nil: any), which says something to a nurse.
@discardableResult
func refused<Value>(
    _ code: KariError.Code?,
    _ place: SourceLocation = #_sourceLocation,
    _ act: () async throws(KariError) -> Value
) async -> KariError? {
    do throws(KariError) {
        _ = try await act()
        Issue.record("it was done, and not refused with \(code as Any)", sourceLocation: place)
        return nil
    } catch {
        #expect(code == nil || error.code == code, sourceLocation: place)
        #expect(!error.sentence(.nb).isEmpty && !error.whatToDo(.en).isEmpty, sourceLocation: place)
        #expect(!error.what.isEmpty, sourceLocation: place)
        return error
    }
}

/// What was let go of is given back on other threads: they are waited for.
func expectNothingLeft(_ place: SourceLocation = #_sourceLocation) async {
    let end = Date() + 30
    while KariLibrary.liveObjects > 0, Date() < end { await Task.yield() }
    #expect(KariLibrary.liveObjects == 0, sourceLocation: place)
}
