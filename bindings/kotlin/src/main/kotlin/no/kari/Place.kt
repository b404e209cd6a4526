// SPDX-License-Identifier: Apache-2.0
package no.kari

/**
 * Where a tablet lives. Its keys are in the key store of this platform, on Linux files, which are
 * for development and for disks that are encrypted; or in one of the app's.
 *
 */
public class Place(
    /** Of the database. */
    public val directory: String,
    /** Of the key store; its parent exists. Left out: [directory] with `.keys` at its end. */
    public val keys: String = "",
    /** Left out: warnings and errors go to standard error. */
    public val logFile: String = "",
    /** IANA, until the unit's is known. Left out: the machine's. */
    public val zone: String = "",
    /** Of the sentences in views. */
    public val language: Language = Language.NB,
    /** Instead of the platform's; [keys] is then not used. */
    public val keyStore: KeyStore? = null,
)

/**
 * How a machine becomes a tablet of a unit. A PIN is a [String]: keep it no longer than the call.
 */
public class Enrolment(
    /** Where it is to live. */
    public val place: Place,
    /** "https://host:port". */
    public val server: String,
    /** One-time; carries the server's pin. */
    public val code: String,
    /** The first nurse; the unit's directory lists them. */
    public val person: PersonId,
    /** 4 to 64 characters. */
    public val pin: String,
    /** May be left out. */
    public val deviceName: String = "",
    /** Cost of trying PINs, in KiB; 0: 64 MiB and 3 rounds, about 0.3 s. */
    public val pinMemoryKib: Int = 0,
    /** Rounds; 0: as above. */
    public val pinIterations: Int = 0,
)

internal fun Encoder.place(value: Place) {
    text(value.directory)
    text(value.keys)
    text(value.logFile)
    text(value.zone)
    int(value.language.number)
    // C's from here on: the call that is given this gives it back.
    long(value.keyStore?.let { KeyStoreCalls(it).held() } ?: 0)
}

internal fun Encoder.enrolment(value: Enrolment) {
    maybe(value.place) { place(it) }
    text(value.server)
    text(value.code)
    text(value.deviceName)
    id(value.person)
    text(value.pin)
    int(value.pinMemoryKib)
    int(value.pinIterations)
}
