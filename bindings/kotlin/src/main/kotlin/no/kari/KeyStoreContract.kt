// SPDX-License-Identifier: Apache-2.0
package no.kari

import no.kari.KeyStoreException.Reason
import java.security.MessageDigest
import java.security.Signature

/**
 * What every key store promises, asked of one: for the tests of who writes it, above all on the
 * machines that it is meant for. Nothing of it needs a tablet.
 *
 */
public object KeyStoreContract {
    /**
     * Sentences that do not hold, as far as the first of each test; none: it keeps the contract.
     * [make] answers a store by its number: 1 and 2 share nothing and are empty, and what is asked
     * for again is what a process finds that is started again. It leaves both empty.
     *
     */
    public fun broken(make: (Int) -> KeyStore): List<String> {
        val tests = listOf(::signs, ::replacesNoKey, ::findsNothing, ::wraps, ::saves, ::remembers)
        val found = tests.mapNotNull { test ->
            try {
                test(make)
                null
            } catch (broken: Broken) {
                broken.message
            } catch (thrown: Exception) {
                "${test.name} throws $thrown"
            }
        }
        listOf(1, 2).forEach { which ->
            NAMES.forEach { runCatching { make(which).erase(it) } }
        }
        return found
    }

    private class Broken(
        message: String,
    ) : Exception(message)

    private val NAMES = listOf("contract.signing", "contract.other", "contract.value")
    private val SIGNING = NAMES[0]
    private val OTHER = NAMES[1]
    private val VALUE = NAMES[2]
    private const val MOST = 4096

    private fun holds(
        sentence: String,
        holds: Boolean,
    ) {
        if (!holds) throw Broken(sentence)
    }

    private fun refused(
        sentence: String,
        reason: Reason,
        call: () -> Unit,
    ) {
        val why = try {
            call()
            null
        } catch (refused: KeyStoreException) {
            refused.reason
        }
        if (why != reason) throw Broken("$sentence: $reason was expected, it was ${why ?: "done"}")
    }

    /** As the tablet lends: it overwrites what it gave when the call has returned. */
    private fun <T> lent(
        bytes: ByteArray,
        call: (ByteArray) -> T,
    ): T {
        val given = bytes.clone()
        return call(given).also { given.fill(1) }
    }

    private fun signs(make: (Int) -> KeyStore) {
        val store = make(1)
        val seal = "a seal".toByteArray()
        store.erase(SIGNING)
        store.makeSigningKey(SIGNING)
        val point = store.publicKey(SIGNING)
        // Often enough for an r or s with leading zeros not to be seen by luck alone.
        repeat(8) {
            val raw = store.sign(SIGNING, MessageDigest.getInstance("SHA-256").digest(seal))
            holds("a signature has 64 bytes", raw.size == 64)
            val verifier = Signature.getInstance("SHA256withECDSA")
            verifier.initVerify(P256.key(point))
            verifier.update(seal)
            holds("a key signs what its public key verifies", verifier.verify(P256.der(raw)))
        }
        store.erase(SIGNING)
    }

    private fun replacesNoKey(make: (Int) -> KeyStore) {
        val store = make(1)
        store.makeSigningKey(SIGNING)
        val point = store.publicKey(SIGNING)
        refused("a signing key is never replaced", Reason.ALREADY_EXISTS) {
            store.makeSigningKey(SIGNING)
        }
        holds("a signing key stays", store.publicKey(SIGNING).contentEquals(point))
        store.makeSigningKey(OTHER)
        holds("two names are two keys", !store.publicKey(OTHER).contentEquals(point))
        store.erase(SIGNING)
        store.erase(OTHER)
    }

    private fun findsNothing(make: (Int) -> KeyStore) {
        val store = make(1)
        refused("no public key", Reason.NOT_FOUND) { store.publicKey(SIGNING) }
        refused("no signing key", Reason.NOT_FOUND) { store.sign(SIGNING, ByteArray(32)) }
        refused("no value", Reason.NOT_FOUND) { store.load(VALUE) }
        store.erase(VALUE)
    }

    private fun wraps(make: (Int) -> KeyStore) {
        val store = make(1)
        val other = make(2)
        val plain = "a database key".toByteArray()
        val wrapped = lent(plain, store::wrap)
        holds("what is wrapped is not what it was", String(plain) !in String(wrapped))
        holds("what is wrapped unwraps", lent(wrapped, store::unwrap).contentEquals(plain))
        refused("another store does not unwrap it", Reason.MALFORMED) {
            other.unwrap(wrapped.clone())
        }
        val altered = wrapped.clone()
        altered[altered.size - 1] = (altered.last().toInt() xor 1).toByte()
        refused("what was altered does not unwrap", Reason.MALFORMED) { store.unwrap(altered) }
        refused("nothing does not unwrap", Reason.MALFORMED) { store.unwrap(ByteArray(0)) }
        store.wrap(ByteArray(MOST))
        refused("more than 4 KiB is not wrapped", Reason.TOO_LARGE) {
            store.wrap(ByteArray(MOST + 1))
        }
    }

    private fun saves(make: (Int) -> KeyStore) {
        val store = make(1)
        for (value in listOf("first".toByteArray(), ByteArray(0), ByteArray(MOST))) {
            lent(value) { store.save(VALUE, it) }
            holds("what is kept is a copy", store.load(VALUE).contentEquals(value))
            store.load(VALUE).fill(1) // what the tablet does with an answer
            holds("an answer is a copy", store.load(VALUE).contentEquals(value))
        }
        refused("more than 4 KiB is not saved", Reason.TOO_LARGE) {
            store.save(VALUE, ByteArray(MOST + 1))
        }
        holds("what is refused replaces nothing", store.load(VALUE).size == MOST)
        store.erase(VALUE)
        refused("an erased value is gone", Reason.NOT_FOUND) { store.load(VALUE) }
    }

    private fun remembers(make: (Int) -> KeyStore) {
        val before = make(1)
        before.makeSigningKey(SIGNING)
        before.save(VALUE, byteArrayOf(7))
        val point = before.publicKey(SIGNING)
        val wrapped = before.wrap(byteArrayOf(8))
        val after = make(1)
        holds("a key is there again", after.publicKey(SIGNING).contentEquals(point))
        holds("a value is there again", after.load(VALUE).contentEquals(byteArrayOf(7)))
        holds("it unwraps again", after.unwrap(wrapped).contentEquals(byteArrayOf(8)))
        refused("a key is not made twice", Reason.ALREADY_EXISTS) { after.makeSigningKey(SIGNING) }
        after.erase(SIGNING)
        refused("an erased key is gone", Reason.NOT_FOUND) { make(1).publicKey(SIGNING) }
        after.erase(VALUE)
    }
}
