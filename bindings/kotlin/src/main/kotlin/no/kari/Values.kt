// SPDX-License-Identifier: Apache-2.0
package no.kari

import kotlin.time.Instant

/** A code of a system, and how it is shown. Equal by what it says, as all values here. */
public class Coded(
    /** The system's address; empty where there is text alone. */
    public val system: String = "",
    /** Of that system. */
    public val code: String = "",
    /** As shown. */
    public val text: String = "",
) {
    override fun equals(other: Any?): Boolean =
        other is Coded &&
            other.system == system &&
            other.code == code &&
            other.text == text

    override fun hashCode(): Int = listOf(system, code, text).hashCode()
}

/**
 * An amount. Show [plain] and never [value]: "1e2", and the zero that ends "0.50", have been read
 * as ten times as much.
 *
 */
public class Quantity(
    /** As it was written, a decimal with a point: "0.50". */
    public val value: String,
    /** UCUM: "mg", "/min", "{tablet}". */
    public val code: String,
    /** As shown; the code when empty. */
    public val unit: String = "",
    /** As people read it: "0.5". Of what the SDK answers; not used in an argument. */
    public val plain: String = "",
) {
    override fun equals(other: Any?): Boolean =
        other is Quantity &&
            other.value == value &&
            other.code == code &&
            other.unit == unit &&
            other.plain == plain

    override fun hashCode(): Int = listOf(value, code, unit, plain).hashCode()
}

/** A date, in the zone of the tablet. */
public data class CalendarDate(
    /** 2026. */
    public val year: Int,
    /** 1 to 12. */
    public val month: Int,
    /** 1 to 31. */
    public val day: Int,
)

/**
 * A moment with the zone in which it is read: what is written down is its time of day there. With
 * a zone, the zone decides: `Moment(now, zone = "Europe/Oslo")`.
 *
 */
public class Moment(
    /** When, to the millisecond. */
    public val at: Instant,
    /** Seconds east of UTC; in an argument with a zone 0, or that zone's. */
    public val offsetSeconds: Int = 0,
    /** IANA. Left out: the offset alone. */
    public val zone: String = "",
) {
    override fun equals(other: Any?): Boolean =
        other is Moment &&
            other.at == at &&
            other.offsetSeconds == offsetSeconds &&
            other.zone == zone

    override fun hashCode(): Int = listOf(at, offsetSeconds, zone).hashCode()
}

/** A warning that the author saw, and why the fact stands all the same. */
public class RuleOverride(
    /** Of [Warning.rule] or [KariError.ReasonRequired.rules]. */
    public val rule: String,
    /** In the author's words. */
    public val reason: String,
) {
    override fun equals(other: Any?): Boolean =
        other is RuleOverride &&
            other.rule == rule &&
            other.reason == reason

    override fun hashCode(): Int = listOf(rule, reason).hashCode()
}

/** What somebody stated, and who. */
public class Statement<out T> internal constructor(
    /** Null where it was cleared. */
    public val value: T?,
    /** By whom, and when. */
    public val said: Said?,
)

/** One part of a resource, with all that stands of it. */
public class Field<out T> internal constructor(
    /** What to act on; null: nothing is. */
    public val value: T?,
    /** People wrote without seeing each other: show [live], all of it. */
    public val contested: Boolean,
    /** All that stands. */
    public val live: List<Statement<T>>,
    /** What waits for the server. */
    public val proposed: List<Statement<T>>,
)

internal fun Decoder.coded(): Coded = Coded(system = text(), code = text(), text = text())

internal fun Decoder.quantity(): Quantity =
    Quantity(value = text(), code = text(), unit = text(), plain = text())

internal fun Decoder.calendarDate(): CalendarDate =
    CalendarDate(year = int(), month = int(), day = int())

internal fun CalendarDate.orNull(): CalendarDate? = if (year == 0) null else this

/** Where C says -1, there is no number. */
internal fun Int.orNull(): Int? = if (this < 0) null else this

internal fun Decoder.moment(): Moment =
    Moment(at = Instant.fromEpochMilliseconds(long()), offsetSeconds = int(), zone = text())

internal fun Decoder.ruleOverride(): RuleOverride = RuleOverride(rule = text(), reason = text())

internal fun Encoder.coded(value: Coded) {
    text(value.system)
    text(value.code)
    text(value.text)
}

internal fun Encoder.quantity(value: Quantity) {
    text(value.value)
    text(value.code)
    text(value.unit)
    text(value.plain)
}

internal fun Encoder.calendarDate(value: CalendarDate) {
    int(value.year)
    int(value.month)
    int(value.day)
}

internal fun Encoder.moment(value: Moment) {
    long(value.at.toEpochMilliseconds())
    int(value.offsetSeconds)
    text(value.zone)
}

internal fun Encoder.ruleOverride(value: RuleOverride) {
    text(value.rule)
    text(value.reason)
}
