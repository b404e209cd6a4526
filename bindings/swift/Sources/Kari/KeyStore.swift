// SPDX-License-Identifier: Apache-2.0
import CKari
import Foundation

/// Holds what must not stand beside the database: Apple's keychain and Secure Enclave, or what an
/// app has. A name is 1 to 64 of a-z, 0-9, '.', '_' and '-'; a value is at most 4 KiB.
///
/// - **Durability:** what was stored is on the disk when the call returns.
/// - **Threads:** it is called on threads of the core, never on the main one, and must not call the
///   tablet.
public protocol KeyStore: Sendable {
    /// Makes the P-256 signing key of this name, replacing none: ``KeyStoreError/alreadyExists``.
    func makeSigningKey(_ name: String) throws(KeyStoreError)
    /// The uncompressed point: 65 bytes. ``KeyStoreError/notFound``.
    func publicKey(_ name: String) throws(KeyStoreError) -> Data
    /// ECDSA over a SHA-256 digest: r and s, 64 bytes. ``KeyStoreError/notFound``.
    func sign(_ name: String, digest: Data) throws(KeyStoreError) -> Data
    /// Under a key that never leaves the store.
    func wrap(_ plain: Data) throws(KeyStoreError) -> Data
    /// What ``wrap(_:)`` made; ``KeyStoreError/malformed`` when it is not from this store.
    func unwrap(_ wrapped: Data) throws(KeyStoreError) -> Data
    /// Keeps a small value, instead of an earlier one.
    func save(_ name: String, value: Data) throws(KeyStoreError)
    /// What was saved. ``KeyStoreError/notFound``.
    func load(_ name: String) throws(KeyStoreError) -> Data
    /// Erases the value and the signing key of this name; nothing where there is none.
    func erase(_ name: String) throws(KeyStoreError)
}

/// Why a key store did not do it.
public enum KeyStoreError: Int32, Error, Sendable {
    /// There is none of this name.
    case notFound = 2
    /// There is one of this name.
    case alreadyExists = 3
    /// These bytes are not from this store.
    case malformed = 4
    /// More than 4 KiB.
    case tooLarge = 5
    /// There is no room.
    case storageFull = 20
    /// Anything else.
    case failed = 46
    /// The whole store is gone, and must not be made anew.
    case missing = 47
}

/// What C holds of a key store.
private final class Held: Sendable {
    let store: any KeyStore
    init(_ store: any KeyStore) { self.store = store }

    static func of(_ context: UnsafeMutableRawPointer?) -> any KeyStore {
        Unmanaged<Held>.fromOpaque(context!).takeUnretainedValue().store
    }
}

extension kari_key_store {
    /// C holds the store until it says that it is released.
    init(retaining store: any KeyStore) {
        self.init()
        struct_size = MemoryLayout<kari_key_store>.stride
        context = Unmanaged.passRetained(Held(store)).toOpaque()
        released = { context in Unmanaged<Held>.fromOpaque(context!).release() }
        make_signing_key = { context, name in
            done { () throws(KeyStoreError) in try Held.of(context).makeSigningKey(String(name)) }
        }
        public_key = { context, name, out in
            answer(out) { () throws(KeyStoreError) in
                try Held.of(context).publicKey(String(name))
            }
        }
        sign = { context, name, digest, out in
            answer(out) { () throws(KeyStoreError) in
                let bytes = withUnsafeBytes(of: digest!.pointee.bytes) { Data($0) }
                return try Held.of(context).sign(String(name), digest: bytes)
            }
        }
        wrap = { context, plain, out in
            answer(out) { () throws(KeyStoreError) in try Held.of(context).wrap(Data(plain)) }
        }
        unwrap = { context, wrapped, out in
            answer(out) { () throws(KeyStoreError) in try Held.of(context).unwrap(Data(wrapped)) }
        }
        save = { context, name, value in
            done { () throws(KeyStoreError) in
                try Held.of(context).save(String(name), value: Data(value))
            }
        }
        load = { context, name, out in
            answer(out) { () throws(KeyStoreError) in try Held.of(context).load(String(name)) }
        }
        erase = { context, name in
            done { () throws(KeyStoreError) in try Held.of(context).erase(String(name)) }
        }
    }
}

extension Data {
    fileprivate init(_ from: kari_bytes) { self.init(bytes: from.data, count: from.size) }
}

private func done(_ act: () throws(KeyStoreError) -> Void) -> kari_status {
    do throws(KeyStoreError) {
        try act()
        return kari_status(KARI_OK)
    } catch {
        return error.rawValue
    }
}

private func answer(
    _ out: UnsafeMutablePointer<kari_room>?,
    _ act: () throws(KeyStoreError) -> Data
) -> kari_status {
    done { () throws(KeyStoreError) in
        let bytes = try act()
        guard let out, bytes.count <= out.pointee.room else { throw .tooLarge }
        bytes.copyBytes(to: out.pointee.data, count: bytes.count)
        out.pointee.size = bytes.count
    }
}
