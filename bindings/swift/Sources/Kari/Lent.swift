// SPDX-License-Identifier: Apache-2.0
import CKari
import Foundation

/// What is lent to C for one call. It is wiped when the call is over: a PIN may be among it.
final class Lent {
    private var pieces: [UnsafeMutableRawBufferPointer] = []

    deinit {
        for piece in pieces {
            wipe(piece)
            piece.deallocate()
        }
    }

    func text(_ words: String) -> kari_text {
        var words = words
        return words.withUTF8 { bytes in
            guard bytes.count > 0 else { return kari_text() }
            let piece = room(bytes.count, 1)
            piece.copyMemory(from: UnsafeRawBufferPointer(bytes))
            return kari_text(
                data: piece.baseAddress?.assumingMemoryBound(to: CChar.self), size: bytes.count)
        }
    }

    func one<C>(_ value: C) -> UnsafePointer<C> {
        let place = places(1, of: C.self)
        place.initialize(to: value)
        return UnsafePointer(place)
    }

    func maybe<Value, C>(_ value: Value?, _ make: (Value) -> C) -> UnsafePointer<C>? {
        value.map { one(make($0)) }
    }

    func list<Value, C>(_ values: [Value], _ make: (Value) -> C) -> (Int, UnsafePointer<C>?) {
        guard !values.isEmpty else { return (0, nil) }
        let place = places(values.count, of: C.self)
        for (at, value) in values.enumerated() {
            (place + at).initialize(to: make(value))
        }
        return (values.count, UnsafePointer(place))
    }

    /// Empty says something else than nil: it is then no null.
    func maybeList<Value, C>(
        _ values: [Value]?, _ make: (Value) -> C
    ) -> (Int, UnsafePointer<C>?) {
        guard let values else { return (0, nil) }
        return values.isEmpty ? (0, UnsafePointer(places(1, of: C.self))) : list(values, make)
    }

    private func places<C>(_ count: Int, of: C.Type) -> UnsafeMutablePointer<C> {
        let piece = room(count * MemoryLayout<C>.stride, MemoryLayout<C>.alignment)
        return piece.bindMemory(to: C.self).baseAddress!
    }

    private func room(_ count: Int, _ alignment: Int) -> UnsafeMutableRawBufferPointer {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: alignment)
        pieces.append(piece)
        return piece
    }
}

/// In a way that no optimiser leaves out.
private func wipe(_ piece: UnsafeMutableRawBufferPointer) {
    guard let begin = piece.baseAddress else { return }
    #if canImport(Darwin)
        memset_s(begin, piece.count, 0, piece.count)
    #else
        explicit_bzero(begin, piece.count)
    #endif
}
