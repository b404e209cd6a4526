// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/**
 * A measurement. Errors: [KariError.ConfirmationRequired], [KariError.ValueOutOfRange],
 * [KariError.UnitUnknown], [KariError.ReasonRequired] (entry/late: more than a day ago; say why in
 * the note).
 */
public suspend fun Tablet.recordObservation(
    record: RecordId,
    entry: ObservationEntry,
): Outcome<Written> =
    call(Native::observationRecord, {
        maybe(record) { id(it) }
        maybe(entry) { observationEntry(it) }
    }) { there { written() } }

/**
 * Says a measurement anew. Errors: [KariError.ConfirmationRequired], [KariError.ValueOutOfRange],
 * [KariError.UnitUnknown], [KariError.ReasonRequired] (entry/late: more than a day ago; say why in
 * the note).
 */
public suspend fun Tablet.correctObservation(
    token: String,
    entry: ObservationEntry,
): Outcome<Written> =
    call(Native::observationCorrect, {
        text(token)
        maybe(entry) { observationEntry(it) }
    }) { there { written() } }

/** It was written by mistake. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.retractObservation(token: String, reason: String): Outcome<Written> =
    call(Native::observationRetract, { text(token); text(reason) }) { there { written() } }

/** Warnings that [give] will want an override for; writes nothing. */
public suspend fun Tablet.checkDose(entry: DoseEntry): Outcome<List<Warning>> =
    call(Native::doseCheck, { maybe(entry) { doseEntry(it) } }) { there { list { warning() } } }

/**
 * A dose that was given. Errors: [KariError.ReasonRequired] (its rules are named: say why, call
 * again; a note answers entry/late as well), [KariError.ValueOutOfRange].
 */
public suspend fun Tablet.give(entry: DoseEntry): Outcome<Written> =
    call(Native::doseGive, { maybe(entry) { doseEntry(it) } }) { there { written() } }

/** A dose that was not given. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.notGiven(entry: NotGivenEntry): Outcome<Written> =
    call(Native::doseNotGiven, { maybe(entry) { notGivenEntry(it) } }) { there { written() } }

/** Says a dose anew. Errors: [KariError.ReasonRequired], [KariError.InvalidArgument]. */
public suspend fun Tablet.correctDose(entry: DoseCorrection): Outcome<Written> =
    call(Native::doseCorrect, { maybe(entry) { doseCorrection(it) } }) { there { written() } }

/** Stops an order, here and everywhere at once. Errors: [KariError.ReasonRequired]. */
public suspend fun Tablet.stopOrder(token: String, reason: String): Outcome<Written> =
    call(Native::orderStop, { text(token); text(reason) }) { there { written() } }

/**
 * Waits for the server; the order stands as it was until then. Errors: [KariError.ReasonRequired].
 */
public suspend fun Tablet.proposePrescription(proposal: PrescriptionProposal): Outcome<Written> =
    call(Native::prescriptionPropose, {
        maybe(proposal) { prescriptionProposal(it) }
    }) { there { written() } }

/**
 * Whoever is signed in has looked at drug, amount, way and time of a dose that another gave.
 * Errors: [KariError.InvalidArgument] (an own dose).
 */
public suspend fun Tablet.checkGivenDose(token: String, note: String): Outcome<Written> =
    call(Native::doseCheckGiven, { text(token); text(note) }) { there { written() } }

/**
 * Asks the server, at the next exchange, to promise this tablet doses of a medicine as needed.
 * Errors: [KariError.ValueOutOfRange], [KariError.InvalidArgument] (the pack asks for none of that
 * drug).
 */
public suspend fun Tablet.askAllowance(entry: AllowanceAsk): Outcome<Written> =
    call(Native::allowanceAskFor, { maybe(entry) { allowanceAsk(it) } }) { there { written() } }

/**
 * Gives back what is left; the reason may be empty. Errors: [KariError.NotPermitted] (another
 * tablet holds it), [KariError.InvalidArgument] (it was given back before).
 */
public suspend fun Tablet.returnAllowance(token: String, reason: String): Outcome<Written> =
    call(Native::allowanceReturn, { text(token); text(reason) }) { there { written() } }

/**
 * A patch is off. Errors: [KariError.InvalidArgument] (the dose put none on),
 * [KariError.ReasonRequired].
 */
public suspend fun Tablet.takeOffPatch(entry: PatchOffEntry): Outcome<Written> =
    call(Native::patchTakeOff, { maybe(entry) { patchOffEntry(it) } }) { there { written() } }

/**
 * A dose came up again: a fact beside it. It counts as taken and its slot stays closed; `told`
 * says whom to ask before it is given again. Errors: [KariError.InvalidArgument] (nobody says that
 * the dose was taken), [KariError.ReasonRequired].
 */
public suspend fun Tablet.doseVomited(entry: VomitedEntry): Outcome<Written> =
    call(Native::doseVomited, { maybe(entry) { vomitedEntry(it) } }) { there { written() } }

/** Whether a dose helped: a fact beside it. Errors: as [doseVomited]. */
public suspend fun Tablet.doseEffect(entry: EffectEntry): Outcome<Written> =
    call(Native::doseEffect, { maybe(entry) { effectEntry(it) } }) { there { written() } }
