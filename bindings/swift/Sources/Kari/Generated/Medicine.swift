// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension Tablet {
    /// A measurement. Errors: ``KariError/Code/confirmationRequired``,
    /// ``KariError/Code/valueOutOfRange``, ``KariError/Code/unitUnknown``,
    /// ``KariError/Code/reasonRequired`` (entry/late: more than a day ago; say why in the note).
    @discardableResult
    public func recordObservation(
        _ entry: ObservationEntry,
        in record: RecordId
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_observation_record(
                    call.device,
                    call.lent.one(record.c),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Says a measurement anew. Errors: ``KariError/Code/confirmationRequired``,
    /// ``KariError/Code/valueOutOfRange``, ``KariError/Code/unitUnknown``,
    /// ``KariError/Code/reasonRequired`` (entry/late: more than a day ago; say why in the note).
    @discardableResult
    public func correctObservation(
        _ entry: ObservationEntry,
        token: String
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_observation_correct(
                    call.device,
                    call.lent.text(token),
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// It was written by mistake. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func retractObservation(
        _ token: String,
        reason: String
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_observation_retract(
                    call.device,
                    call.lent.text(token),
                    call.lent.text(reason),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Warnings that `give` will want an override for; writes nothing.
    public func checkDose(_ entry: DoseEntry) async throws(KariError) -> [Warning] {
        try await call { call in
            call.view({ pointers($0.pointee.count, $0.pointee.rows) { Warning($0) } }) {
                kari_dose_check(call.device, call.lent.one(entry.lent(call.lent)), $0, call.error)
            }
        }
    }

    /// A dose that was given. Errors: ``KariError/Code/reasonRequired`` (its rules are named: say
    /// why, call again; a note answers entry/late as well), ``KariError/Code/valueOutOfRange``.
    @discardableResult
    public func give(_ entry: DoseEntry) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_dose_give(call.device, call.lent.one(entry.lent(call.lent)), $0, call.error)
            }
        }
    }

    /// A dose that was not given. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func notGiven(_ entry: NotGivenEntry) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_dose_not_given(
                    call.device,
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Says a dose anew. Errors: ``KariError/Code/reasonRequired``,
    /// ``KariError/Code/invalidArgument``.
    @discardableResult
    public func correctDose(_ entry: DoseCorrection) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_dose_correct(call.device, call.lent.one(entry.lent(call.lent)), $0, call.error)
            }
        }
    }

    /// Stops an order, here and everywhere at once. Errors: ``KariError/Code/reasonRequired``.
    @discardableResult
    public func stopOrder(_ token: String, reason: String) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_order_stop(
                    call.device,
                    call.lent.text(token),
                    call.lent.text(reason),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Waits for the server; the order stands as it was until then. Errors:
    /// ``KariError/Code/reasonRequired``.
    @discardableResult
    public func proposePrescription(
        _ proposal: PrescriptionProposal
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_prescription_propose(
                    call.device,
                    call.lent.one(proposal.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Whoever is signed in has looked at drug, amount, way and time of a dose that another gave.
    /// Errors: ``KariError/Code/invalidArgument`` (an own dose).
    @discardableResult
    public func checkGivenDose(_ token: String, note: String) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_dose_check_given(
                    call.device,
                    call.lent.text(token),
                    call.lent.text(note),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Asks the server, at the next exchange, to promise this tablet doses of a medicine as needed.
    /// Errors: ``KariError/Code/valueOutOfRange``, ``KariError/Code/invalidArgument`` (the pack
    /// asks for none of that drug).
    @discardableResult
    public func askAllowance(_ entry: AllowanceAsk) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_allowance_ask_for(
                    call.device,
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Gives back what is left; the reason may be empty. Errors: ``KariError/Code/notPermitted``
    /// (another tablet holds it), ``KariError/Code/invalidArgument`` (it was given back before).
    @discardableResult
    public func returnAllowance(
        _ token: String,
        reason: String
    ) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_allowance_return(
                    call.device,
                    call.lent.text(token),
                    call.lent.text(reason),
                    $0,
                    call.error
                )
            }
        }
    }

    /// A patch is off. Errors: ``KariError/Code/invalidArgument`` (the dose put none on),
    /// ``KariError/Code/reasonRequired``.
    @discardableResult
    public func takeOffPatch(_ entry: PatchOffEntry) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_patch_take_off(
                    call.device,
                    call.lent.one(entry.lent(call.lent)),
                    $0,
                    call.error
                )
            }
        }
    }

    /// A dose came up again: a fact beside it. It counts as taken and its slot stays closed; `told`
    /// says whom to ask before it is given again. Errors: ``KariError/Code/invalidArgument``
    /// (nobody says that the dose was taken), ``KariError/Code/reasonRequired``.
    @discardableResult
    public func doseVomited(_ entry: VomitedEntry) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_dose_vomited(call.device, call.lent.one(entry.lent(call.lent)), $0, call.error)
            }
        }
    }

    /// Whether a dose helped: a fact beside it. Errors: as `doseVomited`.
    @discardableResult
    public func doseEffect(_ entry: EffectEntry) async throws(KariError) -> Written {
        try await call { call in
            call.view(Written.init) {
                kari_dose_effect(call.device, call.lent.one(entry.lent(call.lent)), $0, call.error)
            }
        }
    }
}
