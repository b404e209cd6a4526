// SPDX-License-Identifier: Apache-2.0
#if canImport(Security) && canImport(CryptoKit)
    import CryptoKit
    import Foundation
    import Security

    /// Keys in the Secure Enclave where the machine has one, else in the keychain; values in the
    /// keychain. Nothing of it leaves this machine: no item is synchronised or restored from a
    /// backup, so that a database which is put back elsewhere is of no use.
    ///
    /// Written, and never compiled yet: see bindings/README.md.
    public final class AppleKeyStore: KeyStore {
        private let service: String
        private let group: String?
        private let accessible: String

        /// - Parameters:
        ///   - service: names the tablet among those of the app.
        ///   - group: a keychain access group, for an app with extensions.
        ///   - afterFirstUnlock: keys are there from the first unlock of the machine on, so that a
        ///     sync may run in the background while its screen is locked; else only while it is
        ///     unlocked.
        public init(service: String, group: String? = nil, afterFirstUnlock: Bool = false) {
            self.service = service
            self.group = group
            accessible =
                (afterFirstUnlock
                ? kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
                : kSecAttrAccessibleWhenUnlockedThisDeviceOnly) as String
        }

        /// As ``KeyStore/makeSigningKey(_:)``.
        public func makeSigningKey(_ name: String) throws(KeyStoreError) {
            if (try? key(signing(name))) != nil { throw .alreadyExists }
            _ = try newKey(signing(name))
        }

        /// As ``KeyStore/publicKey(_:)``.
        public func publicKey(_ name: String) throws(KeyStoreError) -> Data {
            guard let known = SecKeyCopyPublicKey(try key(signing(name))),
                let point = SecKeyCopyExternalRepresentation(known, nil) as Data?
            else { throw .failed }
            return point
        }

        /// As ``KeyStore/sign(_:digest:)``.
        public func sign(_ name: String, digest: Data) throws(KeyStoreError) -> Data {
            let algorithm = SecKeyAlgorithm.ecdsaSignatureDigestX962SHA256
            let key = try key(signing(name))
            guard let der = SecKeyCreateSignature(key, algorithm, digest as CFData, nil) as Data?,
                let made = try? P256.Signing.ECDSASignature(derRepresentation: der)
            else { throw .failed }
            return made.rawRepresentation
        }

        /// As ``KeyStore/wrap(_:)``.
        public func wrap(_ plain: Data) throws(KeyStoreError) -> Data {
            let wrapping = try (try? key(wrappingTag)) ?? newKey(wrappingTag)
            guard let known = SecKeyCopyPublicKey(wrapping),
                let bytes = SecKeyCreateEncryptedData(known, Self.cipher, plain as CFData, nil)
            else { throw .failed }
            return bytes as Data
        }

        /// As ``KeyStore/unwrap(_:)``.
        public func unwrap(_ wrapped: Data) throws(KeyStoreError) -> Data {
            let wrapping = try key(wrappingTag)
            guard
                let bytes = SecKeyCreateDecryptedData(
                    wrapping, Self.cipher, wrapped as CFData, nil)
            else { throw .malformed }
            return bytes as Data
        }

        /// As ``KeyStore/save(_:value:)``.
        public func save(_ name: String, value: Data) throws(KeyStoreError) {
            guard value.count <= 4096 else { throw .tooLarge }
            let item = self.item(name)
            let anew = [kSecValueData as String: value]
            var status = SecItemUpdate(item as CFDictionary, anew as CFDictionary)
            if status == errSecItemNotFound {
                var whole = item.merging(anew) { $1 }
                whole[kSecAttrAccessible as String] = accessible
                status = SecItemAdd(whole as CFDictionary, nil)
            }
            try Self.told(status)
        }

        /// As ``KeyStore/load(_:)``.
        public func load(_ name: String) throws(KeyStoreError) -> Data {
            var found: CFTypeRef?
            var asked = item(name)
            asked[kSecReturnData as String] = true
            try Self.told(SecItemCopyMatching(asked as CFDictionary, &found))
            guard let value = found as? Data else { throw .failed }
            return value
        }

        /// As ``KeyStore/erase(_:)``.
        public func erase(_ name: String) throws(KeyStoreError) {
            for one in [item(name), keyItem(signing(name))] {
                let status = SecItemDelete(one as CFDictionary)
                if status != errSecItemNotFound { try Self.told(status) }
            }
        }

        private static let cipher =
            SecKeyAlgorithm.eciesEncryptionCofactorVariableIVX963SHA256AESGCM

        private var wrappingTag: String { "\(service).wrapping" }

        private func signing(_ name: String) -> String { "\(service).signing.\(name)" }

        private func item(_ name: String) -> [String: Any] {
            owned([
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: service,
                kSecAttrAccount as String: name,
                kSecAttrSynchronizable as String: false,
                kSecUseDataProtectionKeychain as String: true,
            ])
        }

        private func keyItem(_ tag: String) -> [String: Any] {
            owned([
                kSecClass as String: kSecClassKey,
                kSecAttrApplicationTag as String: Data(tag.utf8),
                kSecAttrKeyType as String: kSecAttrKeyTypeECSECPrimeRandom,
                kSecUseDataProtectionKeychain as String: true,
            ])
        }

        private func owned(_ item: [String: Any]) -> [String: Any] {
            guard let group else { return item }
            return item.merging([kSecAttrAccessGroup as String: group]) { $1 }
        }

        private func key(_ tag: String) throws(KeyStoreError) -> SecKey {
            var found: CFTypeRef?
            var asked = keyItem(tag)
            asked[kSecReturnRef as String] = true
            try Self.told(SecItemCopyMatching(asked as CFDictionary, &found))
            guard let found, CFGetTypeID(found) == SecKeyGetTypeID() else { throw .failed }
            return found as! SecKey
        }

        private func newKey(_ tag: String) throws(KeyStoreError) -> SecKey {
            let access = SecAccessControlCreateWithFlags(
                nil, accessible as CFString, .privateKeyUsage, nil)
            guard let access else { throw .failed }
            var attributes: [String: Any] = [
                kSecAttrKeyType as String: kSecAttrKeyTypeECSECPrimeRandom,
                kSecAttrKeySizeInBits as String: 256,
                kSecUseDataProtectionKeychain as String: true,
                kSecPrivateKeyAttrs as String: owned([
                    kSecAttrIsPermanent as String: true,
                    kSecAttrApplicationTag as String: Data(tag.utf8),
                    kSecAttrAccessControl as String: access,
                ]),
            ]
            if SecureEnclave.isAvailable {
                attributes[kSecAttrTokenID as String] = kSecAttrTokenIDSecureEnclave
            }
            guard let made = SecKeyCreateRandomKey(attributes as CFDictionary, nil) else {
                throw .failed
            }
            return made
        }

        private static func told(_ status: OSStatus) throws(KeyStoreError) {
            switch status {
            case errSecSuccess: return
            case errSecItemNotFound: throw .notFound
            case errSecDuplicateItem: throw .alreadyExists
            case errSecDiskFull: throw .storageFull
            default: throw .failed
            }
        }
    }
#endif
