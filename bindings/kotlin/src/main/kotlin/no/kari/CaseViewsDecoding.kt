// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Decoder.casePart(): CasePart =
    CasePart(
        atom = text(),
        value = text(),
        actedOn = flag(),
    )

internal fun Decoder.caseStatement(): CaseStatement =
    CaseStatement(
        said = there { said() },
        role = text(),
        here = flag(),
        machine = deviceId(),
        record = recordId(),
        resource = resourceId(),
        kind = text(),
        parts = list { casePart() },
        dataAge = length(),
        notSeen = list { changeId() },
        withheld = flag(),
    )

internal fun Decoder.caseResolution(): CaseResolution =
    CaseResolution(
        said = there { said() },
        outcome = text(),
        reason = text(),
        severity = int(),
        inputs = list { changeId() },
    )

internal fun Decoder.findingCase(): FindingCase =
    FindingCase(
        finding = there { finding() },
        base = list { caseStatement() },
        sides = list { caseStatement() },
        notHere = list { changeId() },
        resolutions = list { caseResolution() },
    )

internal fun Decoder.historyMark(): HistoryMark =
    HistoryMark(
        moment = instant(),
        resource = resourceId(),
    )

internal fun Decoder.history(): History =
    History(
        items = there { chart() },
        next = maybe { historyMark() },
        onTabletSince = instant(),
    )

internal fun Decoder.draft(): Draft =
    Draft(
        type = text(),
        title = text(),
        text = text(),
    )
