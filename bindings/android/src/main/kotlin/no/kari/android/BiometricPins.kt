// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import no.kari.KariError
import no.kari.KeyStoreException
import no.kari.KeyStoreException.Reason
import no.kari.Outcome
import no.kari.PersonId
import no.kari.SignedIn
import no.kari.Tablet
import no.kari.unlock
import java.io.File
import javax.crypto.Cipher

/** Asks for a face or finger. [SystemGate] is Android's own; an app may show another. */
public interface BodyGate {
    /**
     * The cipher, which may be used once now (a `CryptoObject` holds it); null: the nurse was not
     * recognised, or wants to type her PIN.
     */
    public suspend fun pass(cipher: Cipher): Cipher?
}

/** What came of asking for a PIN that was kept. */
public sealed class KeptPin {
    /** For [no.kari.unlock], which counts a wrong one as ever: then [BiometricPins.forget] it. */
    public class Given internal constructor(
        /** Keep it no longer than the call. */
        public val pin: String,
    ) : KeptPin()

    /** Ask for the PIN; none is kept, or a face or finger was enrolled since. */
    public object None : KeptPin()

    /** Ask for the PIN; the nurse was not recognised. */
    public object TurnedAway : KeptPin()
}

/**
 * Keeps a nurse's PIN behind her face or finger, so that she need not type it in a doorway:
 *
 * ```kotlin
 * val outcome = pins.unlock(tablet, nurse, gate) ?: askForThePin()
 * ```
 *
 * The key in Android's Keystore opens for one use after the gate, and is void when a face or finger
 * is enrolled anew. A tablet that several nurses share knows several faces or none, and Android
 * does not tell whose it saw: a unit decides whether this is used, and not where nurses share.
 *
 * - **Requires:** Android 9 (API 28); a biometric sensor of the strong class.
 * - **Returns and errors:** throws [KeyStoreException]: `FAILED`, `STORAGE_FULL`.
 * - **Threads:** any; it works on `Dispatchers.IO`, the gate on the caller's.
 *
 */
public class BiometricPins(
    private val directory: File,
    private val name: String = "kari",
) {
    /** In the part of the app's storage that no backup takes along. */
    public constructor(context: Context, name: String = "kari") :
        this(File(context.noBackupFilesDir, "$name.pins"), name)

    private val keystore = Keystore()
    private val files = DurableFiles(directory)

    /** Keeps a PIN that has just unlocked the tablet. False: the nurse was not recognised. */
    public suspend fun keep(
        nurse: PersonId,
        pin: String,
        gate: BodyGate,
    ): Boolean {
        val cipher = told {
            keystore.delete(alias(nurse))
            keystore.newCipherKey { strongBox ->
                KeyGenParameterSpec.Builder(alias(nurse), Keystore.CIPHER)
                    .setUserAuthenticationRequired(true) // for each use, of the strong class
                    .setInvalidatedByBiometricEnrollment(true)
                    .setUnlockedDeviceRequired(true)
                    .setIsStrongBoxBacked(strongBox)
            }
            Sealing.sealing(checkNotNull(keystore.key(alias(nurse))))
        }
        val passed = gate.pass(cipher)
        if (passed == null) {
            forget(nurse)
            return false
        }
        told {
            val bytes = pin.toByteArray()
            try {
                files.write(file(nurse), Sealing.finish(passed, bytes, associated(nurse)))
            } finally {
                bytes.fill(0)
            }
        }
        return true
    }

    /**
     * Signs in with the PIN that is kept, after the gate; null: ask for the PIN. One that is not
     * hers any more (she chose another) is forgotten at once: ten touches of a sensor
     * would else be ten wrong PINs, and the last destroys her way in. Errors: as [no.kari.unlock].
     *
     */
    public suspend fun unlock(
        tablet: Tablet,
        nurse: PersonId,
        gate: BodyGate,
    ): Outcome<SignedIn>? {
        val kept = pin(nurse, gate) as? KeptPin.Given ?: return null
        val outcome = tablet.unlock(nurse, kept.pin)
        when (outcome.errorOrNull()) {
            is KariError.WrongPin, is KariError.Wiped, is KariError.NotFound -> forget(nurse)
            else -> Unit
        }
        return outcome
    }

    /** The PIN that is kept, after the gate: for what [unlock] does not do. */
    public suspend fun pin(
        nurse: PersonId,
        gate: BodyGate,
    ): KeptPin {
        val sealed = told { files.read(file(nurse)) } ?: return KeptPin.None
        val passed = try {
            val cipher = told {
                keystore.key(alias(nurse))?.let { Sealing.opening(it, sealed) }
            } ?: return none(nurse)
            gate.pass(cipher) ?: return KeptPin.TurnedAway
        } catch (refused: KeyStoreException) {
            // A face or finger was enrolled, or the file is another's: neither is of use any more.
            if (refused.reason == Reason.FAILED) throw refused
            return none(nurse)
        }
        return try {
            told {
                val bytes = Sealing.opened(passed, sealed, associated(nurse))
                try {
                    KeptPin.Given(String(bytes, Charsets.UTF_8))
                } finally {
                    bytes.fill(0)
                }
            }
        } catch (refused: KeyStoreException) {
            if (refused.reason == Reason.FAILED) throw refused
            none(nurse)
        }
    }

    /** Forgets a PIN: when a nurse leaves, or when it was refused. */
    public suspend fun forget(nurse: PersonId): Unit =
        told {
            files.delete(file(nurse))
            keystore.delete(alias(nurse))
        }

    /** Whether one is kept. */
    public fun keeps(nurse: PersonId): Boolean = files.has(file(nurse))

    private suspend fun none(nurse: PersonId): KeptPin {
        forget(nurse)
        return KeptPin.None
    }

    private fun alias(nurse: PersonId) = "$name.pin.$nurse"

    private fun file(nurse: PersonId) = "$nurse.pin"

    private fun associated(nurse: PersonId) = "pin $nurse".toByteArray()

    private suspend fun <T> told(act: () -> T): T =
        withContext(Dispatchers.IO) { Keystore.told(directory, act) }
}
