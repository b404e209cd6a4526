// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Decoder.doseElsewhere(): DoseElsewhere =
    DoseElsewhere(
        administration = resourceId(),
        medication = text(),
        effective = text(),
        amount = text(),
        said = there { said() },
    )

internal fun Decoder.slot(): Slot =
    Slot(
        id = digest(),
        token = text(),
        record = recordId(),
        order = resourceId(),
        orderStatus = text(),
        medication = coded(),
        dosageShown = text(),
        dose = maybe { quantity() },
        route = text(),
        date = calendarDate(),
        nominal = text(),
        ordinal = int(),
        planned = moment(),
        state = doseState(),
        reason = text(),
        mayGive = flag(),
        possibleDouble = flag(),
        givenAndNotGiven = flag(),
        orderContested = flag(),
        critical = flag(),
        administrations = list { resourceId() },
        elsewhere = list { doseElsewhere() },
        intake = text(),
        howTaken = text(),
        vomited = text(),
    )

internal fun Decoder.allowance(): Allowance =
    Allowance(
        record = recordId(),
        resource = resourceId(),
        token = text(),
        state = text(),
        reason = text(),
        action = text(),
        doses = int(),
        dosesLeft = int(),
        amount = text(),
        amountLeft = text(),
        until = text(),
        asked = there { said() },
    )

internal fun Decoder.unscheduled(): Unscheduled =
    Unscheduled(
        token = text(),
        record = recordId(),
        order = resourceId(),
        medication = text(),
        text = text(),
        reason = text(),
        lastGiven = text(),
        givenLastDay = text(),
        wantsAllowance = flag(),
        allowances = list { allowance() },
    )

internal fun Decoder.round(): Round =
    Round(
        date = calendarDate(),
        age = there { age() },
        slots = list { slot() },
        asNeeded = list { unscheduled() },
        lookAt = list { unscheduled() },
        patches = list { patch() },
        changesIn = length(),
        whole = flag(),
        suspended = maybe { suspension() },
        followUps = list { followUp() },
    )

internal fun Decoder.warning(): Warning =
    Warning(
        rule = text(),
        severity = int(),
        needsReason = flag(),
        sentence = text(),
        action = text(),
        about = list { resourceId() },
    )

internal fun Decoder.written(): Written =
    Written(
        change = changeId(),
        record = recordId(),
        resource = resourceId(),
        token = text(),
        also = list { changeId() },
        raised = list { finding() },
        told = list { warning() },
    )
