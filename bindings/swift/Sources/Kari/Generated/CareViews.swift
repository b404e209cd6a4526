// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

/// A problem, and what speaks for it.
public struct Problem: Sendable, Unlogged {
    public let item: Item
    public let code: Field<Coded>
    public let clinicalStatus: Field<String>
    public let verificationStatus: Field<String>
    public let severity: Field<Coded>
    /// FHIR dateTime, or words.
    public let onset: String
    public let abatement: String
    public let notes: [String]
    /// While anything speaks for it that its end had not seen.
    public let active: Bool
}

/// A measure of a care plan.
public struct Measure: Sendable, Unlogged {
    public let item: Item
    /// "protective" (stays while in doubt), "service" or "restraint" (ends at once).
    public let kind: String
    public let what: Field<Coded>
    public let title: String
    public let description: String
    /// Of a plan from elsewhere that lists several.
    public let activities: [Coded]
    public let timing: Field<String>
    public let instruction: Field<String>
    /// Needed at once; 4 is four or more.
    public let people: Field<Int>
    public let goal: String
    public let status: Field<String>
    public let statusReason: String
    public let starts: String
    public let ends: String
    public let inForce: Bool
    public let pastItsEnd: Bool
    /// Not confirmed: go on.
    public let endProposed: Bool
    public let notes: [String]
    /// Performed or not, newest first.
    public let acts: [ResourceId]
}

/// What one statement says of an act.
public struct ActText: Sendable, Unlogged {
    public let status: String
    public let code: Coded
    /// Nil when it names none that is here.
    public let about: ResourceId?
    public let performed: String
    /// When it was not done.
    public let reason: String
    public let performers: [String]
    public let notes: [String]
}

/// A measure or task that was done or not; or a procedure from elsewhere.
public struct Act: Sendable, Unlogged {
    public let item: Item
    public let statement: Field<ActText>
    public let earlier: [Statement<ActText>]
}

/// What one statement says of a visit.
public struct VisitText: Sendable, Unlogged {
    public let status: String
    /// "no-answer", "refused", "away", "other"; empty when it was made.
    public let hindrance: String
    public let starts: String
    public let ends: String
    public let type: Coded
    public let reasons: [Coded]
    /// Nil when it was not planned.
    public let plan: ResourceId?
    public let performers: [String]
    public let notes: [String]
}

/// A visit that was made, or came to nothing.
public struct Visit: Sendable, Unlogged {
    public let item: Item
    public let statement: Field<VisitText>
    public let earlier: [Statement<VisitText>]
}

/// When something is planned, as FHIR date-times.
public struct PlannedTime: Sendable, Unlogged {
    public let starts: String
    public let ends: String
}

/// A visit or an appointment. `state` is "planned", "suspended", "cancelled", "hindered",
/// "under-way" or "carried-out": what was done wins over what was cancelled.
public struct PlannedVisit: Sendable, Unlogged {
    public let item: Item
    public let state: String
    public let time: Field<PlannedTime>
    public let status: Field<String>
    public let type: Coded
    public let reasons: [Coded]
    public let performers: [String]
    public let notes: [String]
    public let visits: [ResourceId]
}

/// An appointment; its state is as that of a ``PlannedVisit``.
public struct Appointment: Sendable, Unlogged {
    public let item: Item
    public let state: String
    public let time: Field<PlannedTime>
    public let status: Field<String>
    public let description: String
    /// For the patient.
    public let instruction: String
    public let participants: [String]
    public let cancelledBecause: String
    public let visits: [ResourceId]
}

/// What one statement says of a vaccination.
public struct ImmunizationText: Sendable, Unlogged {
    public let status: String
    public let vaccine: Coded
    /// FHIR dateTime, or words.
    public let occurrence: String
    /// Somebody told of it; nobody here saw it given.
    public let told: Bool
    public let lot: String
    public let expires: String
    /// May be nil.
    public let dose: Quantity?
    public let site: Coded
    /// When it was not given.
    public let reason: String
    public let performers: [String]
    public let notes: [String]
    public let overrides: [RuleOverride]
}

/// A vaccination.
public struct Immunization: Sendable, Unlogged {
    public let item: Item
    public let statement: Field<ImmunizationText>
    public let earlier: [Statement<ImmunizationText>]
}

/// Something that somebody has to do.
public struct CareTask: Sendable, Unlogged {
    public let item: Item
    /// "open", "done" or "cancelled".
    public let state: String
    public let code: Coded
    public let description: String
    /// "clinical", "contact", "welfare-check" or empty.
    public let effect: String
    public let status: Field<String>
    public let priority: Field<String>
    public let owner: Field<String>
    /// The earliest that anybody states.
    public let due: String
    public let notes: [String]
    public let acts: [ResourceId]
}

/// Somebody near the citizen.
public struct RelatedPerson: Sendable, Unlogged {
    public let item: Item
    public let name: Field<String>
    public let relationships: [Coded]
    public let telecom: [String]
    public let address: String
    /// Nil: none is stated.
    public let callOrder: Int?
    /// What each said; who is the nearest of all:.
    public let nextOfKin: Field<Bool>
    public let nearest: Bool
    /// Guardian, power of attorney.
    public let legalRole: String
    /// "may-contact", "ask-first", "do-not-contact".
    public let contact: Field<String>
    /// "full", "limited", "none".
    public let information: Field<String>
    public let notes: [String]
}

/// What one decision of a consent says.
public struct ConsentText: Sendable, Unlogged {
    /// "denied", "withdrawn", "proposed", "entered-in-error", "lifted", "permitted".
    public let effect: String
    public let scope: Coded
    public let starts: String
    public let ends: String
    public let parties: [String]
    public let text: String
    /// Read them in the source before you act on it.
    public let hasExceptions: Bool
}

/// A consent, with every denial that holds.
public struct Consent: Sendable, Unlogged {
    public let item: Item
    public let decision: Field<ConsentText>
    /// All that hold, each for its own scope.
    public let denials: [ConsentText]
    public let notes: [String]
}

/// A limit to treatment, from a doctor: the decision's effect is "in-force", "ended", "proposed" or
/// "entered-in-error".
public struct TreatmentLimit: Sendable, Unlogged {
    public let item: Item
    public let decision: Field<ConsentText>
    /// Treat, resuscitate, and ring.
    public let unclear: Bool
    /// It holds until a doctor says, and is asked.
    public let reviewOverdue: Bool
    public let notes: [String]
}

/// What one statement says of a message.
public struct CommunicationText: Sendable, Unlogged {
    public let status: String
    public let topic: Coded
    public let text: String
    public let sent: String
    public let sender: String
    public let recipients: [String]
    public let notes: [String]
}

/// Who read a message, each once.
public struct Reader: Sendable, Unlogged {
    public let said: Said
    /// Of the act, to take it back.
    public let token: String
    /// False: the message has been said otherwise since.
    public let asItStands: Bool
}

/// A message, and who has read it.
public struct Communication: Sendable, Unlogged {
    public let item: Item
    public let statement: Field<CommunicationText>
    public let readers: [Reader]
    public let earlier: [Statement<CommunicationText>]
}

/// What a chart has beside medicine and measurements.
public struct Care: Sendable, Unlogged {
    /// Active first.
    public let problems: [Problem]
    /// In force first.
    public let measures: [Measure]
    /// Newest first, as the other facts here.
    public let acts: [Act]
    public let visits: [Visit]
    public let plannedVisits: [PlannedVisit]
    public let appointments: [Appointment]
    public let immunizations: [Immunization]
    public let tasks: [CareTask]
    public let relatedPersons: [RelatedPerson]
    public let consents: [Consent]
    public let treatmentLimits: [TreatmentLimit]
    public let communications: [Communication]
}
