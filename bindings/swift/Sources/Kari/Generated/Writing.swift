// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension Tablet {
    /// A note, to be edited until it is signed.
    @discardableResult
    public func writeNote(
        _ entry: NoteEntry,
        in record: RecordId
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_note_write(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Errors: ``KariError/Code/signedTextIsFinal``, ``KariError/Code/notTheAuthor``.
    @discardableResult
    public func editNote(_ entry: NoteEntry, token: String) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_note_edit(
                    call.device,
                    call.lent.text(token),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Errors: ``KariError/Code/signedTextIsFinal``, ``KariError/Code/notTheAuthor``.
    @discardableResult
    public func signNote(_ token: String) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_note_sign(call.device, call.lent.text(token), $0, call.error)
            }
        }
    }

    /// A new note that points at a signed one.
    @discardableResult
    public func addend(_ entry: NoteEntry, token: String) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_note_addend(
                    call.device,
                    call.lent.text(token),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Keeps what is not written yet, under a key of the app's. It is local to this tablet and its
    /// author, and no note. Its date is not kept.
    public func saveDraft(
        _ entry: NoteEntry,
        key: String,
        in record: RecordId
    ) async throws(KariError) {
        try await call { call in
            call.done {
                kari_draft_save(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.text(key),
                    call.lent.one(entry.lent(call.lent)),
                    call.error
                )
            }
        }
    }

    /// What was kept under the key; nil where there is none.
    public func draft(of record: RecordId, key: String) async throws(KariError) -> Draft? {
        try await call { call in
            call.maybeView(Draft.init) {
                kari_draft_read(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.text(key),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Forgets what was kept under the key.
    public func dropDraft(of record: RecordId, key: String) async throws(KariError) {
        try await call { call in
            call.done {
                kari_draft_drop(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.text(key),
                    call.error
                )
            }
        }
    }

    /// Answers a finding. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func resolveFinding(_ answer: FindingAnswer) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_finding_resolve(
                    call.device,
                    call.lent.one(answer.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Puts a finding off until a moment, when it is open again by the clock of each tablet.
    /// Errors: ``KariError/Code/reasonRequired``, ``KariError/Code/valueOutOfRange`` (a moment that
    /// is past).
    @discardableResult
    public func deferFinding(
        _ token: String,
        until: Moment,
        reason: String
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_finding_defer(
                    call.device,
                    call.lent.text(token),
                    call.lent.one(until.lent(call.lent)),
                    call.lent.text(reason),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Names who is to answer a finding.
    @discardableResult
    public func assignFinding(
        _ token: String,
        person: PersonId
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_finding_assign(
                    call.device,
                    call.lent.text(token),
                    call.lent.one(person.c),
                    $0,
                    call.error
                )
            }
        }
    }
}
