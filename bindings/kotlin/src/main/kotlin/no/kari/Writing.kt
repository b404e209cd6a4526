// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/** A note, to be edited until it is signed. */
public suspend fun Tablet.writeNote(record: RecordId, entry: NoteEntry): Outcome<Written> =
    call(Native::noteWrite, {
        maybe(record) { id(it) }
        maybe(entry) { noteEntry(it) }
    }) { there { written() } }

/** Errors: [KariError.SignedTextIsFinal], [KariError.NotTheAuthor]. */
public suspend fun Tablet.editNote(token: String, entry: NoteEntry): Outcome<Written> =
    call(Native::noteEdit, { text(token); maybe(entry) { noteEntry(it) } }) { there { written() } }

/** Errors: [KariError.SignedTextIsFinal], [KariError.NotTheAuthor]. */
public suspend fun Tablet.signNote(token: String): Outcome<Written> =
    call(Native::noteSign, { text(token) }) { there { written() } }

/** A new note that points at a signed one. */
public suspend fun Tablet.addend(token: String, entry: NoteEntry): Outcome<Written> =
    call(Native::noteAddend, {
        text(token)
        maybe(entry) { noteEntry(it) }
    }) { there { written() } }

/**
 * Keeps what is not written yet, under a key of the app's. It is local to this tablet and its
 * author, and no note. Its date is not kept.
 */
public suspend fun Tablet.saveDraft(
    record: RecordId,
    key: String,
    entry: NoteEntry,
): Outcome<Unit> =
    call(Native::draftSave, {
        maybe(record) { id(it) }
        text(key)
        maybe(entry) { noteEntry(it) }
    }) {}

/** What was kept under the key; null where there is none. */
public suspend fun Tablet.draft(record: RecordId, key: String): Outcome<Draft?> =
    call(Native::draftRead, { maybe(record) { id(it) }; text(key) }) { maybe { draft() } }

/** Forgets what was kept under the key. */
public suspend fun Tablet.dropDraft(record: RecordId, key: String): Outcome<Unit> =
    call(Native::draftDrop, { maybe(record) { id(it) }; text(key) }) {}

/** Answers a finding. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.resolveFinding(answer: FindingAnswer): Outcome<Written> =
    call(Native::findingResolve, { maybe(answer) { findingAnswer(it) } }) { there { written() } }

/**
 * Puts a finding off until a moment, when it is open again by the clock of each tablet. Errors:
 * [KariError.ReasonRequired], [KariError.ValueOutOfRange] (a moment that is past).
 */
public suspend fun Tablet.deferFinding(
    token: String,
    until: Moment? = null,
    reason: String,
): Outcome<Written> =
    call(Native::findingDefer, {
        text(token)
        maybe(until) { moment(it) }
        text(reason)
    }) { there { written() } }

/** Names who is to answer a finding. */
public suspend fun Tablet.assignFinding(token: String, person: PersonId): Outcome<Written> =
    call(Native::findingAssign, { text(token); maybe(person) { id(it) } }) { there { written() } }
