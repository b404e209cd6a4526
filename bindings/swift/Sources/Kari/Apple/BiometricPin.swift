// SPDX-License-Identifier: Apache-2.0
#if canImport(LocalAuthentication) && canImport(Security)
    import Foundation
    import LocalAuthentication
    import Security

    /// Keeps a nurse's PIN behind her face or finger, so that she need not type it in a doorway:
    ///
    /// ```swift
    /// let pin = try pins.pin(of: nurse, saying: "to open the charts")
    /// try await tablet.unlock(nurse, pin: pin)
    /// ```
    ///
    /// The core counts and delays wrong PINs as ever. An item is void when a face or finger is
    /// enrolled anew; whoever signs in with the PIN again may keep it again. A tablet that several
    /// nurses share enrols several faces or none: a unit decides whether this is used.
    ///
    /// Written, and never compiled yet: see bindings/README.md.
    public struct BiometricPins: Sendable {
        private let service: String

        /// `service` names the tablet among those of the app.
        public init(service: String) { self.service = service }

        /// Keeps a PIN that has just unlocked the tablet, instead of an earlier one.
        public func keep(_ pin: String, of nurse: PersonId) throws(KeyStoreError) {
            try forget(nurse)
            let access = SecAccessControlCreateWithFlags(
                nil, kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly, .biometryCurrentSet, nil)
            guard let access else { throw .failed }
            var item = item(nurse)
            item[kSecAttrAccessControl as String] = access
            item[kSecValueData as String] = Data(pin.utf8)
            guard SecItemAdd(item as CFDictionary, nil) == errSecSuccess else { throw .failed }
        }

        /// Asks for the face or finger, with these words. Blocks: not on the main thread.
        /// ``KeyStoreError/notFound`` where none is kept or the set of faces has changed: ask for
        /// the PIN.
        public func pin(of nurse: PersonId, saying words: String) throws(KeyStoreError) -> String {
            let context = LAContext()
            context.localizedReason = words
            var item = item(nurse)
            item[kSecUseAuthenticationContext as String] = context
            item[kSecReturnData as String] = true
            var found: CFTypeRef?
            switch SecItemCopyMatching(item as CFDictionary, &found) {
            case errSecSuccess: break
            case errSecItemNotFound: throw .notFound
            default: throw .failed
            }
            guard let bytes = found as? Data else { throw .failed }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Forgets a PIN: when a nurse leaves, or when it was refused.
        public func forget(_ nurse: PersonId) throws(KeyStoreError) {
            let status = SecItemDelete(item(nurse) as CFDictionary)
            guard status == errSecSuccess || status == errSecItemNotFound else { throw .failed }
        }

        private func item(_ nurse: PersonId) -> [String: Any] {
            [
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: "\(service).pin",
                kSecAttrAccount as String: nurse.description,
                kSecAttrSynchronizable as String: false,
                kSecUseDataProtectionKeychain as String: true,
            ]
        }
    }
#endif
