// SPDX-License-Identifier: Apache-2.0
package no.kari

import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.KeyFactory
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec

/** Between the forms of Java and those of a [KeyStore]: for who writes one. */
public object P256 {
    private const val HALF = 32
    private const val SEQUENCE: Byte = 0x30
    private const val INTEGER: Byte = 0x02
    private const val UNCOMPRESSED: Byte = 0x04

    /** The uncompressed point of a key: 65 bytes. */
    public fun point(key: ECPublicKey): ByteArray =
        byteArrayOf(UNCOMPRESSED) + padded(key.w.affineX) + padded(key.w.affineY)

    /** The key of an uncompressed point. Throws [IllegalArgumentException]: it is none. */
    public fun key(point: ByteArray): ECPublicKey {
        require(point.size == 1 + 2 * HALF && point[0] == UNCOMPRESSED) { "no uncompressed point" }
        val curve = AlgorithmParameters.getInstance("EC")
        curve.init(ECGenParameterSpec("secp256r1"))
        val at = ECPoint(
            BigInteger(1, point.copyOfRange(1, 1 + HALF)),
            BigInteger(1, point.copyOfRange(1 + HALF, point.size)),
        )
        val spec = ECPublicKeySpec(at, curve.getParameterSpec(ECParameterSpec::class.java))
        return KeyFactory.getInstance("EC").generatePublic(spec) as ECPublicKey
    }

    /**
     * r and s of a signature as Java makes one, in DER: 64 bytes. Throws
     * [IllegalArgumentException]: it is none of P-256.
     */
    public fun raw(der: ByteArray): ByteArray {
        require(der.size in 8..72 && der[0] == SEQUENCE && der[1].toInt() == der.size - 2) {
            "no signature of P-256"
        }
        val first = integer(der, 2)
        val middle = 4 + der[3]
        val second = integer(der, middle)
        require(middle + 2 + der[middle + 1] == der.size) { "no signature of P-256" }
        return first + second
    }

    /** A signature as Java reads it, of its r and s. */
    public fun der(raw: ByteArray): ByteArray {
        require(raw.size == 2 * HALF) { "no signature of P-256" }
        val inside = listOf(raw.copyOfRange(0, HALF), raw.copyOfRange(HALF, raw.size))
            .map { BigInteger(1, it).toByteArray() }
            .fold(ByteArray(0)) { all, one -> all + INTEGER + one.size.toByte() + one }
        return byteArrayOf(SEQUENCE, inside.size.toByte()) + inside
    }

    private fun integer(
        der: ByteArray,
        at: Int,
    ): ByteArray {
        require(
            at + 2 < der.size && der[at] == INTEGER && der[at + 1] in 1..HALF + 1 &&
                at + 2 + der[at + 1] <= der.size,
        ) { "no signature of P-256" }
        return padded(BigInteger(der.copyOfRange(at + 2, at + 2 + der[at + 1])))
    }

    private fun padded(number: BigInteger): ByteArray {
        val bytes = number.toByteArray().dropWhile { it == 0.toByte() }
        require(number.signum() >= 0 && bytes.size <= HALF) { "no number of P-256" }
        return ByteArray(HALF - bytes.size) + bytes
    }
}
