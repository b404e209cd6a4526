// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

/// How old what is shown may be; it promises less the earlier it stands here.
public enum Freshness: UInt32, Sendable, CaseIterable {
    case neverSynced = 0
    case old = 1
    case stale = 2
    case aging = 3
    case fresh = 4

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .neverSynced
    }
}

/// Whether somebody has answered a finding.
public enum FindingState: UInt32, Sendable, CaseIterable {
    case open = 0
    case resolved = 1
    case deferred = 2

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .open
    }
}

/// An empty list of allergies is no answer; this is.
public enum AllergyStatement: UInt32, Sendable, CaseIterable {
    case cannotTell = 0
    case notRecorded = 1
    case assertedNone = 2
    case listed = 3

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .cannotTell
    }
}

/// What is known of a dose that is ordered.
public enum DoseState: UInt32, Sendable, CaseIterable {
    /// It may have been given: ask.
    case cannotTell = 0
    case upcoming = 1
    case due = 2
    case overdue = 3
    case given = 4
    case notGiven = 5
    case contested = 6
    case suspended = 7

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .cannotTell
    }
}

/// Why a chart is opened. It is kept with the access.
public enum Purpose: UInt32, Sendable, CaseIterable {
    case treatment = 0
    case emergency = 1
    case administration = 2

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .treatment
    }
}

/// How a dose came to be taken. Each counts as taken.
public enum Intake: UInt32, Sendable, CaseIterable {
    case given = 0
    case selfObserved = 1
    case selfReported = 2
    case handedOver = 3
    case byOther = 4

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .given
    }
}

/// Why a dose was not given.
public enum NotGiven: UInt32, Sendable, CaseIterable {
    case other = 0
    case refused = 1
    case withheldClinical = 2
    case unavailable = 3
    case away = 4
    case asleep = 5
    case missedVisit = 6
    case missedForgotten = 7
    case contraindicated = 8
    case selfManaged = 9
    case duplicateAvoided = 10
    case unsafeIdentity = 11

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .other
    }
}

/// Whether the medicine was seen in what came up; unknown: nobody looked.
public enum Seen: UInt32, Sendable, CaseIterable {
    case unknown = 0
    case yes = 1
    case no = 2

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .unknown
    }
}

/// Whether a dose helped.
public enum Effect: UInt32, Sendable, CaseIterable {
    case none = 0
    case some = 1
    case good = 2
    case unwanted = 3

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .none
    }
}

/// Why a visit came to nothing.
public enum Hindrance: UInt32, Sendable, CaseIterable {
    case other = 0
    case noAnswer = 1
    case refused = 2
    case away = 3

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .other
    }
}

/// What was done by a plan, or not.
public enum ActKind: UInt32, Sendable, CaseIterable {
    case measureDone = 0
    case measureNotDone = 1
    case taskDone = 2
    /// By whoever is signed in; has a token only.
    case taskTaken = 3
    /// Likewise.
    case messageRead = 4

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .measureDone
    }
}

/// What ends, or was written by mistake.
public enum Ending: UInt32, Sendable, CaseIterable {
    case problemResolved = 0
    case problemRetracted = 1
    /// A restraint everywhere at once; a service's end is a proposal.
    case measure = 2
    case actRetracted = 3
    case visitRetracted = 4
    case immunizationRetracted = 5
    case communicationRetracted = 6
    case taskCancelled = 7
    /// With a related person; holds everywhere at once.
    case contact = 8
    /// Holds everywhere at once.
    case consentWithdrawn = 9
    /// Of the patient: the citizen lives.
    case wordOfDeath = 10

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .problemResolved
    }
}

/// Of the sentences for whoever holds the tablet.
public enum Language: UInt32, Sendable, CaseIterable {
    case nb = 0
    case en = 1

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .nb
    }
}

/// What a tablet does that stays in step with the server.
public enum FollowState: UInt32, Sendable, CaseIterable {
    case syncing = 0
    case waiting = 1
    case trouble = 2

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .syncing
    }
}

/// What changed on a tablet.
public enum ChangeKind: UInt32, Sendable, CaseIterable {
    case recordChanged = 0
    case findingsChanged = 1
    case caseloadChanged = 2
    case synced = 3
    case locked = 4

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .recordChanged
    }
}

/// Who can do something about an error.
public enum Advice: UInt32, Sendable, CaseIterable {
    case retry = 0
    case user = 1
    case `operator` = 2
    case defect = 3

    init(of number: UInt32) {
        self = Self(rawValue: number) ?? .retry
    }
}
