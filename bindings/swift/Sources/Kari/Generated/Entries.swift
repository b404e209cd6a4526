// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

/// Why a chart is opened. Left out: treatment, without a reason.
public struct Access: Sendable, Unlogged {
    public var purpose: Purpose
    /// Required for an emergency, and after the offline lease.
    public var reason: String

    /// Says what is said; the rest is left out.
    public init(
        purpose: Purpose = .treatment,
        reason: String = ""
    ) {
        self.purpose = purpose
        self.reason = reason
    }
}

/// A measurement to be written.
public struct ObservationEntry: Sendable, Unlogged {
    /// LOINC or SNOMED CT.
    public var code: Coded
    /// Nil where the value is `text`.
    public var value: Quantity?
    /// A value that is no quantity.
    public var text: String
    public var components: [ObservationPart]
    public var effective: Moment?
    public var note: String
    /// The author has looked again at an unusual value.
    public var confirmed: Bool

    /// Says what is said; the rest is left out.
    public init(
        code: Coded,
        value: Quantity? = nil,
        text: String = "",
        components: [ObservationPart] = [],
        effective: Moment? = nil,
        note: String = "",
        confirmed: Bool = false
    ) {
        self.code = code
        self.value = value
        self.text = text
        self.components = components
        self.effective = effective
        self.note = note
        self.confirmed = confirmed
    }
}

/// A dose that was given.
public struct DoseEntry: Sendable, Unlogged {
    /// Of a slot, or of an order for a dose outside the schedule.
    public var token: String
    /// Nil: as ordered.
    public var dose: Quantity?
    public var effective: Moment?
    public var site: Coded
    public var note: String
    public var overrides: [RuleOverride]
    /// What was scanned of the package; left out: it was not scanned.
    public var scanned: String
    /// Who is at hand: a number or a date of birth; compared and not kept.
    public var identity: String
    public var intake: Intake
    /// 0: 60 for a dose as needed; below 0: nobody is to look.
    public var effectAfterMinutes: Int
    /// Of ``Intake/byOther``, and required then: who, and as what.
    public var givenBy: String

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        dose: Quantity? = nil,
        effective: Moment? = nil,
        site: Coded = Coded(),
        note: String = "",
        overrides: [RuleOverride] = [],
        scanned: String = "",
        identity: String = "",
        intake: Intake = .given,
        effectAfterMinutes: Int = 0,
        givenBy: String = ""
    ) {
        self.token = token
        self.dose = dose
        self.effective = effective
        self.site = site
        self.note = note
        self.overrides = overrides
        self.scanned = scanned
        self.identity = identity
        self.intake = intake
        self.effectAfterMinutes = effectAfterMinutes
        self.givenBy = givenBy
    }
}

/// A dose that was not given, and why.
public struct NotGivenEntry: Sendable, Unlogged {
    /// Of a slot or an order.
    public var token: String
    public var why: NotGiven
    /// Required.
    public var reason: String
    public var effective: Moment?

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        why: NotGiven,
        reason: String,
        effective: Moment? = nil
    ) {
        self.token = token
        self.why = why
        self.reason = reason
        self.effective = effective
    }
}

/// What was wrong with a dose. What is nil stays as it was.
public struct DoseCorrection: Sendable, Unlogged {
    /// Of an administration.
    public var token: String
    public var dose: Quantity?
    public var effective: Moment?
    public var site: Coded?
    public var enteredInError: Bool
    /// Required.
    public var reason: String
    public var intake: Intake?
    /// Of a dose that another gave, and required then.
    public var givenBy: String

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        dose: Quantity? = nil,
        effective: Moment? = nil,
        site: Coded? = nil,
        enteredInError: Bool = false,
        reason: String,
        intake: Intake? = nil,
        givenBy: String = ""
    ) {
        self.token = token
        self.dose = dose
        self.effective = effective
        self.site = site
        self.enteredInError = enteredInError
        self.reason = reason
        self.intake = intake
        self.givenBy = givenBy
    }
}

/// A dose that came up again.
public struct VomitedEntry: Sendable, Unlogged {
    /// Of an administration.
    public var token: String
    public var at: Moment?
    public var seen: Seen
    public var note: String
    /// Of "entry/before-dose".
    public var overrides: [RuleOverride]

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        at: Moment? = nil,
        seen: Seen = .unknown,
        note: String = "",
        overrides: [RuleOverride] = []
    ) {
        self.token = token
        self.at = at
        self.seen = seen
        self.note = note
        self.overrides = overrides
    }
}

/// How a dose worked.
public struct EffectEntry: Sendable, Unlogged {
    /// Of a follow-up or an administration.
    public var token: String
    public var effect: Effect
    public var at: Moment?
    public var note: String
    /// Of "entry/before-dose".
    public var overrides: [RuleOverride]

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        effect: Effect,
        at: Moment? = nil,
        note: String = "",
        overrides: [RuleOverride] = []
    ) {
        self.token = token
        self.effect = effect
        self.at = at
        self.note = note
        self.overrides = overrides
    }
}

/// Parts that are nil stay as they are ordered.
public struct PrescriptionProposal: Sendable, Unlogged {
    /// Of an order.
    public var token: String
    public var medication: Coded?
    public var strength: Quantity?
    public var strengthPer: Quantity?
    public var dose: Quantity?
    public var dosageText: String?
    /// "08:00"; empty: at no fixed time.
    public var timesOfDay: [String]?
    /// "mon" .. "sun"; empty: on every day.
    public var daysOfWeek: [String]?
    /// Required.
    public var reason: String
    public var overrides: [RuleOverride]

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        medication: Coded? = nil,
        strength: Quantity? = nil,
        strengthPer: Quantity? = nil,
        dose: Quantity? = nil,
        dosageText: String? = nil,
        timesOfDay: [String]? = nil,
        daysOfWeek: [String]? = nil,
        reason: String,
        overrides: [RuleOverride] = []
    ) {
        self.token = token
        self.medication = medication
        self.strength = strength
        self.strengthPer = strengthPer
        self.dose = dose
        self.dosageText = dosageText
        self.timesOfDay = timesOfDay
        self.daysOfWeek = daysOfWeek
        self.reason = reason
        self.overrides = overrides
    }
}

/// Doses of a medicine as needed that this tablet asks to be promised.
public struct AllowanceAsk: Sendable, Unlogged {
    /// Of an order, or of an unscheduled dose of a round.
    public var token: String
    /// 1 to 20; fewer may be granted.
    public var doses: Int
    /// 1 to 12, from when the server answers.
    public var hours: Int

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        doses: Int,
        hours: Int
    ) {
        self.token = token
        self.doses = doses
        self.hours = hours
    }
}

/// A patch that was taken off, or is gone.
public struct PatchOffEntry: Sendable, Unlogged {
    /// Of a patch or an administration.
    public var token: String
    public var at: Moment?
    /// The whole body was searched.
    public var notFound: Bool
    public var note: String
    public var overrides: [RuleOverride]

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        at: Moment? = nil,
        notFound: Bool = false,
        note: String = "",
        overrides: [RuleOverride] = []
    ) {
        self.token = token
        self.at = at
        self.notFound = notFound
        self.note = note
        self.overrides = overrides
    }
}

/// What somebody says of an allergy.
public struct AllergyEntry: Sendable, Unlogged {
    /// ATC, SNOMED CT, or text alone.
    public var code: Coded
    /// "low", "high", "unable-to-assess" or left out.
    public var criticality: String
    /// Left out: unconfirmed, or as it was.
    public var verification: String
    /// "allergy", "intolerance" or left out.
    public var type: String
    public var reaction: String
    public var note: String

    /// Says what is said; the rest is left out.
    public init(
        code: Coded,
        criticality: String = "",
        verification: String = "",
        type: String = "",
        reaction: String = "",
        note: String = ""
    ) {
        self.code = code
        self.criticality = criticality
        self.verification = verification
        self.type = type
        self.reaction = reaction
        self.note = note
    }
}

/// Somebody nobody here can identify yet.
public struct NewPatient: Sendable, Unlogged {
    public var family: String
    public var given: String
    /// FHIR date; this and what follows may be left out.
    public var birthDate: String
    /// FHIR code.
    public var gender: String
    /// Both or none.
    public var identifierSystem: String
    public var identifierValue: String
    /// How the person was met, for whoever links the records.
    public var note: String

    /// Says what is said; the rest is left out.
    public init(
        family: String = "",
        given: String = "",
        birthDate: String = "",
        gender: String = "",
        identifierSystem: String = "",
        identifierValue: String = "",
        note: String = ""
    ) {
        self.family = family
        self.given = given
        self.birthDate = birthDate
        self.gender = gender
        self.identifierSystem = identifierSystem
        self.identifierValue = identifierValue
        self.note = note
    }
}

/// A note, as its author has it.
public struct NoteEntry: Sendable, Unlogged {
    public var type: String
    public var title: String
    public var text: String
    public var date: Moment?

    /// Says what is said; the rest is left out.
    public init(
        type: String = "",
        title: String = "",
        text: String,
        date: Moment? = nil
    ) {
        self.type = type
        self.title = title
        self.text = text
        self.date = date
    }
}

/// A visit, planned or not.
public struct VisitEntry: Sendable, Unlogged {
    /// Token of a planned visit or an appointment; left out: it was not planned.
    public var plan: String
    public var starts: Moment?
    public var note: String

    /// Says what is said; the rest is left out.
    public init(
        plan: String = "",
        starts: Moment? = nil,
        note: String = ""
    ) {
        self.plan = plan
        self.starts = starts
        self.note = note
    }
}

/// What was done by a plan, or not.
public struct ActEntry: Sendable, Unlogged {
    /// Of a measure, a task, a message.
    public var token: String
    public var performed: Moment?
    /// Required when it was not done.
    public var reason: String
    public var note: String

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        performed: Moment? = nil,
        reason: String = "",
        note: String = ""
    ) {
        self.token = token
        self.performed = performed
        self.reason = reason
        self.note = note
    }
}

/// A task for somebody.
public struct TaskEntry: Sendable, Unlogged {
    public var code: Coded
    public var description: String
    /// "clinical", "contact", "welfare-check" or left out.
    public var effect: String
    /// "routine", "urgent", "asap", "stat" or left out.
    public var priority: String
    public var due: Moment?
    public var note: String

    /// Says what is said; the rest is left out.
    public init(
        code: Coded,
        description: String = "",
        effect: String = "",
        priority: String = "",
        due: Moment? = nil,
        note: String = ""
    ) {
        self.code = code
        self.description = description
        self.effect = effect
        self.priority = priority
        self.due = due
        self.note = note
    }
}

/// How a person answers a finding.
public struct FindingAnswer: Sendable, Unlogged {
    /// Of a finding: names its inputs as they were shown.
    public var token: String
    /// "confirmed-double", "not-a-double" ...
    public var outcome: String
    /// Required for severity 1 and 2.
    public var reason: String

    /// Says what is said; the rest is left out.
    public init(
        token: String,
        outcome: String,
        reason: String = ""
    ) {
        self.token = token
        self.outcome = outcome
        self.reason = reason
    }
}
