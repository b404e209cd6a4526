// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import Foundation

/// One atom that a statement wrote.
public struct CasePart: Sendable, Unlogged {
    /// The schema's name: "prescription", "status".
    public let atom: String
    /// Whole, in words; empty when it was cleared.
    public let value: String
    /// This is what holds now.
    public let actedOn: Bool
}

/// What one author wrote, as a side of a finding.
public struct CaseStatement: Sendable, Unlogged {
    public let said: Said
    /// Of the author.
    public let role: String
    /// Written on this tablet.
    public let here: Bool
    /// The incarnation it was written by.
    public let machine: DeviceId
    public let record: RecordId
    public let resource: ResourceId
    /// FHIR type.
    public let kind: String
    public let parts: [CasePart]
    /// How old the data before its author were, or nil.
    public let dataAge: Duration?
    /// Sides that its author had not seen.
    public let notSeen: [ChangeId]
    /// What it says is not on this tablet.
    public let withheld: Bool
}

/// How somebody answered a finding.
public struct CaseResolution: Sendable, Unlogged {
    public let said: Said
    public let outcome: String
    public let reason: String
    /// As the resolver saw it.
    public let severity: Int
    /// Those that the resolver saw.
    public let inputs: [ChangeId]
}

/// A finding in full: who said what, and what they had seen.
public struct FindingCase: Sendable, Unlogged {
    public let finding: Finding
    /// What all sides had seen.
    public let base: [CaseStatement]
    /// Oldest first within a resource.
    public let sides: [CaseStatement]
    /// Inputs that this tablet does not hold.
    public let notHere: [ChangeId]
    public let resolutions: [CaseResolution]
}

/// A place in a record's history: what is older comes next. A chart's part of a kind ends at its
/// ``CompleteSince``, with a resource of zeros.
public struct HistoryMark: Sendable, Unlogged {
    public var moment: Date?
    public var resource: ResourceId

    /// Names all of it.
    public init(
        moment: Date?,
        resource: ResourceId
    ) {
        self.moment = moment
        self.resource = resource
    }
}

/// A page of the older part of a chart.
public struct History: Sendable, Unlogged {
    /// Of one kind, in its list, with the findings that name them.
    public let items: Chart
    /// Nil: this tablet has nothing older.
    public let next: HistoryMark?
    /// What is older is at the server alone; or nil.
    public let onTabletSince: Date?
}

/// What was kept of a note that is not written yet.
public struct Draft: Sendable, Unlogged {
    public let type: String
    public let title: String
    public let text: String
}
