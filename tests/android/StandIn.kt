// SPDX-License-Identifier: Apache-2.0
package no.kari.android.tests

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Security
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.KeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi
import javax.crypto.spec.SecretKeySpec

/**
 * Stands where Android's Keystore does, with Java's own keys: it remembers how each was asked for,
 * and fails as Android does. It holds what AndroidKeys asks of a Keystore to what the framework's
 * own classes take; whether a maker's hardware does the same, only a machine of Android can tell.
 */
internal object StandIn {
    val secrets = ConcurrentHashMap<String, SecretKey>()
    val pairs = ConcurrentHashMap<String, KeyPair>()
    val asked = ConcurrentHashMap<String, KeyGenParameterSpec>()
    val void: MutableSet<String> = Collections.newSetFromMap(ConcurrentHashMap())
    @Volatile var strongBox = true
    @Volatile var hardware = true
    @Volatile var screenLocked = false

    /** A machine as it comes from the shop. */
    fun anew() {
        listOf(secrets, pairs, asked).forEach { it.clear() }
        void.clear()
        strongBox = true
        hardware = true
        screenLocked = false
        if (Security.getProvider(NAME) == null) Security.addProvider(Maker())
    }

    fun made(spec: KeyGenParameterSpec): KeyGenParameterSpec {
        if (spec.isStrongBoxBacked && !strongBox) throw StrongBoxUnavailableException()
        asked[spec.keystoreAlias] = spec
        void.remove(spec.keystoreAlias)
        return spec
    }

    const val NAME = "AndroidKeyStore"
}

private class Maker : Provider(StandIn.NAME, "1", "stands in for Android's") {
    init {
        put("KeyStore.AndroidKeyStore", Keys::class.java.name)
        put("KeyGenerator.AES", Secrets::class.java.name)
        put("KeyPairGenerator.EC", Pairs::class.java.name)
        put("SecretKeyFactory.AES", Told::class.java.name)
    }
}

internal class Secrets : KeyGeneratorSpi() {
    private var spec: KeyGenParameterSpec? = null

    override fun engineInit(random: SecureRandom?): Unit = throw UnsupportedOperationException()

    override fun engineInit(
        size: Int,
        random: SecureRandom?,
    ): Unit = throw UnsupportedOperationException()

    override fun engineInit(
        parameters: AlgorithmParameterSpec,
        random: SecureRandom?,
    ) {
        spec = parameters as KeyGenParameterSpec
    }

    override fun engineGenerateKey(): SecretKey {
        val made = StandIn.made(checkNotNull(spec))
        val bytes = ByteArray(made.keySize / 8).also(SecureRandom()::nextBytes)
        return SecretKeySpec(bytes, "AES").also { StandIn.secrets[made.keystoreAlias] = it }
    }
}

internal class Pairs : KeyPairGeneratorSpi() {
    private var spec: KeyGenParameterSpec? = null

    override fun initialize(
        size: Int,
        random: SecureRandom?,
    ): Unit = throw UnsupportedOperationException()

    override fun initialize(
        parameters: AlgorithmParameterSpec,
        random: SecureRandom?,
    ) {
        spec = parameters as KeyGenParameterSpec
    }

    override fun generateKeyPair(): KeyPair {
        val made = StandIn.made(checkNotNull(spec))
        val maker = KeyPairGenerator.getInstance("EC", "SunEC")
        maker.initialize(checkNotNull(made.algorithmParameterSpec))
        return maker.generateKeyPair().also { StandIn.pairs[made.keystoreAlias] = it }
    }
}

internal class Told : SecretKeyFactorySpi() {
    override fun engineGenerateSecret(spec: KeySpec): SecretKey =
        throw UnsupportedOperationException()

    override fun engineTranslateKey(key: SecretKey): SecretKey =
        throw UnsupportedOperationException()

    override fun engineGetKeySpec(
        key: SecretKey,
        kind: Class<*>,
    ): KeySpec {
        check(kind == KeyInfo::class.java)
        val none = emptyArray<String>()
        val never: Date? = null
        return KeyInfo(
            "alias", StandIn.hardware, 1, 256, never, never, never, 3, none, none, none, none,
            false, 0, 0, false, false, false, false, false, 1, -1,
        )
    }
}

/** While the screen is locked no key that wants it unlocked can be used. */
private class Unusable : SecretKey, java.security.PrivateKey {
    override fun getAlgorithm(): String = "AES"

    override fun getFormat(): String? = null

    override fun getEncoded(): ByteArray? = null
}

private class Shown(
    private val key: PublicKey,
) : Certificate("X.509") {
    override fun getEncoded(): ByteArray = ByteArray(0)

    override fun verify(key: PublicKey): Unit = throw UnsupportedOperationException()

    override fun verify(
        key: PublicKey,
        provider: String,
    ): Unit = throw UnsupportedOperationException()

    override fun toString(): String = "a certificate"

    override fun getPublicKey(): PublicKey = key
}

internal class Keys : KeyStoreSpi() {
    override fun engineGetKey(
        alias: String,
        password: CharArray?,
    ): Key? {
        // As Android's does it.
        if (alias in StandIn.void)
            throw UnrecoverableKeyException(alias).also {
                it.initCause(KeyPermanentlyInvalidatedException())
            }
        val locked = StandIn.screenLocked && StandIn.asked[alias]?.isUnlockedDeviceRequired == true
        return if (locked) Unusable() else StandIn.secrets[alias] ?: StandIn.pairs[alias]?.private
    }

    override fun engineGetCertificate(alias: String): Certificate? =
        StandIn.pairs[alias]?.let { Shown(it.public) }

    override fun engineContainsAlias(alias: String): Boolean =
        StandIn.secrets.containsKey(alias) || StandIn.pairs.containsKey(alias)

    override fun engineDeleteEntry(alias: String) {
        StandIn.secrets.remove(alias)
        StandIn.pairs.remove(alias)
    }

    override fun engineLoad(
        stream: InputStream?,
        password: CharArray?,
    ) {
        check(stream == null && password == null)
    }

    override fun engineAliases(): Enumeration<String> =
        Collections.enumeration(StandIn.secrets.keys + StandIn.pairs.keys)

    override fun engineSize(): Int = StandIn.secrets.size + StandIn.pairs.size

    override fun engineIsKeyEntry(alias: String): Boolean = engineContainsAlias(alias)

    override fun engineIsCertificateEntry(alias: String): Boolean = false

    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

    override fun engineGetCreationDate(alias: String): Date? = null

    override fun engineGetCertificateAlias(certificate: Certificate): String? = null

    override fun engineSetKeyEntry(
        alias: String,
        key: Key,
        password: CharArray?,
        chain: Array<Certificate>?,
    ): Unit = throw UnsupportedOperationException()

    override fun engineSetKeyEntry(
        alias: String,
        key: ByteArray,
        chain: Array<Certificate>?,
    ): Unit = throw UnsupportedOperationException()

    override fun engineSetCertificateEntry(
        alias: String,
        certificate: Certificate,
    ): Unit = throw UnsupportedOperationException()

    override fun engineStore(
        stream: OutputStream?,
        password: CharArray?,
    ): Unit = throw UnsupportedOperationException()
}
