// SPDX-License-Identifier: Apache-2.0
import CKari
import Dispatch

/// Of a sync that ``Tablet/syncing(withoutAttachments:)`` runs.
public enum SyncStep: Sendable {
    /// So far, since it began.
    case under(SyncProgress)
    /// The last.
    case ended(SyncReport)
}

/// Of staying in step with the server by ``Tablet/following()``.
public enum FollowStep: Sendable {
    /// It does something else now. `trouble` is why, while there is some: it tries again itself.
    case now(FollowState, trouble: KariError?)
    /// An exchange was whole.
    case synced(SyncReport)
}

/// The steps of an exchange, which runs while they are iterated. Who breaks off ends the exchange,
/// and so does a task that is cancelled; what was applied stays. Steps that nobody has time for
/// wait.
public struct Steps<Step: Sendable>: AsyncSequence, Sendable {
    public typealias Element = Step
    public typealias Failure = KariError
    let begin: @Sendable () -> AsyncStream<Result<Step, KariError>>

    /// Begins the exchange.
    public func makeAsyncIterator() -> Iterator { Iterator(told: begin().makeAsyncIterator()) }

    /// Of one exchange.
    public struct Iterator: AsyncIteratorProtocol {
        var told: AsyncStream<Result<Step, KariError>>.Iterator

        /// The next step; nil when it has ended. Throws why it could not go on.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(KariError) -> Step? {
            try await told.next(isolation: actor)?.get()
        }

        /// As ``next(isolation:)``.
        public mutating func next() async throws(KariError) -> Step? {
            try await next(isolation: nil)
        }
    }
}

extension Tablet {
    /// Exchanges with the server until there is no more. Cancelling the task ends the exchange
    /// within one step; what was applied stays. Errors: ``KariError/Code/offline``,
    /// ``KariError/Code/timedOut``, ``KariError/Code/serverBusy``, ``KariError/Code/inUse`` (one at
    /// a time), ``KariError/Code/serverUntrusted``, ``KariError/Code/deviceUnknown``,
    /// ``KariError/Code/deviceRevoked``, ``KariError/Code/deviceExpired``,
    /// ``KariError/Code/protocolUnsupported``, ``KariError/Code/cancelled`` (also by ``close()``).
    @discardableResult
    public func sync(withoutAttachments: Bool = false) async throws(KariError) -> SyncReport {
        if Task.isCancelled { throw .cancelled }
        let exchange = Exchange()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                begin(
                    exchange, { synced($0, $1, withoutAttachments) { _ in } },
                    ended: { waiting.resume(returning: $0) })
            }
        } onCancel: {
            exchange.ask()
        }
        return try result.get()
    }

    /// For a task in the background: exchanges with the server where somebody is signed in, and
    /// does nothing while locked (nil). Errors: as ``sync(withoutAttachments:)``.
    @discardableResult
    public func syncUnlessLocked() async throws(KariError) -> SyncReport? {
        if try await state().locked { return nil }
        do throws(KariError) {
            return try await sync()
        } catch let error where error.code == .locked {  // meanwhile
            return nil
        }
    }

    /// As ``sync(withoutAttachments:)``, telling how far it is; the last step is
    /// ``SyncStep/ended(_:)``.
    public func syncing(withoutAttachments: Bool = false) -> Steps<SyncStep> {
        steps { call, cancel, tell in
            synced(call, cancel, withoutAttachments) { tell(.under($0)) }.map { tell(.ended($0)) }
        }
    }

    /// Stays in step with the server while it is iterated: at once when something is written here,
    /// by the server's word else. Occupies one thread. Errors of its end: ``KariError/Code/locked``
    /// (also when the tablet was locked meanwhile), ``KariError/Code/inUse``,
    /// ``KariError/Code/deviceUnknown``, ``KariError/Code/deviceRevoked``,
    /// ``KariError/Code/deviceExpired``, ``KariError/Code/protocolUnsupported``,
    /// ``KariError/Code/closed``.
    public func following() -> Steps<FollowStep> {
        steps { call, cancel, tell in
            let listener = FollowListener(tell: tell)
            var options = kari_follow_options()
            options.struct_size = MemoryLayout<kari_follow_options>.stride
            options.context = Unmanaged.passUnretained(listener).toOpaque()
            options.cancel = cancel
            options.state = { context, state, why in
                let trouble = why.map { KariError(kari_error_status($0), $0, closed: false) }
                FollowListener.of(context).tell(.now(FollowState(of: state), trouble: trouble))
            }
            options.synced = { context, report in
                if let report { FollowListener.of(context).tell(.synced(SyncReport(report))) }
            }
            return withExtendedLifetime(listener) {
                call.done { kari_follow_run(call.device, &options, call.error) }
            }
        }
    }

    private func steps<Step: Sendable>(
        _ run: @escaping @Sendable (
            Call, OpaquePointer?, @escaping @Sendable (Step) -> Void
        ) -> Result<Void, KariError>
    ) -> Steps<Step> {
        Steps {
            let (told, to) = AsyncStream.makeStream(of: Result<Step, KariError>.self)
            let exchange = Exchange()
            to.onTermination = { _ in exchange.ask() }
            self.begin(exchange, { run($0, $1) { to.yield(.success($0)) } }) { result in
                if case .failure(let error) = result { to.yield(.failure(error)) }
                to.finish()
            }
            return told
        }
    }

    /// Runs it on a thread of its own, when those that were asked to end have ended.
    private func begin<Value: Sendable>(
        _ exchange: Exchange,
        _ run: @escaping @Sendable (Call, OpaquePointer?) -> Result<Value, KariError>,
        ended: @escaping @Sendable (Result<Value, KariError>) -> Void
    ) {
        let (closed, others) = state.with { state in
            let others = state.exchanges.values.filter(\.isAsked)
            state.exchanges[ObjectIdentifier(exchange)] = exchange
            return (state.closed, others)
        }
        if closed { exchange.ask() }
        DispatchQueue(label: "no.kari.exchange").async {
            others.forEach { $0.waitUntilOver() }
            let result = self.made { run($0, exchange.cancel) }
            _ = self.state.with { $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
            exchange.isOver()
            ended(result)
        }
    }
}

private func synced(
    _ call: Call,
    _ cancel: OpaquePointer?,
    _ withoutAttachments: Bool,
    _ tell: @escaping @Sendable (SyncProgress) -> Void
) -> Result<SyncReport, KariError> {
    let listener = SyncListener(tell: tell)
    var options = kari_sync_options()
    options.struct_size = MemoryLayout<kari_sync_options>.stride
    options.context = Unmanaged.passUnretained(listener).toOpaque()
    options.cancel = cancel
    options.without_attachments = withoutAttachments
    options.progress = { context, progress in
        if let progress { SyncListener.of(context).tell(SyncProgress(progress)) }
    }
    return withExtendedLifetime(listener) {
        call.view(SyncReport.init) { kari_sync_run(call.device, &options, $0, call.error) }
    }
}

/// What a callback of C is given to know whom it tells. It lives as long as the call.
private protocol Listener: AnyObject {}

extension Listener {
    static func of(_ context: UnsafeMutableRawPointer?) -> Self {
        Unmanaged<Self>.fromOpaque(context!).takeUnretainedValue()
    }
}

private final class SyncListener: Listener {
    let tell: @Sendable (SyncProgress) -> Void
    init(tell: @escaping @Sendable (SyncProgress) -> Void) { self.tell = tell }
}

private final class FollowListener: Listener {
    let tell: @Sendable (FollowStep) -> Void
    init(tell: @escaping @Sendable (FollowStep) -> Void) { self.tell = tell }
}

/// One exchange: what asks it to end, and word that it has.
final class Exchange: Sendable {
    private let number = UInt(bitPattern: kari_cancel_new())
    private let asked = Shared(false)
    private let over = DispatchSemaphore(value: 0)

    deinit { kari_cancel_free(cancel) }

    var cancel: OpaquePointer? { OpaquePointer(bitPattern: number) }
    var isAsked: Bool { asked.with { $0 } }

    func ask() {
        asked.with { $0 = true }
        kari_cancel_ask(cancel)
    }

    func isOver() { over.signal() }

    func waitUntilOver() {
        over.wait()
        over.signal()  // for who waits beside
    }
}
