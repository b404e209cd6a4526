// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/** Why a chart is opened. Left out: treatment, without a reason. */
public class Access(
    public val purpose: Purpose = Purpose.TREATMENT,
    /** Required for an emergency, and after the offline lease. */
    public val reason: String = "",
)

/** A measurement to be written. */
public class ObservationEntry(
    /** LOINC or SNOMED CT. */
    public val code: Coded,
    /** Null where the value is [text]. */
    public val value: Quantity? = null,
    /** A value that is no quantity. */
    public val text: String = "",
    public val components: List<ObservationPart> = emptyList(),
    public val effective: Moment? = null,
    public val note: String = "",
    /** The author has looked again at an unusual value. */
    public val confirmed: Boolean = false,
)

/** A dose that was given. */
public class DoseEntry(
    /** Of a slot, or of an order for a dose outside the schedule. */
    public val token: String,
    /** Null: as ordered. */
    public val dose: Quantity? = null,
    public val effective: Moment? = null,
    public val site: Coded = Coded(),
    public val note: String = "",
    public val overrides: List<RuleOverride> = emptyList(),
    /** What was scanned of the package; left out: it was not scanned. */
    public val scanned: String = "",
    /** Who is at hand: a number or a date of birth; compared and not kept. */
    public val identity: String = "",
    public val intake: Intake = Intake.GIVEN,
    /** 0: 60 for a dose as needed; below 0: nobody is to look. */
    public val effectAfterMinutes: Int = 0,
    /** Of KARI_INTAKE_BY_OTHER, and required then: who, and as what. */
    public val givenBy: String = "",
)

/** A dose that was not given, and why. */
public class NotGivenEntry(
    /** Of a slot or an order. */
    public val token: String,
    public val why: NotGiven,
    /** Required. */
    public val reason: String,
    public val effective: Moment? = null,
)

/** What was wrong with a dose. What is null stays as it was. */
public class DoseCorrection(
    /** Of an administration. */
    public val token: String,
    public val dose: Quantity? = null,
    public val effective: Moment? = null,
    public val site: Coded? = null,
    public val enteredInError: Boolean = false,
    /** Required. */
    public val reason: String,
    public val intake: Intake? = null,
    /** Of a dose that another gave, and required then. */
    public val givenBy: String = "",
)

/** A dose that came up again. */
public class VomitedEntry(
    /** Of an administration. */
    public val token: String,
    public val at: Moment? = null,
    public val seen: Seen = Seen.UNKNOWN,
    public val note: String = "",
    /** Of "entry/before-dose". */
    public val overrides: List<RuleOverride> = emptyList(),
)

/** How a dose worked. */
public class EffectEntry(
    /** Of a follow-up or an administration. */
    public val token: String,
    public val effect: Effect,
    public val at: Moment? = null,
    public val note: String = "",
    /** Of "entry/before-dose". */
    public val overrides: List<RuleOverride> = emptyList(),
)

/** Parts that are null stay as they are ordered. */
public class PrescriptionProposal(
    /** Of an order. */
    public val token: String,
    public val medication: Coded? = null,
    public val strength: Quantity? = null,
    public val strengthPer: Quantity? = null,
    public val dose: Quantity? = null,
    public val dosageText: String? = null,
    /** "08:00"; empty: at no fixed time. */
    public val timesOfDay: List<String>? = null,
    /** "mon" .. "sun"; empty: on every day. */
    public val daysOfWeek: List<String>? = null,
    /** Required. */
    public val reason: String,
    public val overrides: List<RuleOverride> = emptyList(),
)

/** Doses of a medicine as needed that this tablet asks to be promised. */
public class AllowanceAsk(
    /** Of an order, or of an unscheduled dose of a round. */
    public val token: String,
    /** 1 to 20; fewer may be granted. */
    public val doses: Int,
    /** 1 to 12, from when the server answers. */
    public val hours: Int,
)

/** A patch that was taken off, or is gone. */
public class PatchOffEntry(
    /** Of a patch or an administration. */
    public val token: String,
    public val at: Moment? = null,
    /** The whole body was searched. */
    public val notFound: Boolean = false,
    public val note: String = "",
    public val overrides: List<RuleOverride> = emptyList(),
)

/** What somebody says of an allergy. */
public class AllergyEntry(
    /** ATC, SNOMED CT, or text alone. */
    public val code: Coded,
    /** "low", "high", "unable-to-assess" or left out. */
    public val criticality: String = "",
    /** Left out: unconfirmed, or as it was. */
    public val verification: String = "",
    /** "allergy", "intolerance" or left out. */
    public val type: String = "",
    public val reaction: String = "",
    public val note: String = "",
)

/** Somebody nobody here can identify yet. */
public class NewPatient(
    public val family: String = "",
    public val given: String = "",
    /** FHIR date; this and what follows may be left out. */
    public val birthDate: String = "",
    /** FHIR code. */
    public val gender: String = "",
    /** Both or none. */
    public val identifierSystem: String = "",
    public val identifierValue: String = "",
    /** How the person was met, for whoever links the records. */
    public val note: String = "",
)

/** A note, as its author has it. */
public class NoteEntry(
    public val type: String = "",
    public val title: String = "",
    public val text: String,
    public val date: Moment? = null,
)

/** A visit, planned or not. */
public class VisitEntry(
    /** Token of a planned visit or an appointment; left out: it was not planned. */
    public val plan: String = "",
    public val starts: Moment? = null,
    public val note: String = "",
)

/** What was done by a plan, or not. */
public class ActEntry(
    /** Of a measure, a task, a message. */
    public val token: String,
    public val performed: Moment? = null,
    /** Required when it was not done. */
    public val reason: String = "",
    public val note: String = "",
)

/** A task for somebody. */
public class TaskEntry(
    public val code: Coded,
    public val description: String = "",
    /** "clinical", "contact", "welfare-check" or left out. */
    public val effect: String = "",
    /** "routine", "urgent", "asap", "stat" or left out. */
    public val priority: String = "",
    public val due: Moment? = null,
    public val note: String = "",
)

/** How a person answers a finding. */
public class FindingAnswer(
    /** Of a finding: names its inputs as they were shown. */
    public val token: String,
    /** "confirmed-double", "not-a-double" ... */
    public val outcome: String,
    /** Required for severity 1 and 2. */
    public val reason: String = "",
)
