// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What several threads hold, one at a time. (Swift 6.0 cannot compile a generic class around a
/// `Mutex`.)
final class Shared<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func with<Answer: Sendable>(_ act: (inout Value) -> Answer) -> Answer {
        lock.lock()
        defer { lock.unlock() }
        return act(&value)
    }
}
