// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Decoder.problem(): Problem =
    Problem(
        item = there { item() },
        code = field { coded() },
        clinicalStatus = field { text() },
        verificationStatus = field { text() },
        severity = field { coded() },
        onset = text(),
        abatement = text(),
        notes = list { text() },
        active = flag(),
    )

internal fun Decoder.measure(): Measure =
    Measure(
        item = there { item() },
        kind = text(),
        what = field { coded() },
        title = text(),
        description = text(),
        activities = list { coded() },
        timing = field { text() },
        instruction = field { text() },
        people = field { int() },
        goal = text(),
        status = field { text() },
        statusReason = text(),
        starts = text(),
        ends = text(),
        inForce = flag(),
        pastItsEnd = flag(),
        endProposed = flag(),
        notes = list { text() },
        acts = list { resourceId() },
    )

internal fun Decoder.actText(): ActText =
    ActText(
        status = text(),
        code = coded(),
        about = resourceId().orNull(),
        performed = text(),
        reason = text(),
        performers = list { text() },
        notes = list { text() },
    )

internal fun Decoder.act(): Act =
    Act(
        item = there { item() },
        statement = field { actText() },
        earlier = list { statement { actText() } },
    )

internal fun Decoder.visitText(): VisitText =
    VisitText(
        status = text(),
        hindrance = text(),
        starts = text(),
        ends = text(),
        type = coded(),
        reasons = list { coded() },
        plan = resourceId().orNull(),
        performers = list { text() },
        notes = list { text() },
    )

internal fun Decoder.visit(): Visit =
    Visit(
        item = there { item() },
        statement = field { visitText() },
        earlier = list { statement { visitText() } },
    )

internal fun Decoder.plannedTime(): PlannedTime =
    PlannedTime(
        starts = text(),
        ends = text(),
    )

internal fun Decoder.plannedVisit(): PlannedVisit =
    PlannedVisit(
        item = there { item() },
        state = text(),
        time = field { plannedTime() },
        status = field { text() },
        type = coded(),
        reasons = list { coded() },
        performers = list { text() },
        notes = list { text() },
        visits = list { resourceId() },
    )

internal fun Decoder.appointment(): Appointment =
    Appointment(
        item = there { item() },
        state = text(),
        time = field { plannedTime() },
        status = field { text() },
        description = text(),
        instruction = text(),
        participants = list { text() },
        cancelledBecause = text(),
        visits = list { resourceId() },
    )

internal fun Decoder.immunizationText(): ImmunizationText =
    ImmunizationText(
        status = text(),
        vaccine = coded(),
        occurrence = text(),
        told = flag(),
        lot = text(),
        expires = text(),
        dose = maybe { quantity() },
        site = coded(),
        reason = text(),
        performers = list { text() },
        notes = list { text() },
        overrides = list { ruleOverride() },
    )

internal fun Decoder.immunization(): Immunization =
    Immunization(
        item = there { item() },
        statement = field { immunizationText() },
        earlier = list { statement { immunizationText() } },
    )

internal fun Decoder.task(): Task =
    Task(
        item = there { item() },
        state = text(),
        code = coded(),
        description = text(),
        effect = text(),
        status = field { text() },
        priority = field { text() },
        owner = field { text() },
        due = text(),
        notes = list { text() },
        acts = list { resourceId() },
    )

internal fun Decoder.relatedPerson(): RelatedPerson =
    RelatedPerson(
        item = there { item() },
        name = field { text() },
        relationships = list { coded() },
        telecom = list { text() },
        address = text(),
        callOrder = int().orNull(),
        nextOfKin = field { flag() },
        nearest = flag(),
        legalRole = text(),
        contact = field { text() },
        information = field { text() },
        notes = list { text() },
    )

internal fun Decoder.consentText(): ConsentText =
    ConsentText(
        effect = text(),
        scope = coded(),
        starts = text(),
        ends = text(),
        parties = list { text() },
        text = text(),
        hasExceptions = flag(),
    )

internal fun Decoder.consent(): Consent =
    Consent(
        item = there { item() },
        decision = field { consentText() },
        denials = list { consentText() },
        notes = list { text() },
    )

internal fun Decoder.treatmentLimit(): TreatmentLimit =
    TreatmentLimit(
        item = there { item() },
        decision = field { consentText() },
        unclear = flag(),
        reviewOverdue = flag(),
        notes = list { text() },
    )

internal fun Decoder.communicationText(): CommunicationText =
    CommunicationText(
        status = text(),
        topic = coded(),
        text = text(),
        sent = text(),
        sender = text(),
        recipients = list { text() },
        notes = list { text() },
    )

internal fun Decoder.reader(): Reader =
    Reader(
        said = there { said() },
        token = text(),
        asItStands = flag(),
    )

internal fun Decoder.communication(): Communication =
    Communication(
        item = there { item() },
        statement = field { communicationText() },
        readers = list { reader() },
        earlier = list { statement { communicationText() } },
    )

internal fun Decoder.care(): Care =
    Care(
        problems = list { problem() },
        measures = list { measure() },
        acts = list { act() },
        visits = list { visit() },
        plannedVisits = list { plannedVisit() },
        appointments = list { appointment() },
        immunizations = list { immunization() },
        tasks = list { task() },
        relatedPersons = list { relatedPerson() },
        consents = list { consent() },
        treatmentLimits = list { treatmentLimit() },
        communications = list { communication() },
    )
