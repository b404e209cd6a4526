// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import no.kari.KeyStoreException
import no.kari.KeyStoreException.Reason
import java.security.Key
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec

/** AES-256-GCM under a key of the Keystore: a version, the nonce, what was sealed, its tag. */
internal object Sealing {
    private const val VERSION: Byte = 1
    private const val NONCE = 12
    private const val TAG_BITS = 128
    private const val HEAD = 1 + NONCE

    fun sealing(key: Key): Cipher = cipher().also { it.init(Cipher.ENCRYPT_MODE, key) }

    fun finish(
        cipher: Cipher,
        plain: ByteArray,
        associated: ByteArray,
    ): ByteArray {
        check(cipher.iv.size == NONCE) { "a nonce of ${cipher.iv.size} bytes" }
        cipher.updateAAD(associated)
        return byteArrayOf(VERSION) + cipher.iv + cipher.doFinal(plain)
    }

    fun seal(
        key: Key,
        plain: ByteArray,
        associated: ByteArray,
    ): ByteArray = finish(sealing(key), plain, associated)

    /** Throws `MALFORMED`: too short, or of another version. */
    fun opening(
        key: Key,
        sealed: ByteArray,
    ): Cipher {
        if (sealed.size < HEAD + TAG_BITS / 8 || sealed[0] != VERSION)
            throw KeyStoreException(Reason.MALFORMED)
        return cipher().also {
            it.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 1, NONCE))
        }
    }

    /** Throws `MALFORMED`: altered, or sealed by another. */
    fun opened(
        cipher: Cipher,
        sealed: ByteArray,
        associated: ByteArray,
    ): ByteArray =
        try {
            cipher.updateAAD(associated)
            cipher.doFinal(sealed, HEAD, sealed.size - HEAD)
        } catch (refused: AEADBadTagException) {
            throw KeyStoreException(Reason.MALFORMED, cause = refused)
        }

    fun open(
        key: Key,
        sealed: ByteArray,
        associated: ByteArray,
    ): ByteArray = opened(opening(key, sealed), sealed, associated)

    private fun cipher() = Cipher.getInstance("AES/GCM/NoPadding")
}
