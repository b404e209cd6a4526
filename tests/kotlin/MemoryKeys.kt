// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import no.kari.KeyStore
import no.kari.KeyStoreException
import no.kari.KeyStoreException.Reason
import no.kari.P256
import java.security.GeneralSecurityException
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.SecureRandom
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.util.Collections
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

/** A key store in memory, of what a Java machine has. */
open class MemoryKeys : KeyStore {
    private val keys = ConcurrentHashMap<String, KeyPair>()
    private val values = ConcurrentHashMap<String, ByteArray>()
    private val random = SecureRandom()
    private val wrapping = SecretKeySpec(ByteArray(32).also(random::nextBytes), "AES")

    /** Where it was called. */
    val threads: MutableSet<String> = Collections.newSetFromMap(ConcurrentHashMap())
    val signed = AtomicInteger()

    /** What it was lent and answered of what is secret. */
    val secrets: MutableSet<ByteArray> = Collections.newSetFromMap(Collections.synchronizedMap(
        java.util.IdentityHashMap(),
    ))

    override fun makeSigningKey(name: String) {
        val maker = KeyPairGenerator.getInstance("EC")
        maker.initialize(ECGenParameterSpec("secp256r1"))
        if (keys.putIfAbsent(name, maker.generateKeyPair()) != null)
            throw KeyStoreException(Reason.ALREADY_EXISTS)
    }

    override fun publicKey(name: String): ByteArray = P256.point(pair(name).public as ECPublicKey)

    override fun sign(
        name: String,
        digest: ByteArray,
    ): ByteArray {
        val signer = Signature.getInstance("NONEwithECDSA")
        signer.initSign(pair(name).private)
        signer.update(digest)
        threads.add(Thread.currentThread().name)
        signed.incrementAndGet()
        return P256.raw(signer.sign())
    }

    private fun pair(name: String) = keys[name] ?: throw KeyStoreException(Reason.NOT_FOUND)

    override fun wrap(plain: ByteArray): ByteArray {
        small(plain)
        secrets.add(plain)
        val nonce = ByteArray(12).also(random::nextBytes)
        return nonce + cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(plain)
    }

    override fun unwrap(wrapped: ByteArray): ByteArray {
        if (wrapped.size < 28) throw KeyStoreException(Reason.MALFORMED)
        try {
            val opener = cipher(Cipher.DECRYPT_MODE, wrapped.copyOf(12))
            return opener.doFinal(wrapped, 12, wrapped.size - 12).also(secrets::add)
        } catch (refused: GeneralSecurityException) {
            throw KeyStoreException(Reason.MALFORMED, cause = refused)
        }
    }

    private fun cipher(
        mode: Int,
        nonce: ByteArray,
    ): Cipher =
        Cipher.getInstance("AES/GCM/NoPadding").also {
            it.init(mode, wrapping, GCMParameterSpec(128, nonce))
        }

    override fun save(
        name: String,
        value: ByteArray,
    ) {
        small(value)
        secrets.add(value)
        values[name] = value.clone()
    }

    override fun load(name: String): ByteArray {
        val value = values[name] ?: throw KeyStoreException(Reason.NOT_FOUND)
        return value.clone().also(secrets::add)
    }

    override fun erase(name: String) {
        keys.remove(name)
        values.remove(name)
    }

    private fun small(value: ByteArray) {
        if (value.size > 4096) throw KeyStoreException(Reason.TOO_LARGE)
    }
}
