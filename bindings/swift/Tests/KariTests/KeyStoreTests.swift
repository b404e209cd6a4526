// SPDX-License-Identifier: Apache-2.0
import CKari
import Foundation
import Testing

@testable import Kari

/// Does as it is told, or fails as it is told.
private final class Failing: KeyStore {
    let error: KeyStoreError
    let answer: Data
    init(_ error: KeyStoreError, answer: Data = Data()) {
        self.error = error
        self.answer = answer
    }

    func makeSigningKey(_: String) throws(KeyStoreError) { throw error }
    func publicKey(_: String) throws(KeyStoreError) -> Data { throw error }
    func sign(_: String, digest: Data) throws(KeyStoreError) -> Data { throw error }
    func wrap(_: Data) throws(KeyStoreError) -> Data { answer }
    func unwrap(_: Data) throws(KeyStoreError) -> Data { answer }
    func save(_: String, value: Data) throws(KeyStoreError) { throw error }
    func load(_: String) throws(KeyStoreError) -> Data { throw error }
    func erase(_: String) throws(KeyStoreError) {}
}

extension Binding {
    @Suite struct KeyStoreTests {
        @Test("a tablet lives with the keys of an app's own store, and not without them")
        func ownStore() async throws {
            weak var released: OpenSslKeys?
            do {
                let keys = OpenSslKeys()
                released = keys
                var enrolment = Ward.enrolment("own-keys")
                enrolment.place.keyStore = keys
                let tablet = try await Tablet.enrol(enrolment)
                try await tablet.sync()
                let record = try await Ward.patient(tablet, "Bjarne")
                try await tablet.writeNote(NoteEntry(text: "B"), in: record)
                #expect(try await tablet.sync().progress.sent > 0)
                #expect(keys.signed > 0)
                await tablet.close()
                #expect(!FileManager.default.fileExists(atPath: "\(Ward.work)/own-keys.keys"))
                let again = try await Tablet.open(enrolment.place)
                try await again.unlock(Ward.nurse, pin: Ward.pin)
                #expect(try await again.verify().sound)
                await again.close()
                enrolment.place.keyStore = OpenSslKeys()
                let place = enrolment.place
                let error = await refused(nil) { () async throws(KariError) in
                    let other = try await Tablet.open(place)
                    return try await other.unlock(Ward.nurse, pin: Ward.pin)
                }
                #expect(error != nil)
            }
            await expectNothingLeft()
            #expect(released == nil)
        }

        @Test("a store that fails is told of as the key store")
        func failing() async throws {
            for (error, code) in [
                (KeyStoreError.failed, KariError.Code.keyStoreFailed), (.missing, .keyStoreMissing),
                (.storageFull, .storageFull),
            ] {
                var enrolment = Ward.enrolment("no-keys", code: Ward.spare)
                enrolment.place.keyStore = Failing(error)
                await refused(code) { [enrolment] () async throws(KariError) in
                    try await Tablet.enrol(enrolment)
                }
            }
        }

        @Test("what C asks of a store arrives, and what has no room is refused")
        func bridge() {
            let long = Failing(.notFound, answer: Data(repeating: 7, count: 10))
            let c = kari_key_store(retaining: long)
            defer { c.released(c.context) }
            let lent = Lent()
            var bytes = [UInt8](repeating: 0, count: 16)
            bytes.withUnsafeMutableBufferPointer { room in
                var out = kari_room(data: room.baseAddress, room: 16, size: 0)
                let plain = kari_bytes(data: room.baseAddress, size: 16)
                #expect(c.wrap(c.context, plain, &out) == KARI_OK)
                #expect(out.size == 10 && room[9] == 7 && room[10] == 0)
                out.room = 9
                let small = c.unwrap(c.context, plain, &out)
                #expect(small == kari_status(KARI_ERROR_TOO_LARGE))
                let none = c.load(c.context, lent.text("x"), &out)
                #expect(none == kari_status(KARI_ERROR_NOT_FOUND))
                #expect(c.erase(c.context, lent.text("x")) == KARI_OK)
            }
        }

        @Test("a struct of the key store that cannot be is refused")
        func wrongStructs() {
            for wrong in [0, 8, 4096] {
                var c = kari_key_store(retaining: OpenSslKeys())
                defer { c.released(c.context) }
                c.struct_size = wrong
                #expect(opened(c) == kari_status(KARI_ERROR_INVALID_ARGUMENT))
                c.struct_size = MemoryLayout<kari_key_store>.stride
                c.erase = nil
                #expect(opened(c) == kari_status(KARI_ERROR_INVALID_ARGUMENT))
            }
        }

        private func opened(_ store: kari_key_store) -> kari_status {
            let lent = Lent()
            var options = Ward.place("nowhere").lent(lent)
            options.key_store = lent.one(store)
            var out: OpaquePointer?
            return kari_device_open(&options, &out, nil)
        }

        @Test("a background sync runs for who is signed in, and never while locked")
        func background() async throws {
            let tablet = try await Ward.enrolled("background")
            #expect(try await tablet.syncUnlessLocked()?.complete == true)
            try await tablet.lock()
            #expect(try await tablet.syncUnlessLocked() == nil)
            await tablet.close()
        }
    }
}
