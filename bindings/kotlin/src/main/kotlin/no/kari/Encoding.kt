// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Encoder.access(value: Access) {
    int(value.purpose.number)
    text(value.reason)
}

internal fun Encoder.observationEntry(value: ObservationEntry) {
    coded(value.code)
    maybe(value.value) { quantity(it) }
    text(value.text)
    list(value.components) { observationPart(it) }
    maybe(value.effective) { moment(it) }
    text(value.note)
    flag(value.confirmed)
}

internal fun Encoder.doseEntry(value: DoseEntry) {
    text(value.token)
    maybe(value.dose) { quantity(it) }
    maybe(value.effective) { moment(it) }
    coded(value.site)
    text(value.note)
    list(value.overrides) { ruleOverride(it) }
    text(value.scanned)
    text(value.identity)
    int(value.intake.number)
    int(value.effectAfterMinutes)
    text(value.givenBy)
}

internal fun Encoder.notGivenEntry(value: NotGivenEntry) {
    text(value.token)
    int(value.why.number)
    text(value.reason)
    maybe(value.effective) { moment(it) }
}

internal fun Encoder.doseCorrection(value: DoseCorrection) {
    text(value.token)
    maybe(value.dose) { quantity(it) }
    maybe(value.effective) { moment(it) }
    maybe(value.site) { coded(it) }
    flag(value.enteredInError)
    text(value.reason)
    maybe(value.intake) { int(it.number) }
    text(value.givenBy)
}

internal fun Encoder.vomitedEntry(value: VomitedEntry) {
    text(value.token)
    maybe(value.at) { moment(it) }
    int(value.seen.number)
    text(value.note)
    list(value.overrides) { ruleOverride(it) }
}

internal fun Encoder.effectEntry(value: EffectEntry) {
    text(value.token)
    int(value.effect.number)
    maybe(value.at) { moment(it) }
    text(value.note)
    list(value.overrides) { ruleOverride(it) }
}

internal fun Encoder.prescriptionProposal(value: PrescriptionProposal) {
    text(value.token)
    maybe(value.medication) { coded(it) }
    maybe(value.strength) { quantity(it) }
    maybe(value.strengthPer) { quantity(it) }
    maybe(value.dose) { quantity(it) }
    maybe(value.dosageText) { text(it) }
    maybe(value.timesOfDay) { items -> list(items) { text(it) } }
    maybe(value.daysOfWeek) { items -> list(items) { text(it) } }
    text(value.reason)
    list(value.overrides) { ruleOverride(it) }
}

internal fun Encoder.allowanceAsk(value: AllowanceAsk) {
    text(value.token)
    int(value.doses)
    int(value.hours)
}

internal fun Encoder.patchOffEntry(value: PatchOffEntry) {
    text(value.token)
    maybe(value.at) { moment(it) }
    flag(value.notFound)
    text(value.note)
    list(value.overrides) { ruleOverride(it) }
}

internal fun Encoder.allergyEntry(value: AllergyEntry) {
    coded(value.code)
    text(value.criticality)
    text(value.verification)
    text(value.type)
    text(value.reaction)
    text(value.note)
}

internal fun Encoder.newPatient(value: NewPatient) {
    text(value.family)
    text(value.given)
    text(value.birthDate)
    text(value.gender)
    text(value.identifierSystem)
    text(value.identifierValue)
    text(value.note)
}

internal fun Encoder.noteEntry(value: NoteEntry) {
    text(value.type)
    text(value.title)
    text(value.text)
    maybe(value.date) { moment(it) }
}

internal fun Encoder.visitEntry(value: VisitEntry) {
    text(value.plan)
    maybe(value.starts) { moment(it) }
    text(value.note)
}

internal fun Encoder.actEntry(value: ActEntry) {
    text(value.token)
    maybe(value.performed) { moment(it) }
    text(value.reason)
    text(value.note)
}

internal fun Encoder.taskEntry(value: TaskEntry) {
    coded(value.code)
    text(value.description)
    text(value.effect)
    text(value.priority)
    maybe(value.due) { moment(it) }
    text(value.note)
}

internal fun Encoder.findingAnswer(value: FindingAnswer) {
    text(value.token)
    text(value.outcome)
    text(value.reason)
}

internal fun Encoder.observationPart(value: ObservationPart) {
    coded(value.code)
    maybe(value.value) { quantity(it) }
    text(value.text)
}

internal fun Encoder.historyMark(value: HistoryMark) {
    instant(value.moment)
    id(value.resource)
}
