// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import Foundation

/// Who signed in, and what to tell them.
public struct SignedIn: Sendable, Unlogged {
    public let nurse: Nurse
    public let age: Age
    public let unsent: Int
    /// The database had been put back: reach the server once.
    public let wasRestored: Bool
}

/// What holds of a tablet now.
public struct TabletState: Sendable, Unlogged {
    public let locked: Bool
    /// Nil while locked.
    public let nurse: Nurse?
    /// IANA; days and times of day are read in it.
    public let zone: String
    /// There; this and the next two are zero while locked.
    public let today: CalendarDate?
    public let device: DeviceId?
    public let incarnation: DeviceId?
}

/// One of the caseload.
public struct PatientRow: Sendable, Unlogged {
    public let record: RecordId
    public let name: String
    public let birthDate: String
    public let openFindings: Int
    /// 1 stop and phone .. 4 for the log; 0: no finding.
    public let worstSeverity: Int
    public let contestedName: Bool
    public let madeHere: Bool
}

/// The caseload.
public struct Patients: Sendable, Unlogged {
    public let age: Age
    public let rows: [PatientRow]
}

/// A dose, an order, a measurement that a finding is about.
public struct About: Sendable, Unlogged {
    public let resource: ResourceId
    /// FHIR type.
    public let kind: String
    public let what: String
    public let effective: String
    public let amount: String
}

/// What a person must look at; a conflict is a finding whose rule begins with "merge/".
public struct Finding: Sendable, Unlogged {
    public let id: Digest
    /// An answer hands it back.
    public let token: String
    public let rule: String
    /// 1 stop and phone, 2 answer in this shift, 3 look, 4 for the log.
    public let severity: Int
    public let title: String
    public let meaning: String
    public let action: String
    public let state: FindingState
    /// The server has not stated it yet.
    public let provisional: Bool
    public let inputs: [ChangeId]
    public let records: [RecordId]
    public let resources: [ResourceId]
    public let about: [About]
    /// Nil: nobody.
    public let assignedTo: PersonId?
    public let deferredUntil: String
    /// Who may resolve it: "prescriber", and the same in words:.
    public let resolver: String
    public let resolverName: String
    /// By when, or nil.
    public let due: Date?
}

/// Who the citizen is.
public struct Patient: Sendable, Unlogged {
    public let item: Item
    public let name: String
    /// May be a year only.
    public let birthDate: String
    public let gender: String
    public let address: String
    public let telecom: String
    public let identifiers: [String]
    public let nameContested: Bool
    public let deceased: Bool
}

/// An allergy or intolerance.
public struct Allergy: Sendable, Unlogged {
    public let item: Item
    public let code: Field<Coded>
    public let clinicalStatus: Field<String>
    public let verificationStatus: Field<String>
    public let criticality: Field<String>
    public let reactions: [String]
    public let notes: [String]
    /// Warns when a dose is given.
    public let active: Bool
}

/// What is ordered, how much and when.
public struct Prescription: Sendable, Unlogged {
    public let medication: Coded
    public let form: String
    /// Of one piece; may be nil.
    public let strength: Quantity?
    /// "per": 1 tablet, 1 mL.
    public let strengthPer: Quantity?
    /// Of the first dosage line.
    public let dose: Quantity?
    /// The prescriber's words, else what the parts say.
    public let dosageShown: String
    public let route: String
    public let site: String
    /// "08:00".
    public let timesOfDay: [String]
    public let asNeeded: Bool
    public let starts: String
    public let ends: String
}

/// An order of a medicine.
public struct Order: Sendable, Unlogged {
    public let item: Item
    public let status: Field<String>
    public let prescription: Field<Prescription>
    public let prescriber: String
    public let statusReason: String
    public let notes: [String]
    /// May be given from.
    public let active: Bool
}

/// The package that a dose was taken from, as it was scanned; what its label did not say is empty.
public struct ScannedPackage: Sendable, Unlogged {
    /// 14 digits.
    public let gtin: String
    /// 6 digits.
    public let vnr: String
    public let expires: String
    public let lot: String
    public let serial: String
}

/// What one statement says of a dose.
public struct AdministrationText: Sendable, Unlogged {
    /// "completed", "not-done", "entered-in-error".
    public let status: String
    public let statusReasons: [Coded]
    public let medication: Coded
    public let order: ResourceId
    public let effective: String
    /// May be nil.
    public let dose: Quantity?
    public let site: Coded
    public let performers: [String]
    public let notes: [String]
    /// Left out: its performer gave it; else "self-observed", "self-reported", "handed-over" or
    /// "by-other", which all count as taken.
    public let overrides: [RuleOverride]
    public let intake: String
    /// Left out: nobody is to see whether it helped.
    public let effectDue: String
    /// Nil: it was not scanned.
    public let scanned: ScannedPackage?
}

/// A second person's check: "holds", or why it does not: "same-person", "out-of-time", "stale".
public struct SecondCheck: Sendable, Unlogged {
    public let said: Said
    public let standing: String
}

/// What came of a dose, which stays as it was given.
public struct AfterDose: Sendable, Unlogged {
    /// "vomited" or "effect".
    public let what: String
    public let at: String
    /// "good", "some", "none", "unwanted"; "seen", "not-seen"; or left out.
    public let outcome: String
    public let note: String
    /// `endCare` takes it, ``Ending/actRetracted``.
    public let token: String
    public let said: Said
}

/// A dose of which nobody has said yet whether it helped.
public struct FollowUp: Sendable, Unlogged {
    public let record: RecordId
    public let administration: ResourceId
    /// `doseEffect` takes it.
    public let token: String
    public let medication: String
    public let amount: String
    public let given: String
    public let due: String
    public let overdue: Bool
    public let said: Said
}

/// A dose that was given or not.
public struct Administration: Sendable, Unlogged {
    public let item: Item
    public let statement: Field<AdministrationText>
    /// Every statement, corrected ones too.
    public let earlier: [Statement<AdministrationText>]
    public let checks: [SecondCheck]
    /// As taken.
    public let counts: Bool
    /// Until its author agrees.
    public let correctionUnconfirmed: Bool
    public let after: [AfterDose]
}

/// A patch that may be on the body: nobody said that it is off.
public struct Patch: Sendable, Unlogged {
    public let record: RecordId
    public let administration: ResourceId
    public let token: String
    public let medication: String
    public let amount: String
    public let site: String
    public let putOn: String
    public let dueOff: String
    public let said: Said
}

/// NEWS2, of what was measured within an hour.
public struct Score: Sendable, Unlogged {
    public let effective: String
    /// Nil: a part is missing.
    public let total: Int?
    /// While two values of a part stand; nil: a part is missing.
    public let atLeast: Int?
    /// Of seven.
    public let parts: Int
    /// Of oxygen saturation.
    public let scale: Int
    /// Beside it, while it is not settled which applies; nil: it is.
    public let byScale2: Int?
    /// "low", "single-three", "medium", "high"; low without a total says nothing.
    public let level: String
    public let title: String
    public let action: String
    /// Why to look twice.
    public let reservations: [String]
    /// By which scale 2 is used; zero with scale 1.
    public let decision: ResourceId?
}

/// A part of a measurement: systolic, diastolic.
public struct ObservationPart: Sendable, Unlogged {
    public var code: Coded
    /// May be nil.
    public var value: Quantity?
    /// A value that is no quantity.
    public var text: String

    /// Names all of it.
    public init(
        code: Coded,
        value: Quantity?,
        text: String
    ) {
        self.code = code
        self.value = value
        self.text = text
    }
}

/// What one statement says of a measurement.
public struct ObservationText: Sendable, Unlogged {
    public let status: String
    public let code: Coded
    /// May be nil.
    public let value: Quantity?
    /// A value that is no quantity.
    public let text: String
    public let components: [ObservationPart]
    public let effective: String
    public let notes: [String]
}

/// A measurement.
public struct Observation: Sendable, Unlogged {
    public let item: Item
    public let statement: Field<ObservationText>
    public let earlier: [Statement<ObservationText>]
}

/// What one statement says of a note.
public struct NoteText: Sendable, Unlogged {
    /// "current", "superseded", "entered-in-error".
    public let status: String
    public let isSigned: Bool
    public let type: String
    public let title: String
    public let text: String
    public let date: String
    public let authors: [String]
    /// Nil unless it is an addendum.
    public let appendsTo: ResourceId?
}

/// A note.
public struct Note: Sendable, Unlogged {
    public let item: Item
    public let document: Field<NoteText>
}

/// Why no dose is due: the citizen is said to be dead, or is.
public struct Suspension: Sendable, Unlogged {
    public let rule: String
    public let title: String
    public let meaning: String
    public let action: String
}

/// What a chart cannot show, and what to do about it.
public struct Missing: Sendable, Unlogged {
    /// "linked record", "allergies", "resource".
    public let what: String
    public let advice: String
}

/// What is older of this kind is left out.
public struct CompleteSince: Sendable, Unlogged {
    public let kind: String
    public let since: Date?
    /// What is older yet is at the server alone; or nil.
    public let onTabletSince: Date?
}

/// All that is to be shown of a citizen. Show `age` and `missing` with it.
public struct Chart: Sendable, Unlogged {
    public let record: RecordId
    /// Linked records that are here, this one among them.
    public let group: [RecordId]
    public let age: Age
    /// 0: the chart is whole.
    public let missing: [Missing]
    /// May be nil.
    public let patient: Patient?
    /// Nil: it is not.
    public let suspended: Suspension?
    public let allergyStatement: AllergyStatement
    public let allergies: [Allergy]
    public let orders: [Order]
    public let administrations: [Administration]
    public let patches: [Patch]
    public let scores: [Score]
    public let observations: [Observation]
    public let notes: [Note]
    public let findings: [Finding]
    public let completeSince: [CompleteSince]
    /// Problems, visits, measures, limits to treatment ...
    public let care: Care
    /// Kept whole, shown by no version.
    public let otherResources: Int
}
