// SPDX-License-Identifier: Apache-2.0
import CKari
import Dispatch

/// The library that runs.
public enum KariLibrary {
    /// Of the core: "0.1.0".
    public static var version: String { String(cString: kari_version()) }

    /// Handles that the core has given and not got back: 0 when an app has forgotten none.
    public static var liveObjects: Int { Int(clamping: kari_live_objects()) }
}

/// A tablet that charts and gives medicine with no network, and agrees with the server when there
/// is one. ``open(_:)`` and ``enrol(_:)`` give it; what it does stands in extensions: `chart`,
/// `round`, `give`, `sync`.
///
/// - **Requires:** a sign-in (`unlock`) for all that concerns patients. Tokens are those of the
///   view that the author had before their eyes. Texts hold no NUL.
/// - **Returns and errors:** a call that is refused throws a ``KariError``, and nothing else. Any
///   call may be refused with ``KariError/Code/closed``, ``KariError/Code/invalidArgument``,
///   ``KariError/Code/internal``, ``KariError/Code/locked`` and the errors of storage; "Errors"
///   names the others.
/// - **Durability:** a write that answered is on the disk for ever; one that was refused wrote
///   nothing, save ``KariError/Code/internal``: then read the chart before writing it again. A task
///   that was cancelled before makes no call (``KariError/Code/cancelled``); one that is cancelled
///   during a call finishes it and has its answer. (`sync` and `following` end early, and keep what
///   they applied.)
/// - **Threads:** any task may call anything at any time; the calls of one tablet wait for each
///   other. The core works on threads of its own, never on those of tasks.
/// - **Ownership:** ``close()`` ends it. A tablet that is forgotten is closed when nothing holds it
///   any more. Views are plain values: they are the app's, and nothing in them changes.
/// - **Units and limits:** UCUM; numbers are decimal texts, as they were typed; at most 1,000 items
///   in a list that is an argument. Views and entries do not print: they would leak into logs.
///
/// No rule of care stands in this layer.
public final class Tablet: Sendable {
    /// What has to end with the tablet.
    struct State {
        var closed = false
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var ends: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    let number: UInt
    let work = DispatchQueue(label: "no.kari.tablet")
    let state: Shared<State>

    init(_ number: UInt) {
        self.number = number
        state = Shared(State())
    }

    deinit {
        guard !state.with({ $0.closed }) else { return }
        let number = number
        // Closing may wait, and whoever let go of the tablet must not.
        DispatchQueue(label: "no.kari.close").async { Self.end(number) }
    }

    /// Opens what was enrolled; locked. Errors: ``KariError/Code/notEnrolled``,
    /// ``KariError/Code/inUse``, ``KariError/Code/wiped``, ``KariError/Code/keyStoreFailed``,
    /// ``KariError/Code/storageMissing``, ``KariError/Code/keyStoreMissing``.
    public static func open(_ place: Place) async throws(KariError) -> Tablet {
        try await made { call, out in
            kari_device_open(call.lent.one(place.lent(call.lent)), out, call.error)
        }
    }

    /// Makes this machine a tablet of a unit and signs the nurse in. Needs the network. Errors:
    /// ``KariError/Code/alreadyExists``, ``KariError/Code/codeRefused``,
    /// ``KariError/Code/serverUntrusted``, ``KariError/Code/offline``, ``KariError/Code/timedOut``,
    /// ``KariError/Code/notPermitted``, ``KariError/Code/valueOutOfRange`` (the PIN),
    /// ``KariError/Code/keyStoreFailed``.
    public static func enrol(_ enrolment: Enrolment) async throws(KariError) -> Tablet {
        try await made { call, out in
            kari_device_enrol(call.lent.one(enrolment.lent(call.lent)), out, call.error)
        }
    }

    /// Locks, asks a sync that is under way to end, waits for the calls of other tasks, and ends
    /// the tablet with its sequences. Again: nothing.
    public func close() async {
        let found = state.with { state in
            defer { state.closed = true }
            return (state.closed, Array(state.exchanges.values))
        }
        guard !found.0 else { return }
        found.1.forEach { $0.ask() }
        let number = number
        await on(DispatchQueue(label: "no.kari.close")) { Self.end(number) }
        state.with { state in
            defer { state.ends = [:] }
            return Array(state.ends.values)
        }.forEach { $0() }
    }

    /// One call; it is made though its task is cancelled meanwhile.
    func call<Value: Sendable>(
        _ run: @escaping @Sendable (Call) -> Result<Value, KariError>
    ) async throws(KariError) -> Value {
        if Task.isCancelled { throw .cancelled }
        return try await answered(run).get()
    }

    func answered<Value: Sendable>(
        _ run: @escaping @Sendable (Call) -> Result<Value, KariError>
    ) async -> Result<Value, KariError> {
        await on(work) { self.made(run) }
    }

    /// On this thread.
    func made<Value>(_ run: (Call) -> Result<Value, KariError>) -> Result<Value, KariError> {
        Call.made(on: number, closed: { [state] in state.with { $0.closed } }, run)
    }

    /// Has `end` run when this is closed. The answer takes that back.
    func atEnd(_ end: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let at = state.with { state -> Int? in
            guard !state.closed else { return nil }
            state.next += 1
            state.ends[state.next] = end
            return state.next
        }
        guard let at else {
            end()
            return {}
        }
        return { [weak state] in _ = state?.with { $0.ends.removeValue(forKey: at) } }
    }

    private static func made(
        _ run: @escaping @Sendable (Call, UnsafeMutablePointer<OpaquePointer?>) -> kari_status
    ) async throws(KariError) -> Tablet {
        if Task.isCancelled { throw .cancelled }
        let result = await on(DispatchQueue(label: "no.kari.open")) {
            Call.made(on: 0, closed: { false }) { call in
                var out: OpaquePointer?
                return call.done { run(call, &out) }.map { Tablet(UInt(bitPattern: out)) }
            }
        }
        return try result.get()
    }

    private static func end(_ number: UInt) {
        // Nothing of an app runs within a callback of the core: this is not refused.
        _ = kari_device_close(OpaquePointer(bitPattern: number), nil)
    }
}
