// SPDX-License-Identifier: Apache-2.0
import CKari
import Dispatch

/// Word of a change on a tablet, by its own writes or by a sync.
public struct Change: Sendable {
    /// What changed.
    public let kind: ChangeKind
    /// Whose; nil where it concerns no one record.
    public let record: RecordId?
}

/// Word of every change from when it was asked for; none is left out, and none tells what it
/// changed to: read again. It ends when the tablet is closed.
public struct Changes: AsyncSequence, Sendable {
    public typealias Element = Change
    public typealias Failure = Never
    let heard: AsyncStream<Change>
    let watch: Watch

    /// Goes on where the last one stopped.
    public func makeAsyncIterator() -> Iterator {
        Iterator(heard: heard.makeAsyncIterator(), watch: watch)
    }

    /// Of what is heard.
    public struct Iterator: AsyncIteratorProtocol {
        var heard: AsyncStream<Change>.Iterator
        let watch: Watch

        /// The next change; nil when the tablet was closed.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async -> Change? {
            await heard.next(isolation: actor)
        }

        /// As ``next(isolation:)``.
        public mutating func next() async -> Change? { await next(isolation: nil) }
    }
}

/// What is read now and, while it is iterated, each time it may be another: after writes on this
/// tablet and after syncs, as the core tells; a clock alone changes nothing. Changes that come
/// while the app works are one. It ends when the tablet is closed or the task cancelled. It is of
/// the sign-in that it began in: at the lock its last element is ``KariError/Code/locked``, upon
/// which nothing of a patient is to be seen; whoever signs in then iterates anew. A read that is
/// refused for another reason is an element too, and it goes on.
public struct LiveQuery<Value: Sendable>: AsyncSequence, Sendable {
    public typealias Element = Result<Value, KariError>
    public typealias Failure = Never
    let tablet: Tablet
    let record: RecordId?
    let read: @Sendable (Tablet) async -> Result<Value, KariError>

    /// Begins to watch with its first read.
    public func makeAsyncIterator() -> Iterator { Iterator(query: self) }

    /// Of one watch.
    public struct Iterator: AsyncIteratorProtocol {
        let query: LiveQuery
        private let heard: AsyncStream<Void>
        private var words: AsyncStream<Void>.Iterator
        private let tell: AsyncStream<Void>.Continuation
        private var watch: Watch?
        private var over = false

        init(query: LiveQuery) {
            self.query = query
            (heard, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
            words = heard.makeAsyncIterator()
        }

        /// What is read when it may be another.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async -> Result<Value, KariError>? {
            guard !over, !Task.isCancelled else { return nil }
            if let watch {
                guard await words.next(isolation: actor) != nil else {
                    over = true
                    return nil
                }
                let closed = query.tablet.state.with { $0.closed }
                if let error = await watch.again(closed: closed) {
                    over = true
                    return .failure(error)
                }
            } else {
                switch await query.tablet.watch(query.record, tell) {
                case .success(let begun): watch = begun
                case .failure(let error):
                    over = true
                    return .failure(error)
                }
            }
            return await query.read(query.tablet)
        }

        /// As ``next(isolation:)``.
        public mutating func next() async -> Result<Value, KariError>? {
            await next(isolation: nil)
        }
    }
}

extension Tablet {
    /// Word of every change from now on. For one chart that stays up to date use
    /// ``charts(of:access:)``.
    public func changes() async throws(KariError) -> Changes {
        if Task.isCancelled { throw .cancelled }
        let (heard, to) = AsyncStream.makeStream(of: Change.self)
        let listener = ChangeListener { to.yield($0) }
        let watch = await begun(listener, end: { to.finish() }) { call, context, out in
            kari_observe(
                call.device,
                { context, event, record in
                    let record = record.map { RecordId($0.pointee) }
                    Unmanaged<ChangeListener>.fromOpaque(context!).takeUnretainedValue()
                        .tell(Change(kind: ChangeKind(of: event), record: record))
                }, context, out, call.error)
        }
        return Changes(heard: heard, watch: try watch.get())
    }

    /// What `read` answers, kept up to date; `record` is the one that is read of, nil the caseload.
    public func live<Value: Sendable>(
        _ record: RecordId?,
        read: @escaping @Sendable (Tablet) async throws(KariError) -> Value
    ) -> LiveQuery<Value> {
        LiveQuery(tablet: self, record: record) { tablet in
            do throws(KariError) {
                return .success(try await read(tablet))
            } catch {
                return .failure(error)
            }
        }
    }

    /// The caseload, kept up to date. Each element leaves an access entry, as `patients` does.
    public func caseloads(_ access: Access? = nil) -> LiveQuery<Patients> {
        live(nil) { tablet throws(KariError) in try await tablet.patients(access) }
    }

    /// A chart, kept up to date. Each element leaves an access entry, as `chart` does.
    public func charts(of record: RecordId, access: Access? = nil) -> LiveQuery<Chart> {
        live(record) { tablet throws(KariError) in
            try await tablet.chart(of: record, access: access)
        }
    }

    /// Findings of a record, kept up to date. Needs `chart` in this sign-in, as `findings` does.
    public func openFindings(of record: RecordId) -> LiveQuery<[Finding]> {
        live(record) { tablet throws(KariError) in try await tablet.findings(of: record) }
    }

    fileprivate func watch(
        _ record: RecordId?,
        _ tell: AsyncStream<Void>.Continuation
    ) async -> Result<Watch, KariError> {
        await begun(WordListener { tell.yield() }, end: { tell.finish() }) { call, context, out in
            kari_watch_new(
                call.device, call.lent.maybe(record) { $0.c },
                { Unmanaged<WordListener>.fromOpaque($0!).takeUnretainedValue().tell() },
                context, out, call.error)
        }
    }

    /// A watch that ends with the tablet; it keeps its listener.
    private func begun<Listener: AnyObject & Sendable>(
        _ listener: Listener,
        end: @escaping @Sendable () -> Void,
        _ run: @escaping @Sendable (
            Call, UnsafeMutableRawPointer, UnsafeMutablePointer<OpaquePointer?>
        ) -> kari_status
    ) async -> Result<Watch, KariError> {
        let number = await answered { call -> Result<UInt, KariError> in
            var out: OpaquePointer?
            let context = Unmanaged.passUnretained(listener).toOpaque()
            return call.done { run(call, context, &out) }.map { UInt(bitPattern: out) }
        }
        return number.map { Watch($0, on: work, keeping: listener, takeBack: atEnd(end)) }
    }
}

private final class ChangeListener: Sendable {
    let tell: @Sendable (Change) -> Void
    init(tell: @escaping @Sendable (Change) -> Void) { self.tell = tell }
}

private final class WordListener: Sendable {
    let tell: @Sendable () -> Void
    init(tell: @escaping @Sendable () -> Void) { self.tell = tell }
}

/// A watch of the core's, which ends when nobody iterates any more.
final class Watch: Sendable {
    private let number: UInt
    private let work: DispatchQueue
    private let listener: any AnyObject & Sendable
    private let takeBack: @Sendable () -> Void

    init(
        _ number: UInt, on work: DispatchQueue, keeping listener: any AnyObject & Sendable,
        takeBack: @escaping @Sendable () -> Void
    ) {
        self.number = number
        self.work = work
        self.listener = listener
        self.takeBack = takeBack
    }

    deinit {
        takeBack()
        // No callback runs after it has been freed: until then the listener is held.
        work.async { [number, listener] in
            _ = kari_watch_free(OpaquePointer(bitPattern: number), nil)
            withExtendedLifetime(listener) {}
        }
    }

    /// Nil: it is told of what changes from now on.
    func again(closed: Bool) async -> KariError? {
        await on(work) { [number] in
            let error = kari_error_new()
            defer { kari_error_free(error) }
            let status = kari_watch_again(OpaquePointer(bitPattern: number), error)
            return status == KARI_OK ? nil : KariError(status, error, closed: closed)
        }
    }
}
