// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import Kari

/// A key store in memory: P-256 of the OpenSSL that the core has loaded already.
final class OpenSslKeys: KeyStore {
    private struct Held: @unchecked Sendable {
        var keys: [String: OpaquePointer] = [:]
        var values: [String: Data] = [:]
        var signed = 0
    }

    private let held = Shared(Held())
    private let pad = Data((0..<64).map { UInt8($0) &* 37 })

    var signed: Int { held.with { $0.signed } }

    func makeSigningKey(_ name: String) throws(KeyStoreError) {
        let made = held.with { held -> Bool in
            guard held.keys[name] == nil else { return false }
            let key = LibCrypto.newKey(415)  // P-256
            _ = LibCrypto.generate(key)
            held.keys[name] = key
            return true
        }
        if !made { throw .alreadyExists }
    }

    func publicKey(_ name: String) throws(KeyStoreError) -> Data {
        let key = try key(name)
        var point = [UInt8](repeating: 0, count: 65)
        let size = LibCrypto.pointBytes(
            LibCrypto.group(key), LibCrypto.point(key), 4, &point, point.count, nil)
        guard size == 65 else { throw .failed }
        return Data(point)
    }

    func sign(_ name: String, digest: Data) throws(KeyStoreError) -> Data {
        let key = try key(name)
        guard digest.count == 32, let made = LibCrypto.sign(Array(digest), 32, key) else {
            throw .failed
        }
        defer { LibCrypto.freeSignature(made) }
        held.with { $0.signed += 1 }
        var bytes = [UInt8](repeating: 0, count: 64)
        var r: OpaquePointer?
        var s: OpaquePointer?
        LibCrypto.parts(made, &r, &s)
        bytes.withUnsafeMutableBufferPointer { room in
            _ = LibCrypto.padded(r, room.baseAddress!, 32)
            _ = LibCrypto.padded(s, room.baseAddress! + 32, 32)
        }
        return Data(bytes)
    }

    private func key(_ name: String) throws(KeyStoreError) -> OpaquePointer {
        struct Key: @unchecked Sendable { let pointer: OpaquePointer? }
        guard let key = held.with({ Key(pointer: $0.keys[name]) }).pointer else { throw .notFound }
        return key
    }

    /// No cipher: a test asks only whether what was wrapped comes back to be unwrapped.
    func wrap(_ plain: Data) throws(KeyStoreError) -> Data { Data("w".utf8) + turned(plain) }

    func unwrap(_ wrapped: Data) throws(KeyStoreError) -> Data {
        guard wrapped.first == UInt8(ascii: "w") else { throw .malformed }
        return turned(wrapped.dropFirst())
    }

    private func turned(_ bytes: Data) -> Data {
        Data(bytes.enumerated().map { $1 ^ pad[$0 % pad.count] })
    }

    func save(_ name: String, value: Data) throws(KeyStoreError) {
        guard value.count <= 4096 else { throw .tooLarge }
        held.with { $0.values[name] = value }
    }

    func load(_ name: String) throws(KeyStoreError) -> Data {
        guard let value = held.with({ $0.values[name] }) else { throw .notFound }
        return value
    }

    func erase(_ name: String) throws(KeyStoreError) {
        held.with { held in
            held.values[name] = nil
            held.keys[name] = nil
        }
    }
}

/// What is used of libcrypto.so.3, which has no module in Swift.
private enum LibCrypto {
    typealias Key = OpaquePointer
    private static func found<Function>(_ name: String, as: Function.Type) -> Function {
        let library = dlopen("libcrypto.so.3", RTLD_NOW)
        return unsafeBitCast(dlsym(library, name)!, to: Function.self)
    }

    static func newKey(_ curve: Int32) -> Key {
        found("EC_KEY_new_by_curve_name", as: (@convention(c) (Int32) -> Key?).self)(curve)!
    }

    static func generate(_ key: Key) -> Int32 {
        found("EC_KEY_generate_key", as: (@convention(c) (Key) -> Int32).self)(key)
    }

    static func group(_ key: Key) -> OpaquePointer? {
        found("EC_KEY_get0_group", as: (@convention(c) (Key) -> OpaquePointer?).self)(key)
    }

    static func point(_ key: Key) -> OpaquePointer? {
        found("EC_KEY_get0_public_key", as: (@convention(c) (Key) -> OpaquePointer?).self)(key)
    }

    static func pointBytes(
        _ group: OpaquePointer?, _ point: OpaquePointer?, _ form: Int32,
        _ room: UnsafeMutablePointer<UInt8>, _ size: Int, _ context: OpaquePointer?
    ) -> Int {
        typealias Function = @convention(c) (
            OpaquePointer?, OpaquePointer?, Int32, UnsafeMutablePointer<UInt8>, Int, OpaquePointer?
        ) -> Int
        return found("EC_POINT_point2oct", as: Function.self)(
            group, point, form, room, size, context)
    }

    static func sign(_ digest: [UInt8], _ size: Int32, _ key: Key) -> OpaquePointer? {
        typealias Function = @convention(c) (UnsafePointer<UInt8>, Int32, Key) -> OpaquePointer?
        return found("ECDSA_do_sign", as: Function.self)(digest, size, key)
    }

    static func freeSignature(_ signature: OpaquePointer) {
        found("ECDSA_SIG_free", as: (@convention(c) (OpaquePointer) -> Void).self)(signature)
    }

    static func parts(
        _ signature: OpaquePointer, _ r: UnsafeMutablePointer<OpaquePointer?>,
        _ s: UnsafeMutablePointer<OpaquePointer?>
    ) {
        typealias Function = @convention(c) (
            OpaquePointer, UnsafeMutablePointer<OpaquePointer?>,
            UnsafeMutablePointer<OpaquePointer?>
        ) -> Void
        found("ECDSA_SIG_get0", as: Function.self)(signature, r, s)
    }

    static func padded(
        _ number: OpaquePointer?, _ room: UnsafeMutablePointer<UInt8>, _ size: Int32
    ) -> Int32 {
        typealias Function = @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UInt8>, Int32
        ) -> Int32
        return found("BN_bn2binpad", as: Function.self)(number, room, size)
    }
}
