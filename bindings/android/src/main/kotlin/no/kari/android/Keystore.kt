// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import no.kari.KeyStoreException
import no.kari.KeyStoreException.Reason
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.Key
import java.security.KeyStore
import java.security.ProviderException
import java.security.cert.Certificate
import javax.crypto.KeyGenerator

/** Android's Keystore, as Java's KeyStore shows it. */
internal class Keystore {
    private val keys: KeyStore by lazy { KeyStore.getInstance(PROVIDER).also { it.load(null) } }

    fun has(alias: String): Boolean = keys.containsAlias(alias)

    fun key(alias: String): Key? = if (has(alias)) keys.getKey(alias, null) else null

    fun certificate(alias: String): Certificate? = keys.getCertificate(alias)

    fun delete(alias: String) {
        if (has(alias)) keys.deleteEntry(alias)
    }

    /** In the StrongBox where there is one with room for it. */
    fun <T> strongest(make: (Boolean) -> T): T =
        try {
            make(true)
        } catch (_: StrongBoxUnavailableException) {
            make(false)
        }

    /** A key for AES-256-GCM, with nonces of the Keystore's own. */
    fun newCipherKey(spec: (Boolean) -> KeyGenParameterSpec.Builder) {
        strongest { strongBox ->
            val maker = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
            maker.init(
                spec(strongBox)
                    .setKeySize(KEY_BITS)
                    .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                    .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                    .build(),
            )
            maker.generateKey()
        }
    }

    companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val CIPHER = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        private const val KEY_BITS = 256
        private const val ROOM = 64L * 1024

        /** What went wrong, as a tablet is told of it. */
        fun <T> told(
            directory: File,
            act: () -> T,
        ): T =
            try {
                act()
            } catch (thrown: GeneralSecurityException) {
                throw KeyStoreException(
                    if (void(thrown)) Reason.MISSING else Reason.FAILED,
                    "Android's Keystore: $thrown",
                    thrown,
                )
            } catch (thrown: ProviderException) {
                throw KeyStoreException(Reason.FAILED, "Android's Keystore: $thrown", thrown)
            } catch (thrown: IOException) {
                val full = directory.exists() && directory.usableSpace < ROOM
                throw KeyStoreException(
                    if (full) Reason.STORAGE_FULL else Reason.FAILED,
                    "a file of the key store: $thrown",
                    thrown,
                )
            }

        /** Android will never let this key be used again. */
        fun void(thrown: Throwable): Boolean =
            generateSequence(thrown) { it.cause }.any { it is KeyPermanentlyInvalidatedException }
    }
}
