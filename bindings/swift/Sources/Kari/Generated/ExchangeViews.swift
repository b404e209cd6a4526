// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import Foundation

/// How far an exchange is.
public struct SyncProgress: Sendable, Unlogged {
    public let requests: Int
    /// Own changes that the server answered for.
    public let sent: Int
    /// Changes applied.
    public let received: Int
    /// Brought up to date.
    public let recordsDone: Int
    /// Known to be behind.
    public let recordsWanted: Int
    /// Of attachments.
    public let chunksUp: Int
    public let chunksDown: Int
}

/// Whose it is, is not said here: the list of patients shows it, and leaves an access entry.
public struct NewFinding: Sendable, Unlogged {
    public let id: Digest
    public let record: RecordId
    public let rule: String
    public let severity: Int
    public let title: String
}

/// What came of an exchange.
public struct SyncReport: Sendable, Unlogged {
    /// Nothing was left to send or fetch.
    public let complete: Bool
    public let progress: SyncProgress
    public let returned: Int
    public let quarantined: Int
    public let bytesUp: Int
    public let bytesDown: Int
    /// New or more severe; the most severe first.
    public let findings: [NewFinding]
    public let recordsHidden: Int
    public let recordsPurged: Int
    public let attachmentsSent: Int
    public let attachmentsFetched: Int
    public let attachmentsWaiting: Int
    public let newEpoch: Bool
    public let serverRecovering: Bool
    /// A record's id and an error name.
    public let problems: [String]
}

/// A change that the server could not take in; it stays here.
public struct Quarantined: Sendable, Unlogged {
    public let change: ChangeId
    public let record: RecordId
    public let reason: String
    public let advice: String
}

/// The knowledge pack that the drug facts come from.
public struct DrugFacts: Sendable, Unlogged {
    public let name: String
    /// What it calls itself; to be shown with it.
    public let label: String
    public let date: CalendarDate
    public let daysOld: Int
    public let compiledIn: Bool
    /// Where the last one offered was not taken, or none is.
    public let told: String
    /// What to do about it.
    public let toldToDo: String
}

/// What waits on this tablet.
public struct SyncStatus: Sendable, Unlogged {
    /// Changes not acknowledged as stored.
    public let unsent: Int
    /// Stored, not yet secured.
    public let unsecured: Int
    public let accessUnsent: Int
    /// Server time, or nil.
    public let lastComplete: Date?
    /// Or nil.
    public let serverMinusWall: Duration?
    public let serverRecovering: Bool
    public let pack: DrugFacts
    public let quarantined: [Quarantined]
}

/// What was found when all that is held was computed anew.
public struct Proof: Sendable, Unlogged {
    public let sound: Bool
    public let records: Int
    public let changes: Int
    public let streams: Int
    public let seals: Int
    public let unprovenSeals: Int
    public let accessEntries: Int
    public let problems: [String]
}
