// SPDX-License-Identifier: Apache-2.0
package no.kari

import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Instant

/** What C has where it has no moment to tell. */
private const val NO_TIME: Long = Long.MIN_VALUE

/**
 * A surrogate alone, as if it were a character: the core refuses such bytes, and says so in words.
 */
private val NOT_UTF_8 = byteArrayOf(0xED.toByte(), 0xA0.toByte(), 0x80.toByte())

/** Reads what bindings/kotlin/jni/wire.hpp wrote. */
internal class Decoder(
    bytes: ByteArray,
) {
    private val from = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder())

    fun int(): Int = from.getInt()

    fun long(): Long = from.getLong()

    fun flag(): Boolean = from.get() != 0.toByte()

    fun text(): String = String(bytes(int()), Charsets.UTF_8)

    fun instant(): Instant? = moment { Instant.fromEpochMilliseconds(it) }

    fun length(): Duration? = moment { it.milliseconds }

    private inline fun <T> moment(make: (Long) -> T): T? {
        val value = long()
        return if (value == NO_TIME) null else make(value)
    }

    fun bytes(size: Int): ByteArray = ByteArray(size).also { from.get(it) }

    fun recordId(): RecordId = RecordId(bytes(SHORT_ID))

    fun resourceId(): ResourceId = ResourceId(bytes(SHORT_ID))

    fun personId(): PersonId = PersonId(bytes(SHORT_ID))

    fun deviceId(): DeviceId = DeviceId(bytes(SHORT_ID))

    fun changeId(): ChangeId = ChangeId(bytes(LONG_ID))

    fun digest(): Digest = Digest(bytes(LONG_ID))

    inline fun <T> list(item: Decoder.() -> T): List<T> {
        val count = int()
        val items = ArrayList<T>(count)
        repeat(count) { items.add(item()) }
        return java.util.Collections.unmodifiableList(items)
    }

    inline fun <T> maybe(item: Decoder.() -> T): T? = if (flag()) item() else null

    inline fun <T> there(item: Decoder.() -> T): T {
        check(flag()) { "a view of kari lacks what it always has" }
        return item()
    }

    inline fun <T> statement(item: Decoder.() -> T): Statement<T> =
        Statement(value = maybe(item), said = maybe { said() })

    inline fun <T> field(item: Decoder.() -> T): Field<T> =
        Field(
            value = maybe(item),
            contested = flag(),
            live = list { statement(item) },
            proposed = list { statement(item) },
        )
}

/** Writes what bindings/kotlin/jni/wire.hpp reads. */
internal class Encoder {
    private val to = ByteArrayOutputStream()

    fun written(): ByteArray = to.toByteArray()

    fun int(value: Int): Unit = bytes(room(Int.SIZE_BYTES).putInt(value).array())

    fun long(value: Long): Unit = bytes(room(Long.SIZE_BYTES).putLong(value).array())

    fun size(value: Int): Unit = long(value.toLong())

    fun flag(value: Boolean): Unit = to.write(if (value) 1 else 0)

    fun text(value: String) {
        val bytes = utf8(value)
        int(bytes.size)
        bytes(bytes)
    }

    fun instant(value: Instant?): Unit = long(value?.toEpochMilliseconds() ?: NO_TIME)

    fun id(value: Id): Unit = bytes(value.bytes)

    inline fun <T> list(
        items: List<T>,
        item: Encoder.(T) -> Unit,
    ) {
        int(items.size)
        items.forEach { item(it) }
    }

    inline fun <T> maybe(
        value: T?,
        item: Encoder.(T) -> Unit,
    ) {
        flag(value != null)
        if (value != null) item(value)
    }

    private fun bytes(bytes: ByteArray): Unit = to.write(bytes, 0, bytes.size)

    private fun room(size: Int): ByteBuffer =
        ByteBuffer.allocate(size).order(ByteOrder.nativeOrder())

    private fun utf8(value: String): ByteArray =
        try {
            val encoder = Charsets.UTF_8.newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
            val buffer = encoder.encode(CharBuffer.wrap(value))
            ByteArray(buffer.remaining()).also { buffer.get(it) }
        } catch (_: CharacterCodingException) {
            NOT_UTF_8
        }
}
