// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import Kari

/// Between a tablet and its server. From ``hold()`` on it keeps back what the server says.
final class Relay: Sendable {
    private let listener: Int32
    let address: String
    private let holds = Shared(false)
    private let letGo = DispatchSemaphore(value: 0)
    private let heldOnes: AsyncStream<Void>
    private let tellHeld: AsyncStream<Void>.Continuation

    init() throws {
        (heldOnes, tellHeld) = AsyncStream.makeStream()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &name) { name in
            name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(listener, name, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, name, &size) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        address = "https://localhost:\(UInt16(bigEndian: name.sin_port))"
        let server = UInt16(Ward.server.split(separator: ":").last!)!
        Thread.detachNewThread { [self] in
            while case let near = accept(listener, nil, nil), near >= 0 {
                guard let far = Self.connected(server) else { return }
                Thread.detachNewThread { self.pump(near, far, ofServer: false) }
                Thread.detachNewThread { self.pump(far, near, ofServer: true) }
            }
        }
    }

    func hold() { holds.with { $0 = true } }

    /// Until something was held back.
    func held() async {
        for await _ in heldOnes { break }
    }

    func close() {
        holds.with { $0 = false }
        for _ in 0..<100 { letGo.signal() }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func connected(_ port: UInt16) -> Int32? {
        let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        name.sin_port = port.bigEndian
        let done = withUnsafePointer(to: &name) { name in
            name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(far, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        return done ? far : nil
    }

    private func pump(_ from: Int32, _ to: Int32, ofServer: Bool) {
        var room = [UInt8](repeating: 0, count: 4096)
        while case let size = recv(from, &room, room.count, 0), size > 0 {
            if ofServer, holds.with({ $0 }) {
                tellHeld.yield()
                letGo.wait()
            }
            guard send(to, room, size, Int32(MSG_NOSIGNAL)) == size else { break }
        }
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }
}
