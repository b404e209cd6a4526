// SPDX-License-Identifier: Apache-2.0
package no.kari

import java.nio.ByteBuffer

/**
 * Holds what must not stand beside the database: Android's Keystore, or what an app has; see
 * [Place.keyStore]. [KeyStoreContract] tells whether one keeps all of this.
 *
 * - **Requires:** nothing; a name is 1 to 64 of `a-z`, `0-9`, `.`, `_` and `-`, a value at most
 *   4 KiB.
 * - **Returns and errors:** throws [KeyStoreException]. Anything else that it throws counts as
 *   [KeyStoreException.Reason.FAILED], and [threw] is told of it.
 * - **Durability:** what was stored is on the disk when the call returns.
 * - **Threads:** it is called on whatever thread the core works on, one call of a tablet at a
 *   time, and must not call the tablet.
 * - **Ownership:** what it is given is overwritten when the call returns, and so is what it
 *   answers: copy what is to be kept, and answer a copy. It is let go when the tablet is closed.
 *
 */
public interface KeyStore {
    /** Makes the P-256 signing key of this name, replacing none: `ALREADY_EXISTS`. */
    public fun makeSigningKey(name: String)

    /** The uncompressed point: 65 bytes ([P256.point]). `NOT_FOUND`. */
    public fun publicKey(name: String): ByteArray

    /** ECDSA over a SHA-256 digest: r and s, 64 bytes ([P256.raw]). `NOT_FOUND`. */
    public fun sign(
        name: String,
        digest: ByteArray,
    ): ByteArray

    /** Under a key that never leaves the store. `TOO_LARGE`: more than 4 KiB. */
    public fun wrap(plain: ByteArray): ByteArray

    /** What [wrap] made; `MALFORMED` when it is not from this store. */
    public fun unwrap(wrapped: ByteArray): ByteArray

    /** Keeps a small value, instead of an earlier one. `TOO_LARGE`, `STORAGE_FULL`. */
    public fun save(
        name: String,
        value: ByteArray,
    )

    /** What was saved. `NOT_FOUND`. */
    public fun load(name: String): ByteArray

    /** Erases the value and the signing key of this name; nothing where there is none. */
    public fun erase(name: String)

    /** Told of what a call threw that is no [KeyStoreException]: for the app's own log. */
    public fun threw(thrown: Throwable) {}
}

/** Why a key store did not do it. Its message goes no further than the app. */
public class KeyStoreException(
    /** What the tablet is told. */
    public val reason: Reason,
    message: String = reason.name,
    cause: Throwable? = null,
) : Exception(message, cause) {
    /** What a tablet makes a difference between. */
    public enum class Reason(
        internal val number: Int,
    ) {
        /** There is none of this name. */
        NOT_FOUND(2),

        /** There is one of this name. */
        ALREADY_EXISTS(3),

        /** These bytes are not from this store. */
        MALFORMED(4),

        /** More than 4 KiB. */
        TOO_LARGE(5),

        /** There is no room. */
        STORAGE_FULL(20),

        /** Anything else: it may go well another time. */
        FAILED(46),

        /** The whole store is gone, and must not be made anew: the tablet is enrolled again. */
        MISSING(47),
    }
}

/** What C holds of a key store, through bindings/kotlin/jni/key_store.cpp. */
internal class KeyStoreCalls(
    private val store: KeyStore,
) {
    /** The number of what C is given. It is C's from then on, and goes when C lets it go. */
    fun held(): Long {
        Native.hashCode() // loads the glue, which registers the next
        return hold()
    }

    private external fun hold(): Long

    /** The status in the upper half, the size of the answer in the lower. Called by the glue. */
    fun ask(
        what: Int,
        name: String,
        given: ByteBuffer,
        room: ByteBuffer,
    ): Long {
        val value = ByteArray(given.remaining()).also { given.get(it) }
        var answer = NOTHING
        return try {
            answer = asked(what, name, value)
            if (answer.size <= room.remaining()) {
                room.put(answer)
                answer.size.toLong()
            } else {
                status(KeyStoreException.Reason.TOO_LARGE)
            }
        } catch (refused: KeyStoreException) {
            status(refused.reason)
        } catch (thrown: Throwable) {
            runCatching { store.threw(thrown) }
            status(KeyStoreException.Reason.FAILED)
        } finally {
            value.fill(0)
            answer.fill(0)
        }
    }

    private fun asked(
        what: Int,
        name: String,
        value: ByteArray,
    ): ByteArray {
        when (what) {
            0 -> store.makeSigningKey(name)
            1 -> return store.publicKey(name)
            2 -> return store.sign(name, value)
            3 -> return store.wrap(value)
            4 -> return store.unwrap(value)
            5 -> store.save(name, value)
            6 -> return store.load(name)
            7 -> store.erase(name)
            else -> throw KeyStoreException(KeyStoreException.Reason.FAILED)
        }
        return NOTHING
    }

    private fun status(reason: KeyStoreException.Reason): Long = reason.number.toLong() shl 32

    private companion object {
        val NOTHING = ByteArray(0)
    }
}
