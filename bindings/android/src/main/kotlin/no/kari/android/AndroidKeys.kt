// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import no.kari.KeyStore
import no.kari.KeyStoreException
import no.kari.KeyStoreException.Reason
import no.kari.P256
import java.io.File
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import javax.crypto.SecretKeyFactory

/**
 * A tablet's keys in Android's Keystore: in the StrongBox where the machine has one, else in the
 * trusted environment, and where there is neither in software ([inHardware] tells). No key can be
 * read out; values stand in files that one of them seals. Nothing of it is in a backup.
 *
 * - **Requires:** Android 9 (API 28), and a screen lock that is secure: a unit's management of
 *   devices sees to it. One object for a [directory] at a time.
 * - **Returns and errors:** as [KeyStore]. `MISSING` where the directory is there and its key is
 *   not, or Android has declared it void (the screen lock was taken away): the tablet has to be
 *   enrolled anew, and what it had not sent is in the escrow. `FAILED` while the screen is locked.
 * - **Durability:** a file is on the disk when the call returns.
 * - **Threads:** any; calls wait for each other.
 * - **Units and limits:** a value and what is wrapped: 4 KiB.
 *
 */
public class AndroidKeys(
    private val directory: File,
    private val name: String = "kari",
    private val whileUnlocked: Boolean = true,
) : KeyStore {
    /**
     * In the part of the app's storage that no backup takes along. [name] tells the tablets of an
     * app apart; [whileUnlocked]: keys are of use only while the screen of the machine is unlocked.
     */
    public constructor(
        context: Context,
        name: String = "kari",
        whileUnlocked: Boolean = true,
    ) : this(File(context.noBackupFilesDir, "$name.keys"), name, whileUnlocked)

    private val keystore = Keystore()
    private val files = DurableFiles(directory)
    private val lock = Any()

    override fun makeSigningKey(name: String): Unit =
        asked {
            val alias = signing(name)
            if (keystore.has(alias)) throw KeyStoreException(Reason.ALREADY_EXISTS)
            if (lost()) throw KeyStoreException(Reason.MISSING)
            keystore.strongest { strongBox ->
                val maker = KeyPairGenerator.getInstance(
                    KeyProperties.KEY_ALGORITHM_EC,
                    Keystore.PROVIDER,
                )
                maker.initialize(
                    spec(alias, KeyProperties.PURPOSE_SIGN, strongBox)
                        .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
                        // The core has hashed it.
                        .setDigests(KeyProperties.DIGEST_NONE)
                        .build(),
                )
                maker.generateKeyPair()
            }
        }

    override fun publicKey(name: String): ByteArray =
        asked {
            val known = keystore.certificate(signing(name))?.publicKey ?: none(name)
            P256.point(known as ECPublicKey)
        }

    override fun sign(
        name: String,
        digest: ByteArray,
    ): ByteArray =
        asked {
            val key = keystore.key(signing(name)) ?: none(name)
            val signer = Signature.getInstance("NONEwithECDSA")
            signer.initSign(key as PrivateKey)
            signer.update(digest)
            P256.raw(signer.sign())
        }

    override fun wrap(plain: ByteArray): ByteArray =
        asked {
            small(plain)
            Sealing.seal(wrapping(), plain, WRAPPED)
        }

    override fun unwrap(wrapped: ByteArray): ByteArray =
        asked {
            // Of a store that has wrapped nothing yet nothing can be.
            val none = if (files.has(MADE)) Reason.MISSING else Reason.MALFORMED
            val key = keystore.key(wrappingAlias) ?: throw KeyStoreException(none)
            Sealing.open(key, wrapped, WRAPPED)
        }

    override fun save(
        name: String,
        value: ByteArray,
    ): Unit =
        asked {
            small(value)
            files.write(file(name), Sealing.seal(wrapping(), value, associated(name)))
        }

    override fun load(name: String): ByteArray =
        asked {
            val sealed = files.read(file(name)) ?: none(name)
            val key = keystore.key(wrappingAlias) ?: throw KeyStoreException(Reason.MISSING)
            try {
                Sealing.open(key, sealed, associated(name))
            } catch (refused: KeyStoreException) {
                // A file that somebody altered is no answer, and no reason to begin anew.
                throw KeyStoreException(Reason.FAILED, "$name is damaged", refused)
            }
        }

    override fun erase(name: String): Unit =
        asked {
            files.delete(file(name))
            keystore.delete(signing(name))
        }

    /**
     * Whether the key that seals all the rest is in hardware. An app may decline to enrol where it
     * is not. Makes the key when there is none. Throws as [wrap].
     */
    public fun inHardware(): Boolean =
        asked {
            val key = wrapping()
            val maker = SecretKeyFactory.getInstance(key.algorithm, Keystore.PROVIDER)
            val info = maker.getKeySpec(key as javax.crypto.SecretKey, KeyInfo::class.java)
            @Suppress("DEPRECATION") // what stands instead of it came with Android 12
            (info as KeyInfo).isInsideSecureHardware
        }

    private val wrappingAlias = "$name.wrapping"

    private fun signing(name: String) = "${this.name}.signing.$name"

    private fun file(name: String): String {
        if (!NAME.matches(name)) throw KeyStoreException(Reason.FAILED, "no name")
        return "$name.value"
    }

    private fun associated(name: String) = "value $name".toByteArray()

    /** The directory was made with a key that is not there any more. */
    private fun lost() = files.has(MADE) && !keystore.has(wrappingAlias)

    /** The key of this store, made once in its life. */
    private fun wrapping(): java.security.Key {
        val known = keystore.key(wrappingAlias)
        if (known == null) {
            if (lost()) throw KeyStoreException(Reason.MISSING)
            keystore.newCipherKey { spec(wrappingAlias, Keystore.CIPHER, it) }
        }
        if (!files.has(MADE)) files.write(MADE, ByteArray(0))
        return known ?: checkNotNull(keystore.key(wrappingAlias))
    }

    private fun spec(
        alias: String,
        purposes: Int,
        strongBox: Boolean,
    ): KeyGenParameterSpec.Builder =
        KeyGenParameterSpec.Builder(alias, purposes)
            .setUnlockedDeviceRequired(whileUnlocked)
            .setIsStrongBoxBacked(strongBox)

    private fun none(name: String): Nothing =
        throw KeyStoreException(
            if (lost()) Reason.MISSING else Reason.NOT_FOUND,
            "there is no $name",
        )

    private fun <T> asked(act: () -> T): T = synchronized(lock) { Keystore.told(directory, act) }

    private fun small(value: ByteArray) {
        if (value.size > MOST) throw KeyStoreException(Reason.TOO_LARGE)
    }

    private companion object {
        const val MOST = 4096
        const val MADE = "made"
        val WRAPPED = "wrapped".toByteArray()
        val NAME = Regex("[a-z0-9._-]{1,64}")
    }
}
