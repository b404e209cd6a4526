// SPDX-License-Identifier: Apache-2.0
package no.kari.android.tests

import no.kari.KariError
import no.kari.KeyStoreException
import no.kari.addNurse
import no.kari.android.BiometricPins
import no.kari.android.BodyGate
import no.kari.android.KeptPin
import no.kari.lock
import no.kari.tests.Ward
import no.kari.tests.refused
import no.kari.tests.story
import no.kari.unlock
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import java.io.File
import java.nio.file.Files
import javax.crypto.Cipher

/** With a gate that a test opens: no sensor is asked. */
class BiometricPinsTest {
    private val folder: File = Files.createTempDirectory("kari-pins").toFile()
    private val pins = BiometricPins(folder)
    private val open = gate { it }
    private val shut = gate { null }
    private var passed = 0

    @BeforeEach
    fun anew(): Unit = StandIn.anew()

    private fun gate(pass: (Cipher) -> Cipher?) =
        object : BodyGate {
            override suspend fun pass(cipher: Cipher): Cipher? {
                passed++
                return pass(cipher)
            }
        }

    private val alias = "kari.pin.${Ward.nurse}"
    private val file = File(folder, "${Ward.nurse}.pin")

    @Test
    fun `a pin that was kept comes back through the gate, and is nowhere in the open`(): Unit =
        story {
            assertTrue(pins.keep(Ward.nurse, "2468", open))
            val again = BiometricPins(folder)
            assertEquals("2468", (again.pin(Ward.nurse, open) as KeptPin.Given).pin)
            assertEquals(2, passed)
            assertFalse(file.readBytes().decodeToString().contains("2468"))
            val key = StandIn.asked.getValue(alias)
            assertTrue(key.isUserAuthenticationRequired && key.isUnlockedDeviceRequired)
            assertTrue(key.isInvalidatedByBiometricEnrollment && key.isStrongBoxBacked)
            // For one use after the gate, never for a while.
            assertTrue(key.userAuthenticationValidityDurationSeconds <= 0)
            assertTrue(pins.pin(Ward.colleague, open) is KeptPin.None)
        }

    @Test
    fun `who is not recognised gets no pin and keeps none`(): Unit =
        story {
            assertFalse(pins.keep(Ward.nurse, "2468", shut))
            assertFalse(pins.keeps(Ward.nurse) || StandIn.secrets.containsKey(alias))
            pins.keep(Ward.nurse, "2468", open)
            assertTrue(pins.pin(Ward.nurse, shut) is KeptPin.TurnedAway)
            assertTrue(pins.pin(Ward.nurse, open) is KeptPin.Given)
        }

    @Test
    fun `after a new face or finger, or with another's file, a pin is forgotten`(): Unit =
        story {
            pins.keep(Ward.nurse, "2468", open)
            StandIn.void.add(alias)
            assertTrue(pins.pin(Ward.nurse, open) is KeptPin.None)
            assertFalse(pins.keeps(Ward.nurse) || StandIn.secrets.containsKey(alias))
            pins.keep(Ward.nurse, "1357", open)
            assertTrue(pins.pin(Ward.nurse, open) is KeptPin.Given)
            pins.keep(Ward.colleague, "1111", open)
            File(folder, "${Ward.colleague}.pin").copyTo(file, overwrite = true)
            assertTrue(pins.pin(Ward.nurse, open) is KeptPin.None)
            pins.forget(Ward.colleague)
            assertTrue(pins.pin(Ward.colleague, open) is KeptPin.None)
        }

    @Test
    fun `a kept pin that is not hers any more costs one try and is forgotten`(): Unit =
        story {
            Ward.enrolled("body").use { tablet ->
                pins.keep(Ward.nurse, Ward.PIN, open)
                tablet.lock().orThrow()
                assertNull(pins.unlock(tablet, Ward.nurse, shut))
                checkNotNull(pins.unlock(tablet, Ward.nurse, open)).orThrow()
                tablet.addNurse(Ward.nurse, "90210").orThrow()
                tablet.lock().orThrow()
                refused<KariError.WrongPin>(checkNotNull(pins.unlock(tablet, Ward.nurse, open)))
                repeat(12) { assertNull(pins.unlock(tablet, Ward.nurse, open)) }
                tablet.unlock(Ward.nurse, "90210").orThrow()
            }
        }

    @Test
    fun `a locked screen is no reason to forget a pin`(): Unit =
        story {
            pins.keep(Ward.nurse, "2468", open)
            StandIn.screenLocked = true
            val refused = runCatching { pins.pin(Ward.nurse, open) }.exceptionOrNull()
            assertEquals(KeyStoreException.Reason.FAILED, (refused as KeyStoreException).reason)
            StandIn.screenLocked = false
            assertTrue(pins.pin(Ward.nurse, open) is KeptPin.Given)
        }
}
