// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/** How old what is shown may be; it promises less the earlier it stands here. */
public enum class Freshness(internal val number: Int) {
    NEVER_SYNCED(0),
    OLD(1),
    STALE(2),
    AGING(3),
    FRESH(4);

    internal companion object {
        fun of(number: Int): Freshness =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Whether somebody has answered a finding. */
public enum class FindingState(internal val number: Int) {
    OPEN(0),
    RESOLVED(1),
    DEFERRED(2);

    internal companion object {
        fun of(number: Int): FindingState =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** An empty list of allergies is no answer; this is. */
public enum class AllergyStatement(internal val number: Int) {
    CANNOT_TELL(0),
    NOT_RECORDED(1),
    ASSERTED_NONE(2),
    LISTED(3);

    internal companion object {
        fun of(number: Int): AllergyStatement =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** What is known of a dose that is ordered. */
public enum class DoseState(internal val number: Int) {
    /** It may have been given: ask. */
    CANNOT_TELL(0),
    UPCOMING(1),
    DUE(2),
    OVERDUE(3),
    GIVEN(4),
    NOT_GIVEN(5),
    CONTESTED(6),
    SUSPENDED(7);

    internal companion object {
        fun of(number: Int): DoseState =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Why a chart is opened. It is kept with the access. */
public enum class Purpose(internal val number: Int) {
    TREATMENT(0),
    EMERGENCY(1),
    ADMINISTRATION(2);

    internal companion object {
        fun of(number: Int): Purpose =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** How a dose came to be taken. Each counts as taken. */
public enum class Intake(internal val number: Int) {
    GIVEN(0),
    SELF_OBSERVED(1),
    SELF_REPORTED(2),
    HANDED_OVER(3),
    BY_OTHER(4);

    internal companion object {
        fun of(number: Int): Intake =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Why a dose was not given. */
public enum class NotGiven(internal val number: Int) {
    OTHER(0),
    REFUSED(1),
    WITHHELD_CLINICAL(2),
    UNAVAILABLE(3),
    AWAY(4),
    ASLEEP(5),
    MISSED_VISIT(6),
    MISSED_FORGOTTEN(7),
    CONTRAINDICATED(8),
    SELF_MANAGED(9),
    DUPLICATE_AVOIDED(10),
    UNSAFE_IDENTITY(11);

    internal companion object {
        fun of(number: Int): NotGiven =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Whether the medicine was seen in what came up; unknown: nobody looked. */
public enum class Seen(internal val number: Int) {
    UNKNOWN(0),
    YES(1),
    NO(2);

    internal companion object {
        fun of(number: Int): Seen =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Whether a dose helped. */
public enum class Effect(internal val number: Int) {
    NONE(0),
    SOME(1),
    GOOD(2),
    UNWANTED(3);

    internal companion object {
        fun of(number: Int): Effect =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Why a visit came to nothing. */
public enum class Hindrance(internal val number: Int) {
    OTHER(0),
    NO_ANSWER(1),
    REFUSED(2),
    AWAY(3);

    internal companion object {
        fun of(number: Int): Hindrance =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** What was done by a plan, or not. */
public enum class ActKind(internal val number: Int) {
    MEASURE_DONE(0),
    MEASURE_NOT_DONE(1),
    TASK_DONE(2),
    /** By whoever is signed in; has a token only. */
    TASK_TAKEN(3),
    /** Likewise. */
    MESSAGE_READ(4);

    internal companion object {
        fun of(number: Int): ActKind =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** What ends, or was written by mistake. */
public enum class Ending(internal val number: Int) {
    PROBLEM_RESOLVED(0),
    PROBLEM_RETRACTED(1),
    /** A restraint everywhere at once; a service's end is a proposal. */
    MEASURE(2),
    ACT_RETRACTED(3),
    VISIT_RETRACTED(4),
    IMMUNIZATION_RETRACTED(5),
    COMMUNICATION_RETRACTED(6),
    TASK_CANCELLED(7),
    /** With a related person; holds everywhere at once. */
    CONTACT(8),
    /** Holds everywhere at once. */
    CONSENT_WITHDRAWN(9),
    /** Of the patient: the citizen lives. */
    WORD_OF_DEATH(10);

    internal companion object {
        fun of(number: Int): Ending =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Of the sentences for whoever holds the tablet. */
public enum class Language(internal val number: Int) {
    NB(0),
    EN(1);

    internal companion object {
        fun of(number: Int): Language =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** What a tablet does that stays in step with the server. */
public enum class FollowState(internal val number: Int) {
    SYNCING(0),
    WAITING(1),
    TROUBLE(2);

    internal companion object {
        fun of(number: Int): FollowState =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** What changed on a tablet. */
public enum class ChangeKind(internal val number: Int) {
    RECORD_CHANGED(0),
    FINDINGS_CHANGED(1),
    CASELOAD_CHANGED(2),
    SYNCED(3),
    LOCKED(4);

    internal companion object {
        fun of(number: Int): ChangeKind =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}

/** Who can do something about an error. */
public enum class Advice(internal val number: Int) {
    RETRY(0),
    USER(1),
    OPERATOR(2),
    DEFECT(3);

    internal companion object {
        fun of(number: Int): Advice =
            entries.firstOrNull { it.number == number } ?: entries.first()
    }
}
