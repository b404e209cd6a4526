// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension Tablet {
    /// What holds now, signed in or not. Errors: ``KariError/Code/notFound`` (an unknown zone).
    public func state() async throws(KariError) -> TabletState {
        try await call { call in
            call.view(TabletState.init) {
                kari_device_state_read(call.device, $0, call.error)
            }
        }
    }

    /// Sets the language of the sentences in views.
    public func setLanguage(_ language: Language) async throws(KariError) {
        try await call { call in
            call.done {
                kari_device_set_language(call.device, language.rawValue, call.error)
            }
        }
    }

    /// Who can unlock this tablet; also while locked.
    public func nurses() async throws(KariError) -> [Nurse] {
        try await call { call in
            call.view({ pointers($0.pointee.count, $0.pointee.rows) { Nurse($0) } }) {
                kari_nurses_read(call.device, $0, call.error)
            }
        }
    }

    /// Whom the unit's directory lists.
    public func people() async throws(KariError) -> [Nurse] {
        try await call { call in
            call.view({ pointers($0.pointee.count, $0.pointee.rows) { Nurse($0) } }) {
                kari_people_read(call.device, $0, call.error)
            }
        }
    }

    /// Sets the PIN of the nurse who signed in within five minutes, and of no other. Blocks 0.3 s.
    /// Errors: ``KariError/Code/notPermitted``, ``KariError/Code/valueOutOfRange``.
    public func addNurse(_ person: PersonId, pin: String) async throws(KariError) {
        try await call { call in
            call.done {
                kari_nurse_add(
                    call.device,
                    call.lent.one(person.c),
                    call.lent.text(pin),
                    call.error
                )
            }
        }
    }

    /// Signs in, by PIN (0.3 s), or by the one-time code that the server made for her (the network,
    /// while somebody is signed in): then `addNurse`. Errors: ``KariError/Code/wrongPin``,
    /// ``KariError/Code/pinDelayed``, ``KariError/Code/wiped``, ``KariError/Code/notFound``,
    /// ``KariError/Code/notPermitted``, locked, ``KariError/Code/codeRefused``,
    /// ``KariError/Code/offline``, ``KariError/Code/timedOut``, ``KariError/Code/serverBusy``.
    @discardableResult
    public func unlock(_ person: PersonId, pin: String) async throws(KariError) -> SignedIn {
        try await call { call in
            call.view(SignedIn.init) {
                kari_device_unlock(
                    call.device,
                    call.lent.one(person.c),
                    call.lent.text(pin),
                    $0,
                    call.error
                )
            }
        }
    }

    /// Forgets the key. Errors: ``KariError/Code/inUse`` (from a callback).
    public func lock() async throws(KariError) {
        try await call { call in
            call.done {
                kari_device_lock(call.device, call.error)
            }
        }
    }
}
