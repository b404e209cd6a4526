// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension Tablet {
    /// An allergy or intolerance that somebody told of or saw.
    @discardableResult
    public func addAllergy(
        _ entry: AllergyEntry,
        in record: RecordId
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_allergy_add(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// New evidence, which a refutation that did not see it cannot end.
    @discardableResult
    public func addAllergyEvidence(
        _ entry: AllergyEntry,
        token: String
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_allergy_evidence_add(
                    call.device,
                    call.lent.text(token),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// It never was. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func refuteAllergy(_ token: String, reason: String) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_allergy_refute(
                    call.device,
                    call.lent.text(token),
                    call.lent.text(reason),
                    $0,
                    call.error
                )
            }
        }
    }

    /// It was written by mistake. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func retractAllergy(_ token: String, reason: String) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_allergy_retract(
                    call.device,
                    call.lent.text(token),
                    call.lent.text(reason),
                    $0,
                    call.error
                )
            }
        }
    }

    /// A record for somebody nobody here can identify yet, in the unit's caseload at once.
    @discardableResult
    public func createRecord(_ patient: NewPatient) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_record_create(
                    call.device,
                    call.lent.one(patient.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Somebody came: a fact, planned or not.
    @discardableResult
    public func startVisit(
        _ entry: VisitEntry,
        in record: RecordId
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_visit_start(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Somebody came, and no visit came of it.
    @discardableResult
    public func hinderedVisit(
        _ entry: VisitEntry,
        hindrance: Hindrance,
        in record: RecordId
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_visit_hindered(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.one(entry.lent(call.lent)),
                    hindrance.rawValue,
                    $0,
                    call.error
                )
            }
        }
    }

    /// The visit is over.
    @discardableResult
    public func endVisit(
        _ token: String,
        ends: Moment? = nil,
        note: String
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_visit_end(
                    call.device,
                    call.lent.text(token),
                    call.lent.maybe(ends) { $0.lent(call.lent) },
                    call.lent.text(note),
                    $0,
                    call.error
                )
            }
        }
    }

    /// What was done by a plan, or not. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func recordAct(_ entry: ActEntry, kind: ActKind) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_act_record(
                    call.device,
                    kind.rawValue,
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Ends or takes back what a token names. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func endCare(
        _ what: Ending,
        token: String,
        reason: String
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_care_end(
                    call.device,
                    what.rawValue,
                    call.lent.text(token),
                    call.lent.text(reason),
                    $0,
                    call.error
                )
            }
        }
    }

    /// A task for somebody.
    @discardableResult
    public func addTask(
        _ entry: TaskEntry,
        in record: RecordId
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_task_add(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }
}
