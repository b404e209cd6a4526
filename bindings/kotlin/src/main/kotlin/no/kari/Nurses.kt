// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/** What holds now, signed in or not. Errors: [KariError.NotFound] (an unknown zone). */
public suspend fun Tablet.state(): Outcome<TabletState> =
    call(Native::deviceStateRead) { there { tabletState() } }

/** Sets the language of the sentences in views. */
public suspend fun Tablet.setLanguage(language: Language): Outcome<Unit> =
    call(Native::deviceSetLanguage, { int(language.number) }) {}

/** Who can unlock this tablet; also while locked. */
public suspend fun Tablet.nurses(): Outcome<List<Nurse>> =
    call(Native::nursesRead) { there { list { nurse() } } }

/** Whom the unit's directory lists. */
public suspend fun Tablet.people(): Outcome<List<Nurse>> =
    call(Native::peopleRead) { there { list { nurse() } } }

/**
 * Sets the PIN of the nurse who signed in within five minutes, and of no other. Blocks 0.3 s.
 * Errors: [KariError.NotPermitted], [KariError.ValueOutOfRange].
 */
public suspend fun Tablet.addNurse(person: PersonId, pin: String): Outcome<Unit> =
    call(Native::nurseAdd, { maybe(person) { id(it) }; text(pin) }) {}

/**
 * Signs in, by PIN (0.3 s), or by the one-time code that the server made for her (the network,
 * while somebody is signed in): then [addNurse]. Errors: [KariError.WrongPin],
 * [KariError.PinDelayed], [KariError.Wiped], [KariError.NotFound], [KariError.NotPermitted],
 * locked, [KariError.CodeRefused], [KariError.Offline], [KariError.TimedOut],
 * [KariError.ServerBusy].
 */
public suspend fun Tablet.unlock(person: PersonId, pin: String): Outcome<SignedIn> =
    call(Native::deviceUnlock, { maybe(person) { id(it) }; text(pin) }) { there { signedIn() } }

/** Forgets the key. Errors: [KariError.InUse] (from a callback). */
public suspend fun Tablet.lock(): Outcome<Unit> =
    call(Native::deviceLock) {}
