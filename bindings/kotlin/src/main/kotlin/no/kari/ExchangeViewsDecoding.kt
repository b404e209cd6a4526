// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Decoder.progress(): Progress =
    Progress(
        requests = long(),
        sent = long(),
        received = long(),
        recordsDone = long(),
        recordsWanted = long(),
        chunksUp = long(),
        chunksDown = long(),
    )

internal fun Decoder.newFinding(): NewFinding =
    NewFinding(
        id = digest(),
        record = recordId(),
        rule = text(),
        severity = int(),
        title = text(),
    )

internal fun Decoder.syncReport(): SyncReport =
    SyncReport(
        complete = flag(),
        progress = there { progress() },
        returned = long(),
        quarantined = long(),
        bytesUp = long(),
        bytesDown = long(),
        findings = list { newFinding() },
        recordsHidden = long(),
        recordsPurged = long(),
        attachmentsSent = long(),
        attachmentsFetched = long(),
        attachmentsWaiting = long(),
        newEpoch = flag(),
        serverRecovering = flag(),
        problems = list { text() },
    )

internal fun Decoder.quarantined(): Quarantined =
    Quarantined(
        change = changeId(),
        record = recordId(),
        reason = text(),
        advice = text(),
    )

internal fun Decoder.drugFacts(): DrugFacts =
    DrugFacts(
        name = text(),
        label = text(),
        date = calendarDate(),
        daysOld = int(),
        compiledIn = flag(),
        told = text(),
        toldToDo = text(),
    )

internal fun Decoder.syncStatus(): SyncStatus =
    SyncStatus(
        unsent = long(),
        unsecured = long(),
        accessUnsent = long(),
        lastComplete = instant(),
        serverMinusWall = length(),
        serverRecovering = flag(),
        pack = there { drugFacts() },
        quarantined = list { quarantined() },
    )

internal fun Decoder.proof(): Proof =
    Proof(
        sound = flag(),
        records = long(),
        changes = long(),
        streams = long(),
        seals = long(),
        unprovenSeals = long(),
        accessEntries = long(),
        problems = list { text() },
    )
