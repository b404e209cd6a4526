// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/** A problem, and what speaks for it. */
public class Problem internal constructor(
    public val item: Item,
    public val code: Field<Coded>,
    public val clinicalStatus: Field<String>,
    public val verificationStatus: Field<String>,
    public val severity: Field<Coded>,
    /** FHIR dateTime, or words. */
    public val onset: String,
    public val abatement: String,
    public val notes: List<String>,
    /** While anything speaks for it that its end had not seen. */
    public val active: Boolean,
)

/** A measure of a care plan. */
public class Measure internal constructor(
    public val item: Item,
    /** "protective" (stays while in doubt), "service" or "restraint" (ends at once). */
    public val kind: String,
    public val what: Field<Coded>,
    public val title: String,
    public val description: String,
    /** Of a plan from elsewhere that lists several. */
    public val activities: List<Coded>,
    public val timing: Field<String>,
    public val instruction: Field<String>,
    /** Needed at once; 4 is four or more. */
    public val people: Field<Int>,
    public val goal: String,
    public val status: Field<String>,
    public val statusReason: String,
    public val starts: String,
    public val ends: String,
    public val inForce: Boolean,
    public val pastItsEnd: Boolean,
    /** Not confirmed: go on. */
    public val endProposed: Boolean,
    public val notes: List<String>,
    /** Performed or not, newest first. */
    public val acts: List<ResourceId>,
)

/** What one statement says of an act. */
public class ActText internal constructor(
    public val status: String,
    public val code: Coded,
    /** Null when it names none that is here. */
    public val about: ResourceId?,
    public val performed: String,
    /** When it was not done. */
    public val reason: String,
    public val performers: List<String>,
    public val notes: List<String>,
)

/** A measure or task that was done or not; or a procedure from elsewhere. */
public class Act internal constructor(
    public val item: Item,
    public val statement: Field<ActText>,
    public val earlier: List<Statement<ActText>>,
)

/** What one statement says of a visit. */
public class VisitText internal constructor(
    public val status: String,
    /** "no-answer", "refused", "away", "other"; empty when it was made. */
    public val hindrance: String,
    public val starts: String,
    public val ends: String,
    public val type: Coded,
    public val reasons: List<Coded>,
    /** Null when it was not planned. */
    public val plan: ResourceId?,
    public val performers: List<String>,
    public val notes: List<String>,
)

/** A visit that was made, or came to nothing. */
public class Visit internal constructor(
    public val item: Item,
    public val statement: Field<VisitText>,
    public val earlier: List<Statement<VisitText>>,
)

/** When something is planned, as FHIR date-times. */
public class PlannedTime internal constructor(
    public val starts: String,
    public val ends: String,
)

/**
 * A visit or an appointment. `state` is "planned", "suspended", "cancelled", "hindered",
 * "under-way" or "carried-out": what was done wins over what was cancelled.
 */
public class PlannedVisit internal constructor(
    public val item: Item,
    public val state: String,
    public val time: Field<PlannedTime>,
    public val status: Field<String>,
    public val type: Coded,
    public val reasons: List<Coded>,
    public val performers: List<String>,
    public val notes: List<String>,
    public val visits: List<ResourceId>,
)

/** An appointment; its state is as that of a [PlannedVisit]. */
public class Appointment internal constructor(
    public val item: Item,
    public val state: String,
    public val time: Field<PlannedTime>,
    public val status: Field<String>,
    public val description: String,
    /** For the patient. */
    public val instruction: String,
    public val participants: List<String>,
    public val cancelledBecause: String,
    public val visits: List<ResourceId>,
)

/** What one statement says of a vaccination. */
public class ImmunizationText internal constructor(
    public val status: String,
    public val vaccine: Coded,
    /** FHIR dateTime, or words. */
    public val occurrence: String,
    /** Somebody told of it; nobody here saw it given. */
    public val told: Boolean,
    public val lot: String,
    public val expires: String,
    /** May be null. */
    public val dose: Quantity?,
    public val site: Coded,
    /** When it was not given. */
    public val reason: String,
    public val performers: List<String>,
    public val notes: List<String>,
    public val overrides: List<RuleOverride>,
)

/** A vaccination. */
public class Immunization internal constructor(
    public val item: Item,
    public val statement: Field<ImmunizationText>,
    public val earlier: List<Statement<ImmunizationText>>,
)

/** Something that somebody has to do. */
public class Task internal constructor(
    public val item: Item,
    /** "open", "done" or "cancelled". */
    public val state: String,
    public val code: Coded,
    public val description: String,
    /** "clinical", "contact", "welfare-check" or empty. */
    public val effect: String,
    public val status: Field<String>,
    public val priority: Field<String>,
    public val owner: Field<String>,
    /** The earliest that anybody states. */
    public val due: String,
    public val notes: List<String>,
    public val acts: List<ResourceId>,
)

/** Somebody near the citizen. */
public class RelatedPerson internal constructor(
    public val item: Item,
    public val name: Field<String>,
    public val relationships: List<Coded>,
    public val telecom: List<String>,
    public val address: String,
    /** Null: none is stated. */
    public val callOrder: Int?,
    /** What each said; who is the nearest of all:. */
    public val nextOfKin: Field<Boolean>,
    public val nearest: Boolean,
    /** Guardian, power of attorney. */
    public val legalRole: String,
    /** "may-contact", "ask-first", "do-not-contact". */
    public val contact: Field<String>,
    /** "full", "limited", "none". */
    public val information: Field<String>,
    public val notes: List<String>,
)

/** What one decision of a consent says. */
public class ConsentText internal constructor(
    /** "denied", "withdrawn", "proposed", "entered-in-error", "lifted", "permitted". */
    public val effect: String,
    public val scope: Coded,
    public val starts: String,
    public val ends: String,
    public val parties: List<String>,
    public val text: String,
    /** Read them in the source before you act on it. */
    public val hasExceptions: Boolean,
)

/** A consent, with every denial that holds. */
public class Consent internal constructor(
    public val item: Item,
    public val decision: Field<ConsentText>,
    /** All that hold, each for its own scope. */
    public val denials: List<ConsentText>,
    public val notes: List<String>,
)

/**
 * A limit to treatment, from a doctor: the decision's effect is "in-force", "ended", "proposed" or
 * "entered-in-error".
 */
public class TreatmentLimit internal constructor(
    public val item: Item,
    public val decision: Field<ConsentText>,
    /** Treat, resuscitate, and ring. */
    public val unclear: Boolean,
    /** It holds until a doctor says, and is asked. */
    public val reviewOverdue: Boolean,
    public val notes: List<String>,
)

/** What one statement says of a message. */
public class CommunicationText internal constructor(
    public val status: String,
    public val topic: Coded,
    public val text: String,
    public val sent: String,
    public val sender: String,
    public val recipients: List<String>,
    public val notes: List<String>,
)

/** Who read a message, each once. */
public class Reader internal constructor(
    public val said: Said,
    /** Of the act, to take it back. */
    public val token: String,
    /** False: the message has been said otherwise since. */
    public val asItStands: Boolean,
)

/** A message, and who has read it. */
public class Communication internal constructor(
    public val item: Item,
    public val statement: Field<CommunicationText>,
    public val readers: List<Reader>,
    public val earlier: List<Statement<CommunicationText>>,
)

/** What a chart has beside medicine and measurements. */
public class Care internal constructor(
    /** Active first. */
    public val problems: List<Problem>,
    /** In force first. */
    public val measures: List<Measure>,
    /** Newest first, as the other facts here. */
    public val acts: List<Act>,
    public val visits: List<Visit>,
    public val plannedVisits: List<PlannedVisit>,
    public val appointments: List<Appointment>,
    public val immunizations: List<Immunization>,
    public val tasks: List<Task>,
    public val relatedPersons: List<RelatedPerson>,
    public val consents: List<Consent>,
    public val treatmentLimits: List<TreatmentLimit>,
    public val communications: List<Communication>,
)
