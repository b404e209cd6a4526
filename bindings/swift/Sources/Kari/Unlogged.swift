// SPDX-License-Identifier: Apache-2.0

/// What holds what a nurse reads or writes: it is not printed, not dumped and not interpolated, so
/// that it does not leak into logs. Its fields are there for who shows them.
public protocol Unlogged: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
}

extension Unlogged {
    /// Its type, and nothing of what it holds.
    public var description: String { "\(Self.self)(not shown)" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
