// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari
import Foundation

extension Tablet {
    /// The caseload. Errors: ``KariError/Code/leaseEnded``, ``KariError/Code/reasonRequired``.
    public func patients(_ access: Access? = nil) async throws(KariError) -> Patients {
        try await call { call in
            call.view(Patients.init) {
                kari_patients_read(
                    call.device,
                    call.lent.maybe(access) { $0.lent(call.lent) },
                    $0,
                    call.error
                )
            }
        }
    }

    /// The chart of a record and of those linked to it; show `age` and `missing` with it. Errors:
    /// ``KariError/Code/notFound``, ``KariError/Code/leaseEnded``,
    /// ``KariError/Code/reasonRequired``, ``KariError/Code/notPermitted``.
    public func chart(of record: RecordId, access: Access? = nil) async throws(KariError) -> Chart {
        try await call { call in
            call.view(Chart.init) {
                kari_chart_read(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.maybe(access) { $0.lent(call.lent) },
                    $0,
                    call.error
                )
            }
        }
    }

    /// The doses of a date; nil: today. Needs `chart` in this sign-in. Errors:
    /// ``KariError/Code/notPermitted``, ``KariError/Code/notFound``, ``KariError/Code/malformed``
    /// (no such date).
    public func round(
        of record: RecordId,
        date: CalendarDate? = nil
    ) async throws(KariError) -> Round {
        try await call { call in
            call.view(Round.init) {
                kari_round_read(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.maybe(date) { $0.lent(call.lent) },
                    $0,
                    call.error
                )
            }
        }
    }

    /// Open findings, and answered ones as far back as the chart reaches. Needs `chart` in this
    /// sign-in. Errors: ``KariError/Code/notPermitted``.
    public func findings(of record: RecordId) async throws(KariError) -> [Finding] {
        try await call { call in
            call.view({ pointers($0.pointee.count, $0.pointee.rows) { Finding($0) } }) {
                kari_findings_read(call.device, call.lent.one(record.c), $0, call.error)
            }
        }
    }

    /// One finding in full: who said what, and what they had seen. Errors: as `chart`.
    public func findingCase(
        _ finding: String,
        access: Access? = nil
    ) async throws(KariError) -> FindingCase {
        try await call { call in
            call.view(FindingCase.init) {
                kari_case_read(
                    call.device,
                    call.lent.text(finding),
                    call.lent.maybe(access) { $0.lent(call.lent) },
                    $0,
                    call.error
                )
            }
        }
    }

    /// Older items of a kind that the chart's complete_since names, newest first, at most 200 at a
    /// time. `before`: the last page's `next`; nil: from the newest. Errors:
    /// ``KariError/Code/notPermitted``.
    public func history(
        of record: RecordId,
        kind: String,
        before: HistoryMark? = nil,
        limit: Int
    ) async throws(KariError) -> History {
        try await call { call in
            call.view(History.init) {
                kari_history_read(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.text(kind),
                    call.lent.maybe(before) { $0.lent(call.lent) },
                    max(0, limit),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Has the next sync bring what is at the server alone, back to a moment (nil: all). Says
    /// whether there is any. Errors: ``KariError/Code/notPermitted``.
    public func wantHistory(
        of record: RecordId,
        backTo: Date? = nil
    ) async throws(KariError) -> Bool {
        try await call { call in
            call.value(false, { $0 }) {
                kari_history_want(
                    call.device,
                    call.lent.one(record.c),
                    milliseconds(backTo),
                    $0,
                    call.error
                )
            }
        }
    }

    /// All that is here, as a FHIR R4 Bundle. Errors: as `chart`.
    public func exportFhir(
        of record: RecordId,
        access: Access? = nil
    ) async throws(KariError) -> String {
        try await call { call in
            call.view({ String($0.pointee.text) }) {
                kari_fhir_read(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.maybe(access) { $0.lent(call.lent) },
                    $0,
                    call.error
                )
            }
        }
    }

    /// What waits here, and the drug facts.
    public func syncStatus() async throws(KariError) -> SyncStatus {
        try await call { call in
            call.view(SyncStatus.init) {
                kari_sync_status_read(call.device, $0, call.error)
            }
        }
    }

    /// Recomputes every digest, chain and seal that is held. Blocks long.
    public func verify() async throws(KariError) -> Proof {
        try await call { call in
            call.view(Proof.init) {
                kari_proof_read(call.device, $0, call.error)
            }
        }
    }

    /// Equal on every replica that holds the same changes of the record. Errors:
    /// ``KariError/Code/notFound``.
    public func stateDigest(of record: RecordId) async throws(KariError) -> Digest {
        try await call { call in
            call.value(kari_digest(), Digest.init) {
                kari_state_digest(call.device, call.lent.one(record.c), $0, call.error)
            }
        }
    }

    /// Every citizen's record that is held here.
    public func heldRecords() async throws(KariError) -> [RecordId] {
        try await call { call in
            call.view({ list($0.pointee.count, $0.pointee.rows) { RecordId($0.pointee) } }) {
                kari_records_read(call.device, $0, call.error)
            }
        }
    }
}
