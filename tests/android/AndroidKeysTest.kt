// SPDX-License-Identifier: Apache-2.0
package no.kari.android.tests

import android.security.keystore.KeyProperties
import no.kari.*
import no.kari.KeyStoreException.Reason
import no.kari.android.AndroidKeys
import no.kari.tests.Ward
import no.kari.tests.refused
import no.kari.tests.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import java.io.File
import java.nio.file.Files
import java.security.spec.ECGenParameterSpec

/** Over what stands in for Android's Keystore, with the framework's own classes. */
class AndroidKeysTest {
    private val folder: File = Files.createTempDirectory("kari-keys").toFile()

    @BeforeEach
    fun anew(): Unit = StandIn.anew()

    private fun keys(
        name: String = "kari",
        whileUnlocked: Boolean = true,
    ) = AndroidKeys(File(folder, "$name.keys"), name, whileUnlocked)

    private fun refused(
        reason: Reason,
        act: () -> Unit,
    ) {
        val thrown = assertThrows(KeyStoreException::class.java) { act() }
        assertEquals(reason, thrown.reason, thrown.toString())
    }

    @Test
    fun `it keeps the contract of a key store`() {
        val broken = KeyStoreContract.broken { keys("store-$it") }
        assertEquals(emptyList<String>(), broken)
    }

    @Test
    fun `keys are asked of the strongest hardware, for one purpose, on an unlocked screen`() {
        keys().makeSigningKey("signing.1")
        keys().save("token", ByteArray(3))
        val signing = StandIn.asked.getValue("kari.signing.signing.1")
        assertTrue(signing.isStrongBoxBacked && signing.isUnlockedDeviceRequired)
        assertEquals(KeyProperties.PURPOSE_SIGN, signing.purposes)
        assertEquals(listOf(KeyProperties.DIGEST_NONE), signing.digests.toList())
        assertEquals("secp256r1", (signing.algorithmParameterSpec as ECGenParameterSpec).name)
        val sealing = StandIn.asked.getValue("kari.wrapping")
        assertTrue(sealing.isStrongBoxBacked && sealing.isUnlockedDeviceRequired)
        assertEquals(256, sealing.keySize)
        assertEquals(listOf(KeyProperties.BLOCK_MODE_GCM), sealing.blockModes.toList())
        assertTrue(sealing.isRandomizedEncryptionRequired)
        assertFalse(sealing.isUserAuthenticationRequired)
        keys("open", whileUnlocked = false).wrap(ByteArray(1))
        assertFalse(StandIn.asked.getValue("open.wrapping").isUnlockedDeviceRequired)
    }

    @Test
    fun `where there is no strongbox the keys are made without one`() {
        StandIn.strongBox = false
        keys().makeSigningKey("signing.1")
        keys().save("token", ByteArray(3))
        assertTrue(StandIn.asked.values.none { it.isStrongBoxBacked })
        assertTrue(keys().inHardware())
        StandIn.hardware = false
        assertFalse(keys().inHardware())
    }

    @Test
    fun `a key that Android has declared void is a store that is gone, and is not made anew`() {
        val wrapped = keys().wrap(ByteArray(3))
        keys().save("token", ByteArray(3))
        keys().makeSigningKey("signing.1")
        StandIn.void.addAll(listOf("kari.wrapping", "kari.signing.signing.1"))
        refused(Reason.MISSING) { keys().unwrap(wrapped) }
        refused(Reason.MISSING) { keys().load("token") }
        refused(Reason.MISSING) { keys().save("token", ByteArray(3)) }
        refused(Reason.MISSING) { keys().sign("signing.1", ByteArray(32)) }
        assertEquals(2, StandIn.asked.size)
    }

    @Test
    fun `files that were put back beside an empty keystore open nothing and make nothing`() {
        val wrapped = keys().wrap(ByteArray(3))
        keys().save("token", ByteArray(3))
        StandIn.anew()
        refused(Reason.MISSING) { keys().unwrap(wrapped) }
        refused(Reason.MISSING) { keys().wrap(ByteArray(3)) }
        refused(Reason.MISSING) { keys().load("token") }
        refused(Reason.MISSING) { keys().save("token", ByteArray(3)) }
        refused(Reason.MISSING) { keys().makeSigningKey("signing.1") }
        refused(Reason.MISSING) { keys().publicKey("signing.1") }
        assertTrue(StandIn.asked.isEmpty())
    }

    @Test
    fun `while the screen is locked nothing opens, and all of it does afterwards`() {
        keys().save("token", byteArrayOf(7))
        keys().makeSigningKey("signing.1")
        StandIn.screenLocked = true
        refused(Reason.FAILED) { keys().load("token") }
        refused(Reason.FAILED) { keys().save("token", ByteArray(3)) }
        refused(Reason.FAILED) { keys().sign("signing.1", ByteArray(32)) }
        StandIn.screenLocked = false
        assertEquals(listOf<Byte>(7), keys().load("token").toList())
        assertEquals(64, keys().sign("signing.1", ByteArray(32)).size)
    }

    @Test
    fun `a file that was altered, cut or put under another name is damage`() {
        keys().save("pin.1", byteArrayOf(1))
        keys().save("pin.2", byteArrayOf(2))
        val one = File(folder, "kari.keys/pin.1.value")
        val two = File(folder, "kari.keys/pin.2.value")
        val whole = one.readBytes()
        one.copyTo(two, overwrite = true)
        refused(Reason.FAILED) { keys().load("pin.2") }
        for (bytes in listOf(ByteArray(0), whole.copyOf(20), whole.clone().also { it[0] = 2 })) {
            one.writeBytes(bytes)
            refused(Reason.FAILED) { keys().load("pin.1") }
        }
        for (name in listOf("", "../x", "a/b", "A", "x".repeat(65))) {
            refused(Reason.FAILED) { keys().save(name, ByteArray(1)) }
        }
        assertEquals(2 + 1, File(folder, "kari.keys").list()?.size)
        assertFalse(whole.decodeToString().contains("pin"))
    }

    @Test
    fun `a folder that cannot be written is a store that failed`() {
        File(folder, "file.keys").writeText("no folder")
        refused(Reason.FAILED) { keys("file").save("token", ByteArray(1)) }
    }

    @Test
    fun `a tablet lives with its keys there, and is locked with the screen`(): Unit =
        story {
            val usual = Ward.enrolment("android")
            val place = Place(
                directory = usual.place.directory,
                zone = "Europe/Oslo",
                language = Language.EN,
                keyStore = keys(),
            )
            val enrolment = Enrolment(
                place = place,
                server = usual.server,
                code = usual.code,
                person = usual.person,
                pin = usual.pin,
                pinMemoryKib = usual.pinMemoryKib,
                pinIterations = usual.pinIterations,
            )
            Tablet.enrol(enrolment).orThrow().use { tablet ->
                tablet.sync().orThrow()
                val record = Ward.patient(tablet, "Bjarne")
                tablet.writeNote(record, NoteEntry(title = "A", text = "B")).orThrow()
                assertTrue(tablet.sync().orThrow().complete)
                tablet.writeNote(record, NoteEntry(title = "C", text = "D")).orThrow()
                // The seal that cannot be made now is made at the next lock.
                StandIn.screenLocked = true
                tablet.lock()
                refused<KariError.KeyStoreFailed>(tablet.unlock(Ward.nurse, Ward.PIN))
                StandIn.screenLocked = false
                tablet.unlock(Ward.nurse, Ward.PIN).orThrow()
                assertTrue(tablet.sync().orThrow().complete)
            }
            Tablet.open(place).orThrow().use { tablet ->
                tablet.unlock(Ward.nurse, Ward.PIN).orThrow()
                assertTrue(tablet.verify().orThrow().sound)
                tablet.lock().orThrow()
                StandIn.void.add("kari.wrapping")
                refused<KariError.KeyStoreMissing>(tablet.unlock(Ward.nurse, Ward.PIN))
            }
        }
}
