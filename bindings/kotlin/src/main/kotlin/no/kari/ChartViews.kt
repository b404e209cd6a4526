// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

import kotlin.time.Instant

/** Who signed in, and what to tell them. */
public class SignedIn internal constructor(
    public val nurse: Nurse,
    public val age: Age,
    public val unsent: Long,
    /** The database had been put back: reach the server once. */
    public val wasRestored: Boolean,
)

/** What holds of a tablet now. */
public class TabletState internal constructor(
    public val locked: Boolean,
    /** Null while locked. */
    public val nurse: Nurse?,
    /** IANA; days and times of day are read in it. */
    public val zone: String,
    /** There; this and the next two are zero while locked. */
    public val today: CalendarDate?,
    public val device: DeviceId?,
    public val incarnation: DeviceId?,
)

/** One of the caseload. */
public class PatientRow internal constructor(
    public val record: RecordId,
    public val name: String,
    public val birthDate: String,
    public val openFindings: Int,
    /** 1 stop and phone .. 4 for the log; 0: no finding. */
    public val worstSeverity: Int,
    public val contestedName: Boolean,
    public val madeHere: Boolean,
)

/** The caseload. */
public class Patients internal constructor(
    public val age: Age,
    public val rows: List<PatientRow>,
)

/** A dose, an order, a measurement that a finding is about. */
public class About internal constructor(
    public val resource: ResourceId,
    /** FHIR type. */
    public val kind: String,
    public val what: String,
    public val effective: String,
    public val amount: String,
)

/** What a person must look at; a conflict is a finding whose rule begins with "merge/". */
public class Finding internal constructor(
    public val id: Digest,
    /** An answer hands it back. */
    public val token: String,
    public val rule: String,
    /** 1 stop and phone, 2 answer in this shift, 3 look, 4 for the log. */
    public val severity: Int,
    public val title: String,
    public val meaning: String,
    public val action: String,
    public val state: FindingState,
    /** The server has not stated it yet. */
    public val provisional: Boolean,
    public val inputs: List<ChangeId>,
    public val records: List<RecordId>,
    public val resources: List<ResourceId>,
    public val about: List<About>,
    /** Null: nobody. */
    public val assignedTo: PersonId?,
    public val deferredUntil: String,
    /** Who may resolve it: "prescriber", and the same in words:. */
    public val resolver: String,
    public val resolverName: String,
    /** By when, or null. */
    public val due: Instant?,
)

/** Who the citizen is. */
public class Patient internal constructor(
    public val item: Item,
    public val name: String,
    /** May be a year only. */
    public val birthDate: String,
    public val gender: String,
    public val address: String,
    public val telecom: String,
    public val identifiers: List<String>,
    public val nameContested: Boolean,
    public val deceased: Boolean,
)

/** An allergy or intolerance. */
public class Allergy internal constructor(
    public val item: Item,
    public val code: Field<Coded>,
    public val clinicalStatus: Field<String>,
    public val verificationStatus: Field<String>,
    public val criticality: Field<String>,
    public val reactions: List<String>,
    public val notes: List<String>,
    /** Warns when a dose is given. */
    public val active: Boolean,
)

/** What is ordered, how much and when. */
public class Prescription internal constructor(
    public val medication: Coded,
    public val form: String,
    /** Of one piece; may be null. */
    public val strength: Quantity?,
    /** "per": 1 tablet, 1 mL. */
    public val strengthPer: Quantity?,
    /** Of the first dosage line. */
    public val dose: Quantity?,
    /** The prescriber's words, else what the parts say. */
    public val dosageShown: String,
    public val route: String,
    public val site: String,
    /** "08:00". */
    public val timesOfDay: List<String>,
    public val asNeeded: Boolean,
    public val starts: String,
    public val ends: String,
)

/** An order of a medicine. */
public class Order internal constructor(
    public val item: Item,
    public val status: Field<String>,
    public val prescription: Field<Prescription>,
    public val prescriber: String,
    public val statusReason: String,
    public val notes: List<String>,
    /** May be given from. */
    public val active: Boolean,
)

/**
 * The package that a dose was taken from, as it was scanned; what its label did not say is empty.
 */
public class ScannedPackage internal constructor(
    /** 14 digits. */
    public val gtin: String,
    /** 6 digits. */
    public val vnr: String,
    public val expires: String,
    public val lot: String,
    public val serial: String,
)

/** What one statement says of a dose. */
public class AdministrationText internal constructor(
    /** "completed", "not-done", "entered-in-error". */
    public val status: String,
    public val statusReasons: List<Coded>,
    public val medication: Coded,
    public val order: ResourceId,
    public val effective: String,
    /** May be null. */
    public val dose: Quantity?,
    public val site: Coded,
    public val performers: List<String>,
    public val notes: List<String>,
    /**
     * Left out: its performer gave it; else "self-observed", "self-reported", "handed-over" or
     * "by-other", which all count as taken.
     */
    public val overrides: List<RuleOverride>,
    public val intake: String,
    /** Left out: nobody is to see whether it helped. */
    public val effectDue: String,
    /** Null: it was not scanned. */
    public val scanned: ScannedPackage?,
)

/** A second person's check: "holds", or why it does not: "same-person", "out-of-time", "stale". */
public class SecondCheck internal constructor(
    public val said: Said,
    public val standing: String,
)

/** What came of a dose, which stays as it was given. */
public class AfterDose internal constructor(
    /** "vomited" or "effect". */
    public val what: String,
    public val at: String,
    /** "good", "some", "none", "unwanted"; "seen", "not-seen"; or left out. */
    public val outcome: String,
    public val note: String,
    /** [endCare] takes it, KARI_ENDING_ACT_RETRACTED. */
    public val token: String,
    public val said: Said,
)

/** A dose of which nobody has said yet whether it helped. */
public class FollowUp internal constructor(
    public val record: RecordId,
    public val administration: ResourceId,
    /** [doseEffect] takes it. */
    public val token: String,
    public val medication: String,
    public val amount: String,
    public val given: String,
    public val due: String,
    public val overdue: Boolean,
    public val said: Said,
)

/** A dose that was given or not. */
public class Administration internal constructor(
    public val item: Item,
    public val statement: Field<AdministrationText>,
    /** Every statement, corrected ones too. */
    public val earlier: List<Statement<AdministrationText>>,
    public val checks: List<SecondCheck>,
    /** As taken. */
    public val counts: Boolean,
    /** Until its author agrees. */
    public val correctionUnconfirmed: Boolean,
    public val after: List<AfterDose>,
)

/** A patch that may be on the body: nobody said that it is off. */
public class Patch internal constructor(
    public val record: RecordId,
    public val administration: ResourceId,
    public val token: String,
    public val medication: String,
    public val amount: String,
    public val site: String,
    public val putOn: String,
    public val dueOff: String,
    public val said: Said,
)

/** NEWS2, of what was measured within an hour. */
public class Score internal constructor(
    public val effective: String,
    /** Null: a part is missing. */
    public val total: Int?,
    /** While two values of a part stand; null: a part is missing. */
    public val atLeast: Int?,
    /** Of seven. */
    public val parts: Int,
    /** Of oxygen saturation. */
    public val scale: Int,
    /** Beside it, while it is not settled which applies; null: it is. */
    public val byScale2: Int?,
    /** "low", "single-three", "medium", "high"; low without a total says nothing. */
    public val level: String,
    public val title: String,
    public val action: String,
    /** Why to look twice. */
    public val reservations: List<String>,
    /** By which scale 2 is used; zero with scale 1. */
    public val decision: ResourceId?,
)

/** A part of a measurement: systolic, diastolic. */
public class ObservationPart(
    public val code: Coded,
    /** May be null. */
    public val value: Quantity?,
    /** A value that is no quantity. */
    public val text: String,
)

/** What one statement says of a measurement. */
public class ObservationText internal constructor(
    public val status: String,
    public val code: Coded,
    /** May be null. */
    public val value: Quantity?,
    /** A value that is no quantity. */
    public val text: String,
    public val components: List<ObservationPart>,
    public val effective: String,
    public val notes: List<String>,
)

/** A measurement. */
public class Observation internal constructor(
    public val item: Item,
    public val statement: Field<ObservationText>,
    public val earlier: List<Statement<ObservationText>>,
)

/** What one statement says of a note. */
public class NoteText internal constructor(
    /** "current", "superseded", "entered-in-error". */
    public val status: String,
    public val isSigned: Boolean,
    public val type: String,
    public val title: String,
    public val text: String,
    public val date: String,
    public val authors: List<String>,
    /** Null unless it is an addendum. */
    public val appendsTo: ResourceId?,
)

/** A note. */
public class Note internal constructor(
    public val item: Item,
    public val document: Field<NoteText>,
)

/** Why no dose is due: the citizen is said to be dead, or is. */
public class Suspension internal constructor(
    public val rule: String,
    public val title: String,
    public val meaning: String,
    public val action: String,
)

/** What a chart cannot show, and what to do about it. */
public class Missing internal constructor(
    /** "linked record", "allergies", "resource". */
    public val what: String,
    public val advice: String,
)

/** What is older of this kind is left out. */
public class CompleteSince internal constructor(
    public val kind: String,
    public val since: Instant?,
    /** What is older yet is at the server alone; or null. */
    public val onTabletSince: Instant?,
)

/** All that is to be shown of a citizen. Show [age] and [missing] with it. */
public class Chart internal constructor(
    public val record: RecordId,
    /** Linked records that are here, this one among them. */
    public val group: List<RecordId>,
    public val age: Age,
    /** 0: the chart is whole. */
    public val missing: List<Missing>,
    /** May be null. */
    public val patient: Patient?,
    /** Null: it is not. */
    public val suspended: Suspension?,
    public val allergyStatement: AllergyStatement,
    public val allergies: List<Allergy>,
    public val orders: List<Order>,
    public val administrations: List<Administration>,
    public val patches: List<Patch>,
    public val scores: List<Score>,
    public val observations: List<Observation>,
    public val notes: List<Note>,
    public val findings: List<Finding>,
    public val completeSince: List<CompleteSince>,
    /** Problems, visits, measures, limits to treatment ... */
    public val care: Care,
    /** Kept whole, shown by no version. */
    public val otherResources: Int,
)
