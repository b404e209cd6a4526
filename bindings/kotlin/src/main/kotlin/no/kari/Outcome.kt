// SPDX-License-Identifier: Apache-2.0
package no.kari

/**
 * What a call came to. A refusal is part of a nurse's day (a reason is asked for, a PIN is wrong, a
 * sign-in ended), so it is a value that a `when` has to look at, and not an exception.
 */
public sealed class Outcome<out T> {
    /** It was done. A write is on the disk. */
    public class Done<out T> internal constructor(
        /** The answer. */
        public val value: T,
    ) : Outcome<T>()

    /** It was not done. After anything but [KariError.Internal] nothing was written. */
    public class Refused internal constructor(
        /** Why, and what to do next. */
        public val error: KariError,
    ) : Outcome<Nothing>()

    /** The answer. Throws [KariException] where there is none. */
    public fun orThrow(): T =
        when (this) {
            is Done -> value
            is Refused -> throw KariException(error)
        }

    /** The answer, or null. */
    public fun orNull(): T? = (this as? Done)?.value

    /** The error, or null. */
    public fun errorOrNull(): KariError? = (this as? Refused)?.error
}

/** What [Outcome.orThrow] throws. Its message is [KariError.toString]: no patient data. */
public class KariException(
    /** Why, and what to do next. */
    public val error: KariError,
) : RuntimeException(error.toString())

/** What the glue says of an error. */
internal class Told(
    val number: Int,
    val name: String,
    val advice: Advice,
    val what: String,
    val sentences: Map<Language, Pair<String, String>>,
)

/** "a, b" after an error that wants overrides. Rules hold a slash; other words are no rule. */
internal fun rulesOf(what: String): List<String> =
    what.split(", ").map { it.trim() }.filter { '/' in it && ' ' !in it }

internal const val OK: Int = 0
internal const val INVALID_ARGUMENT: Int = 1

internal fun told(
    number: Int,
    from: Decoder,
): Told =
    Told(
        number = number,
        name = from.text(),
        advice = from.advice(),
        what = from.text(),
        sentences = mapOf(
            Language.NB to Pair(from.text(), from.text()),
            Language.EN to Pair(from.text(), from.text()),
        ),
    )

/** The answer of the glue, read by [answer] where all went well. */
internal fun <T> outcome(
    bytes: ByteArray,
    closed: Boolean,
    answer: Decoder.() -> T,
): Outcome<T> {
    val from = Decoder(bytes)
    val number = from.int()
    if (number == OK) return Outcome.Done(from.answer())
    val told = told(number, from)
    val gone = closed && number == INVALID_ARGUMENT
    return Outcome.Refused(if (gone) KariError.Closed(told) else KariError.of(told))
}
