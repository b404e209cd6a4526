// SPDX-License-Identifier: Apache-2.0
import CKari
import Dispatch

/// One call of the core, on a thread that may block: what is lent to it, and what it answers.
struct Call {
    let device: OpaquePointer?
    let error: OpaquePointer?
    let lent: Lent
    let closed: @Sendable () -> Bool

    static func made<Value>(
        on number: UInt,
        closed: @escaping @Sendable () -> Bool,
        _ run: (Call) -> Result<Value, KariError>
    ) -> Result<Value, KariError> {
        let error = kari_error_new()
        defer { kari_error_free(error) }
        let device = closed() ? nil : OpaquePointer(bitPattern: number)
        return run(Call(device: device, error: error, lent: Lent(), closed: closed))
    }

    func done(_ run: () -> kari_status) -> Result<Void, KariError> {
        told(run()) { () }
    }

    func view<C, Value>(
        _ read: (UnsafePointer<C>) -> Value,
        _ run: (UnsafeMutablePointer<UnsafePointer<C>?>) -> kari_status
    ) -> Result<Value, KariError> {
        maybeView(read, run).flatMap { value in
            guard let value else {  // which the header says will not be
                let status = kari_status(KARI_ERROR_INTERNAL)
                return .failure(KariError(status, error, closed: false))
            }
            return .success(value)
        }
    }

    func maybeView<C, Value>(
        _ read: (UnsafePointer<C>) -> Value,
        _ run: (UnsafeMutablePointer<UnsafePointer<C>?>) -> kari_status
    ) -> Result<Value?, KariError> {
        var out: UnsafePointer<C>?
        defer { kari_free(out) }
        return told(run(&out)) { out.map(read) }
    }

    func value<C, Value>(
        _ zero: C,
        _ read: (C) -> Value,
        _ run: (UnsafeMutablePointer<C>) -> kari_status
    ) -> Result<Value, KariError> {
        var out = zero
        return told(run(&out)) { read(out) }
    }

    private func told<Value>(
        _ status: kari_status,
        _ answer: () -> Value
    ) -> Result<Value, KariError> {
        guard status == KARI_OK else {
            return .failure(KariError(status, error, closed: closed()))
        }
        return .success(answer())
    }
}

/// Runs it on a thread of that queue: the tasks of Swift have few threads, and none to block.
func on<Value: Sendable>(
    _ queue: DispatchQueue,
    _ act: @escaping @Sendable () -> Value
) async -> Value {
    await withCheckedContinuation { waiting in
        queue.async { waiting.resume(returning: act()) }
    }
}
