// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import no.kari.*
import no.kari.KeyStoreException.Reason
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.lang.ref.WeakReference
import java.nio.ByteBuffer
import kotlin.concurrent.thread

/** A key store of the app's own. */
class KeyStoreTest {
    private fun placed(
        name: String,
        store: KeyStore?,
    ): Place =
        Place(
            directory = "${Ward.work}/$name",
            zone = "Europe/Oslo",
            language = Language.EN,
            keyStore = store,
        )

    private fun enrolment(
        name: String,
        store: KeyStore?,
        code: String?,
    ): Enrolment {
        val usual = if (code == null) Ward.enrolment(name) else Ward.enrolment(name, code)
        return Enrolment(
            place = placed(name, store),
            server = usual.server,
            code = usual.code,
            person = usual.person,
            pin = usual.pin,
            pinMemoryKib = usual.pinMemoryKib,
            pinIterations = usual.pinIterations,
        )
    }

    @Test
    fun `a tablet lives with the keys of an app's own store, and not without them`(): Unit =
        story {
            val before = Kari.liveObjects
            val keys = MemoryKeys()
            Tablet.enrol(enrolment("own-keys", keys, null)).orThrow().use { tablet ->
                tablet.sync().orThrow()
                val record = Ward.patient(tablet, "Bjarne")
                tablet.writeNote(record, NoteEntry(title = "A", text = "B")).orThrow()
                assertTrue(tablet.sync().orThrow().progress.sent > 0)
                assertTrue(keys.signed.get() > 0)
            }
            assertFalse(File("${Ward.work}/own-keys.keys").exists())
            Tablet.open(placed("own-keys", keys)).orThrow().use { tablet ->
                tablet.unlock(Ward.nurse, Ward.PIN).orThrow()
                assertTrue(tablet.verify().orThrow().sound)
            }
            val secrets = synchronized(keys.secrets) { keys.secrets.toList() }
            assertTrue(secrets.size > 5)
            assertTrue(secrets.all { secret -> secret.all { it == 0.toByte() } })
            for (other in listOf(MemoryKeys(), null)) {
                val opened = Tablet.open(placed("own-keys", other))
                val tablet = opened.orNull()
                val outcome = tablet?.unlock(Ward.nurse, Ward.PIN) ?: opened
                refused<KariError.KeyStoreMissing>(outcome)
                tablet?.close()
            }
            assertEquals(before, Kari.liveObjects)
        }

    @Test
    fun `a thread that Java does not know signs with it, and is left as it was`(): Unit =
        story {
            System.loadLibrary("kari_jni_tests")
            val keys = MemoryKeys()
            Tablet.enrol(enrolment("keys-elsewhere", keys, null)).orThrow().use { tablet ->
                tablet.sync().orThrow()
                val record = Ward.patient(tablet, "Bjarne")
                tablet.writeNote(record, NoteEntry(title = "A", text = "B")).orThrow()
                val before = keys.signed.get()
                keys.threads.clear()
                assertEquals(0, Detached.lock(tablet.number))
                assertTrue(keys.signed.get() > before)
                assertEquals(1, keys.threads.size)
                assertFalse(Thread.currentThread().name in keys.threads)
            }
        }

    /** Fails as it is told, from the first call on. */
    private class Failing(
        val thrown: () -> Throwable,
    ) : MemoryKeys() {
        val told = mutableListOf<Throwable>()

        override fun makeSigningKey(name: String): Unit = throw thrown()

        override fun load(name: String): ByteArray = throw thrown()

        override fun threw(thrown: Throwable) {
            told.add(thrown)
            throw thrown // which changes nothing
        }
    }

    @Test
    fun `what a store throws is a typed error, and no exception goes through the core`(): Unit =
        story {
            val code = "none"
            for (kind in listOf(
                { IllegalStateException("on purpose") },
                { OutOfMemoryError("on purpose") },
                { KeyStoreException(Reason.FAILED) },
            )) {
                val store = Failing(kind)
                refused<KariError.KeyStoreFailed>(Tablet.open(enrolled("no-keys", store)))
                assertEquals(kind() is KeyStoreException, store.told.isEmpty())
                assertTrue(store.told.all { it.message == "on purpose" })
            }
            val missing = Failing { KeyStoreException(Reason.MISSING) }
            refused<KariError.KeyStoreMissing>(Tablet.open(enrolled("no-keys", missing)))
            // Before anything is asked of it.
            val unused = Failing { IllegalStateException() }
            refused<KariError.CodeRefused>(Tablet.enrol(enrolment("nowhere-keys", unused, code)))
            refused<KariError.InvalidArgument>(Tablet.open(Place("", keyStore = unused)))
            refused<KariError.NotEnrolled>(Tablet.open(placed("nowhere-keys", unused)))
        }

    private suspend fun enrolled(
        name: String,
        store: KeyStore,
    ): Place {
        if (!File("${Ward.work}/$name").exists()) Ward.enrolled(name).close()
        return placed(name, store)
    }

    @Test
    fun `what C asks of a store arrives, and what has no room is refused`() {
        val long = object : MemoryKeys() {
            override fun wrap(plain: ByteArray): ByteArray = ByteArray(10) { 7 }
        }
        val calls = KeyStoreCalls(long)
        val given = ByteBuffer.allocateDirect(3)
        val room = ByteBuffer.allocateDirect(10)
        assertEquals(10L, calls.ask(3, "", given, room))
        assertEquals(7, room.get(9).toInt())
        val small = calls.ask(3, "", given, ByteBuffer.allocateDirect(9))
        assertEquals(5L shl 32, small)
        assertEquals(2L shl 32, calls.ask(6, "x", given, ByteBuffer.allocateDirect(9)))
        assertEquals(46L shl 32, calls.ask(99, "x", given, ByteBuffer.allocateDirect(9)))
        assertEquals(0L, calls.ask(7, "x", given, ByteBuffer.allocateDirect(0)))
    }

    @Test
    fun `a store that was given is let go with its tablet, and when nothing was opened`() {
        story { Ward.enrolled("let-go").close() }
        for (name in listOf("let-go", "nowhere-keys")) {
            var held: WeakReference<KeyStore>? = null
            // A thread of its own: those of a pool may keep what they saw last.
            thread { held = opened(name) }.join()
            var rounds = 0
            while (held?.get() != null && rounds++ < 200) System.gc()
            assertNull(held?.get())
        }
    }

    private fun opened(name: String): WeakReference<KeyStore> {
        val store = MemoryKeys()
        runBlocking {
            Tablet.open(placed(name, store), Dispatchers.Unconfined).orNull()?.close()
        }
        return WeakReference(store)
    }

    @Test
    fun `the contract holds for a store in memory, and tells of one that breaks it`() {
        val stores = HashMap<Int, KeyStore>()
        assertEquals(
            emptyList<String>(),
            KeyStoreContract.broken { stores.getOrPut(it) { MemoryKeys() } },
        )
        val broken = listOf(
            object : MemoryKeys() {
                override fun makeSigningKey(name: String) {
                    erase(name)
                    super.makeSigningKey(name)
                }
            } to "a signing key is never replaced: ALREADY_EXISTS was expected, it was done",
            object : MemoryKeys() {
                private val kept = HashMap<String, ByteArray>()

                override fun save(
                    name: String,
                    value: ByteArray,
                ) {
                    super.save(name, value)
                    kept[name] = value
                }

                override fun load(name: String): ByteArray {
                    super.load(name)
                    return kept.getValue(name).clone()
                }
            } to "what is kept is a copy",
            object : MemoryKeys() {
                override fun wrap(plain: ByteArray): ByteArray = plain.clone()
            } to "what is wrapped is not what it was",
            object : MemoryKeys() {
                override fun sign(
                    name: String,
                    digest: ByteArray,
                ): ByteArray = super.sign(name, ByteArray(32))
            } to "a key signs what its public key verifies",
            object : MemoryKeys() {
                private val one = ByteArray(0)

                override fun unwrap(wrapped: ByteArray): ByteArray =
                    runCatching { super.unwrap(wrapped) }.getOrDefault(one)
            } to "another store does not unwrap it: MALFORMED was expected, it was done",
        )
        for ((store, sentence) in broken) {
            // Two stores of a kind that is broken: the other is a good one.
            val good = MemoryKeys()
            val which = if (sentence.startsWith("another")) 2 else 1
            val said = KeyStoreContract.broken { if (it == which) store else good }
            assertTrue(sentence in said, said.toString())
        }
    }

    @Test
    fun `signatures go over between the forms of Java and of the core`() {
        val raw = ByteArray(64) { if (it % 32 < 2) 0 else (0x80 + it).toByte() }
        assertArrayEquals(raw, P256.raw(P256.der(raw)))
        val least = ByteArray(64).also { it[31] = 1 }.also { it[63] = 1 }
        assertArrayEquals(least, P256.raw(P256.der(least)))
        val der = P256.der(raw)
        val altered = listOf(3 to -1, 3 to 90, 4 to -1).map { (at, to) ->
            der.clone().also { it[at] = to.toByte() }
        }
        val wrong = (0 until der.size).map { der.copyOf(it) } + altered + ByteArray(65) + (der + 0)
        for (bytes in wrong) {
            assertThrows(IllegalArgumentException::class.java) { P256.raw(bytes) }
        }
        assertThrows(IllegalArgumentException::class.java) { P256.der(ByteArray(63)) }
        assertThrows(IllegalArgumentException::class.java) { P256.key(ByteArray(65)) }
    }

    @Test
    fun `a background sync runs for who is signed in, and never while locked`(): Unit =
        story {
            Ward.enrolled("background").use { tablet ->
                assertEquals(true, tablet.syncUnlessLocked().orThrow()?.complete)
                tablet.lock().orThrow()
                assertNull(tablet.syncUnlessLocked().orThrow())
                tablet.close()
                refused<KariError.Closed>(tablet.syncUnlessLocked())
            }
        }
}
