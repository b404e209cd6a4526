// SPDX-License-Identifier: Apache-2.0
package no.kari

internal const val SHORT_ID: Int = 16
internal const val LONG_ID: Int = 32

/**
 * A name that means nothing but itself: equal where its bytes are. [toString] is its hexadecimal
 * text, which each kind's `parse` reads. No id holds personal data.
 */
public sealed class Id(
    internal val bytes: ByteArray,
) {
    override fun equals(other: Any?): Boolean =
        other is Id && other.javaClass == javaClass && other.bytes.contentEquals(bytes)

    override fun hashCode(): Int = bytes.contentHashCode()

    override fun toString(): String {
        val arguments = Encoder()
        arguments.size(bytes.size)
        arguments.id(this)
        return outcome(Native.idText(arguments.written()), false) { text() }.orThrow()
    }
}

private fun parsed(
    text: String,
    size: Int,
): ByteArray? {
    val arguments = Encoder()
    arguments.size(size)
    arguments.text(text)
    return outcome(Native.idParse(arguments.written()), false) { bytes(size) }.orNull()
}

private fun Id.isNothing(): Boolean = bytes.all { it == 0.toByte() }

/** All zeros name nothing. */
internal fun <T : Id> T.orNull(): T? = if (isNothing()) null else this

/** A citizen's record on this district's servers. */
public class RecordId internal constructor(
    bytes: ByteArray,
) : Id(bytes) {
    /** Reads ids. */
    public companion object {
        /** Reads what [toString] wrote; null where it is something else. */
        public fun parse(text: String): RecordId? = parsed(text, SHORT_ID)?.let(::RecordId)
    }
}

/** One resource of a record: an order, a dose, a note. */
public class ResourceId internal constructor(
    bytes: ByteArray,
) : Id(bytes) {
    /** Reads ids. */
    public companion object {
        /** Reads what [toString] wrote; null where it is something else. */
        public fun parse(text: String): ResourceId? = parsed(text, SHORT_ID)?.let(::ResourceId)
    }
}

/** Somebody who works here. */
public class PersonId internal constructor(
    bytes: ByteArray,
) : Id(bytes) {
    /** Reads ids. */
    public companion object {
        /** Reads what [toString] wrote; null where it is something else. */
        public fun parse(text: String): PersonId? = parsed(text, SHORT_ID)?.let(::PersonId)
    }
}

/** A tablet, or one incarnation of it. */
public class DeviceId internal constructor(
    bytes: ByteArray,
) : Id(bytes) {
    /** Reads ids. */
    public companion object {
        /** Reads what [toString] wrote; null where it is something else. */
        public fun parse(text: String): DeviceId? = parsed(text, SHORT_ID)?.let(::DeviceId)
    }
}

/** One change of a record, named by what it holds. */
public class ChangeId internal constructor(
    bytes: ByteArray,
) : Id(bytes) {
    /** Reads ids. */
    public companion object {
        /** Reads what [toString] wrote; null where it is something else. */
        public fun parse(text: String): ChangeId? = parsed(text, LONG_ID)?.let(::ChangeId)
    }
}

/** What a state, a finding or a slot is recognised by. */
public class Digest internal constructor(
    bytes: ByteArray,
) : Id(bytes) {
    /** Reads ids. */
    public companion object {
        /** Reads what [toString] wrote; null where it is something else. */
        public fun parse(text: String): Digest? = parsed(text, LONG_ID)?.let(::Digest)
    }
}
