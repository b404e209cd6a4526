// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

import kotlin.time.Instant

/** The caseload. Errors: [KariError.LeaseEnded], [KariError.ReasonRequired]. */
public suspend fun Tablet.patients(access: Access? = null): Outcome<Patients> =
    call(Native::patientsRead, { maybe(access) { access(it) } }) { there { patients() } }

/**
 * The chart of a record and of those linked to it; show `age` and `missing` with it. Errors:
 * [KariError.NotFound], [KariError.LeaseEnded], [KariError.ReasonRequired],
 * [KariError.NotPermitted].
 */
public suspend fun Tablet.chart(record: RecordId, access: Access? = null): Outcome<Chart> =
    call(Native::chartRead, {
        maybe(record) { id(it) }
        maybe(access) { access(it) }
    }) { there { chart() } }

/**
 * The doses of a date; null: today. Needs [chart] in this sign-in. Errors:
 * [KariError.NotPermitted], [KariError.NotFound], [KariError.Malformed] (no such date).
 */
public suspend fun Tablet.round(record: RecordId, date: CalendarDate? = null): Outcome<Round> =
    call(Native::roundRead, {
        maybe(record) { id(it) }
        maybe(date) { calendarDate(it) }
    }) { there { round() } }

/**
 * Open findings, and answered ones as far back as the chart reaches. Needs [chart] in this
 * sign-in. Errors: [KariError.NotPermitted].
 */
public suspend fun Tablet.findings(record: RecordId): Outcome<List<Finding>> =
    call(Native::findingsRead, { maybe(record) { id(it) } }) { there { list { finding() } } }

/** One finding in full: who said what, and what they had seen. Errors: as [chart]. */
public suspend fun Tablet.findingCase(
    finding: String,
    access: Access? = null,
): Outcome<FindingCase> =
    call(Native::caseRead, {
        text(finding)
        maybe(access) { access(it) }
    }) { there { findingCase() } }

/**
 * Older items of a kind that the chart's complete_since names, newest first, at most 200 at a
 * time. `before`: the last page's `next`; null: from the newest. Errors: [KariError.NotPermitted].
 */
public suspend fun Tablet.history(
    record: RecordId,
    kind: String,
    before: HistoryMark? = null,
    limit: Int,
): Outcome<History> =
    call(Native::historyRead, {
        maybe(record) { id(it) }
        text(kind)
        maybe(before) { historyMark(it) }
        size(limit)
    }) { there { history() } }

/**
 * Has the next sync bring what is at the server alone, back to a moment (null: all). Says whether
 * there is any. Errors: [KariError.NotPermitted].
 */
public suspend fun Tablet.wantHistory(record: RecordId, backTo: Instant? = null): Outcome<Boolean> =
    call(Native::historyWant, { maybe(record) { id(it) }; instant(backTo) }) { flag() }

/** All that is here, as a FHIR R4 Bundle. Errors: as [chart]. */
public suspend fun Tablet.exportFhir(record: RecordId, access: Access? = null): Outcome<String> =
    call(Native::fhirRead, {
        maybe(record) { id(it) }
        maybe(access) { access(it) }
    }) { there { text() } }

/** What waits here, and the drug facts. */
public suspend fun Tablet.syncStatus(): Outcome<SyncStatus> =
    call(Native::syncStatusRead) { there { syncStatus() } }

/** Recomputes every digest, chain and seal that is held. Blocks long. */
public suspend fun Tablet.verify(): Outcome<Proof> =
    call(Native::proofRead) { there { proof() } }

/**
 * Equal on every replica that holds the same changes of the record. Errors: [KariError.NotFound].
 */
public suspend fun Tablet.stateDigest(record: RecordId): Outcome<Digest> =
    call(Native::stateDigest, { maybe(record) { id(it) } }) { digest() }

/** Every citizen's record that is held here. */
public suspend fun Tablet.heldRecords(): Outcome<List<RecordId>> =
    call(Native::recordsRead) { there { list { recordId() } } }
