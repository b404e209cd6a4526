// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/** An allergy or intolerance that somebody told of or saw. */
public suspend fun Tablet.addAllergy(record: RecordId, entry: AllergyEntry): Outcome<Written> =
    call(Native::allergyAdd, {
        maybe(record) { id(it) }
        maybe(entry) { allergyEntry(it) }
    }) { there { written() } }

/** New evidence, which a refutation that did not see it cannot end. */
public suspend fun Tablet.addAllergyEvidence(token: String, entry: AllergyEntry): Outcome<Written> =
    call(Native::allergyEvidenceAdd, {
        text(token)
        maybe(entry) { allergyEntry(it) }
    }) { there { written() } }

/** It never was. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.refuteAllergy(token: String, reason: String): Outcome<Written> =
    call(Native::allergyRefute, { text(token); text(reason) }) { there { written() } }

/** It was written by mistake. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.retractAllergy(token: String, reason: String): Outcome<Written> =
    call(Native::allergyRetract, { text(token); text(reason) }) { there { written() } }

/** A record for somebody nobody here can identify yet, in the unit's caseload at once. */
public suspend fun Tablet.createRecord(patient: NewPatient): Outcome<Written> =
    call(Native::recordCreate, { maybe(patient) { newPatient(it) } }) { there { written() } }

/** Somebody came: a fact, planned or not. */
public suspend fun Tablet.startVisit(record: RecordId, entry: VisitEntry): Outcome<Written> =
    call(Native::visitStart, {
        maybe(record) { id(it) }
        maybe(entry) { visitEntry(it) }
    }) { there { written() } }

/** Somebody came, and no visit came of it. */
public suspend fun Tablet.hinderedVisit(
    record: RecordId,
    entry: VisitEntry,
    hindrance: Hindrance,
): Outcome<Written> =
    call(Native::visitHindered, {
        maybe(record) { id(it) }
        maybe(entry) { visitEntry(it) }
        int(hindrance.number)
    }) { there { written() } }

/** The visit is over. */
public suspend fun Tablet.endVisit(
    token: String,
    ends: Moment? = null,
    note: String,
): Outcome<Written> =
    call(Native::visitEnd, {
        text(token)
        maybe(ends) { moment(it) }
        text(note)
    }) { there { written() } }

/** What was done by a plan, or not. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.recordAct(kind: ActKind, entry: ActEntry): Outcome<Written> =
    call(Native::actRecord, {
        int(kind.number)
        maybe(entry) { actEntry(it) }
    }) { there { written() } }

/** Ends or takes back what a token names. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.endCare(what: Ending, token: String, reason: String): Outcome<Written> =
    call(Native::careEnd, { int(what.number); text(token); text(reason) }) { there { written() } }

/** A task for somebody. */
public suspend fun Tablet.addTask(record: RecordId, entry: TaskEntry): Outcome<Written> =
    call(Native::taskAdd, {
        maybe(record) { id(it) }
        maybe(entry) { taskEntry(it) }
    }) { there { written() } }
