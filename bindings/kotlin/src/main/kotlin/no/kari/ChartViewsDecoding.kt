// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Decoder.signedIn(): SignedIn =
    SignedIn(
        nurse = there { nurse() },
        age = there { age() },
        unsent = long(),
        wasRestored = flag(),
    )

internal fun Decoder.tabletState(): TabletState =
    TabletState(
        locked = flag(),
        nurse = maybe { nurse() },
        zone = text(),
        today = calendarDate().orNull(),
        device = deviceId().orNull(),
        incarnation = deviceId().orNull(),
    )

internal fun Decoder.patientRow(): PatientRow =
    PatientRow(
        record = recordId(),
        name = text(),
        birthDate = text(),
        openFindings = int(),
        worstSeverity = int(),
        contestedName = flag(),
        madeHere = flag(),
    )

internal fun Decoder.patients(): Patients =
    Patients(
        age = there { age() },
        rows = list { patientRow() },
    )

internal fun Decoder.about(): About =
    About(
        resource = resourceId(),
        kind = text(),
        what = text(),
        effective = text(),
        amount = text(),
    )

internal fun Decoder.finding(): Finding =
    Finding(
        id = digest(),
        token = text(),
        rule = text(),
        severity = int(),
        title = text(),
        meaning = text(),
        action = text(),
        state = findingState(),
        provisional = flag(),
        inputs = list { changeId() },
        records = list { recordId() },
        resources = list { resourceId() },
        about = list { about() },
        assignedTo = personId().orNull(),
        deferredUntil = text(),
        resolver = text(),
        resolverName = text(),
        due = instant(),
    )

internal fun Decoder.patient(): Patient =
    Patient(
        item = there { item() },
        name = text(),
        birthDate = text(),
        gender = text(),
        address = text(),
        telecom = text(),
        identifiers = list { text() },
        nameContested = flag(),
        deceased = flag(),
    )

internal fun Decoder.allergy(): Allergy =
    Allergy(
        item = there { item() },
        code = field { coded() },
        clinicalStatus = field { text() },
        verificationStatus = field { text() },
        criticality = field { text() },
        reactions = list { text() },
        notes = list { text() },
        active = flag(),
    )

internal fun Decoder.prescription(): Prescription =
    Prescription(
        medication = coded(),
        form = text(),
        strength = maybe { quantity() },
        strengthPer = maybe { quantity() },
        dose = maybe { quantity() },
        dosageShown = text(),
        route = text(),
        site = text(),
        timesOfDay = list { text() },
        asNeeded = flag(),
        starts = text(),
        ends = text(),
    )

internal fun Decoder.order(): Order =
    Order(
        item = there { item() },
        status = field { text() },
        prescription = field { prescription() },
        prescriber = text(),
        statusReason = text(),
        notes = list { text() },
        active = flag(),
    )

internal fun Decoder.scannedPackage(): ScannedPackage =
    ScannedPackage(
        gtin = text(),
        vnr = text(),
        expires = text(),
        lot = text(),
        serial = text(),
    )

internal fun Decoder.administrationText(): AdministrationText =
    AdministrationText(
        status = text(),
        statusReasons = list { coded() },
        medication = coded(),
        order = resourceId(),
        effective = text(),
        dose = maybe { quantity() },
        site = coded(),
        performers = list { text() },
        notes = list { text() },
        overrides = list { ruleOverride() },
        intake = text(),
        effectDue = text(),
        scanned = maybe { scannedPackage() },
    )

internal fun Decoder.secondCheck(): SecondCheck =
    SecondCheck(
        said = there { said() },
        standing = text(),
    )

internal fun Decoder.afterDose(): AfterDose =
    AfterDose(
        what = text(),
        at = text(),
        outcome = text(),
        note = text(),
        token = text(),
        said = there { said() },
    )

internal fun Decoder.followUp(): FollowUp =
    FollowUp(
        record = recordId(),
        administration = resourceId(),
        token = text(),
        medication = text(),
        amount = text(),
        given = text(),
        due = text(),
        overdue = flag(),
        said = there { said() },
    )

internal fun Decoder.administration(): Administration =
    Administration(
        item = there { item() },
        statement = field { administrationText() },
        earlier = list { statement { administrationText() } },
        checks = list { secondCheck() },
        counts = flag(),
        correctionUnconfirmed = flag(),
        after = list { afterDose() },
    )

internal fun Decoder.patch(): Patch =
    Patch(
        record = recordId(),
        administration = resourceId(),
        token = text(),
        medication = text(),
        amount = text(),
        site = text(),
        putOn = text(),
        dueOff = text(),
        said = there { said() },
    )

internal fun Decoder.score(): Score =
    Score(
        effective = text(),
        total = int().orNull(),
        atLeast = int().orNull(),
        parts = int(),
        scale = int(),
        byScale2 = int().orNull(),
        level = text(),
        title = text(),
        action = text(),
        reservations = list { text() },
        decision = resourceId().orNull(),
    )

internal fun Decoder.observationPart(): ObservationPart =
    ObservationPart(
        code = coded(),
        value = maybe { quantity() },
        text = text(),
    )

internal fun Decoder.observationText(): ObservationText =
    ObservationText(
        status = text(),
        code = coded(),
        value = maybe { quantity() },
        text = text(),
        components = list { observationPart() },
        effective = text(),
        notes = list { text() },
    )

internal fun Decoder.observation(): Observation =
    Observation(
        item = there { item() },
        statement = field { observationText() },
        earlier = list { statement { observationText() } },
    )

internal fun Decoder.noteText(): NoteText =
    NoteText(
        status = text(),
        isSigned = flag(),
        type = text(),
        title = text(),
        text = text(),
        date = text(),
        authors = list { text() },
        appendsTo = resourceId().orNull(),
    )

internal fun Decoder.note(): Note =
    Note(
        item = there { item() },
        document = field { noteText() },
    )

internal fun Decoder.suspension(): Suspension =
    Suspension(
        rule = text(),
        title = text(),
        meaning = text(),
        action = text(),
    )

internal fun Decoder.missing(): Missing =
    Missing(
        what = text(),
        advice = text(),
    )

internal fun Decoder.completeSince(): CompleteSince =
    CompleteSince(
        kind = text(),
        since = instant(),
        onTabletSince = instant(),
    )

internal fun Decoder.chart(): Chart =
    Chart(
        record = recordId(),
        group = list { recordId() },
        age = there { age() },
        missing = list { missing() },
        patient = maybe { patient() },
        suspended = maybe { suspension() },
        allergyStatement = allergyStatement(),
        allergies = list { allergy() },
        orders = list { order() },
        administrations = list { administration() },
        patches = list { patch() },
        scores = list { score() },
        observations = list { observation() },
        notes = list { note() },
        findings = list { finding() },
        completeSince = list { completeSince() },
        care = there { care() },
        otherResources = int(),
    )
