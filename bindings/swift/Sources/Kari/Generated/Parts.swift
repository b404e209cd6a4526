// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import Foundation

/// To be shown with whatever it is part of.
public struct Age: Sendable, Unlogged {
    /// Server time of the last complete exchange, or nil.
    public let asOf: Date?
    /// Since then, by the clock that does harm.
    public let age: Duration?
    public let tier: Freshness
    public let leaseEnded: Bool
    /// What must be said of the drug facts; else empty.
    public let drugFacts: String
}

/// Who said something, and when.
public struct Said: Sendable, Unlogged {
    public let change: ChangeId
    /// Nil when a system wrote.
    public let person: PersonId?
    public let personName: String
    public let recorded: Moment
    public let byServer: Bool
}

/// Somebody who works here.
public struct Nurse: Sendable, Unlogged {
    public let person: PersonId
    public let name: String
    public let role: String
}

/// One resource as it stood when it was read. Every edit hands the token back: it says what the
/// author had before their eyes.
public struct Item: Sendable, Unlogged {
    public let record: RecordId
    public let resource: ResourceId
    public let token: String
    /// Something it builds on is not here: it takes no edit.
    public let incomplete: Bool
    /// By a newer version, in a way this one cannot read: call.
    public let unreadable: Bool
    /// Taken in before it could be changed here: it takes no edit.
    public let keptWhole: Bool
}
