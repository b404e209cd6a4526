// SPDX-License-Identifier: Apache-2.0
#if canImport(Darwin)
    import Foundation

    extension Place {
        /// A place in the app's own support folder, which no backup takes along and which the
        /// system encrypts while the machine is locked.
        ///
        /// Written, and never compiled yet: see bindings/README.md.
        public static func protected(
            _ name: String,
            keyStore: any KeyStore,
            afterFirstUnlock: Bool = false,
            language: Language = .nb
        ) throws -> Place {
            let files = FileManager.default
            var folder = try files.url(
                for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil,
                create: true
            ).appendingPathComponent(name, isDirectory: true)
            #if os(iOS)
                let attributes: [FileAttributeKey: Any] = [
                    .protectionKey: afterFirstUnlock
                        ? FileProtectionType.completeUntilFirstUserAuthentication
                        : FileProtectionType.complete
                ]
            #else
                let attributes: [FileAttributeKey: Any] = [:]
            #endif
            try files.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: attributes)
            var values = URLResourceValues()
            values.isExcludedFromBackup = true
            try folder.setResourceValues(values)
            return Place(
                directory: folder.appendingPathComponent("tablet").path, language: language,
                keyStore: keyStore)
        }
    }
#endif
