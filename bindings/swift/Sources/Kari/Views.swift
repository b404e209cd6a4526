// SPDX-License-Identifier: Apache-2.0
import CKari
import Foundation

// How what C answers becomes what Swift has. Nothing of a view is kept: it is given back at once.

extension String {
    init(_ from: kari_text) {
        self.init(
            decoding: UnsafeRawBufferPointer(start: from.data, count: from.size), as: UTF8.self)
    }
}

func maybe<C, Value>(_ from: UnsafePointer<C>?, _ read: (UnsafePointer<C>) -> Value) -> Value? {
    from.map(read)
}

func list<C, Value>(
    _ count: Int,
    _ rows: UnsafePointer<C>?,
    _ read: (UnsafePointer<C>) -> Value
) -> [Value] {
    guard let rows else { return [] }
    return (0..<count).map { read(rows + $0) }
}

func pointers<C, Value>(
    _ count: Int,
    _ rows: UnsafePointer<UnsafePointer<C>?>?,
    _ read: (UnsafePointer<C>) -> Value
) -> [Value] {
    guard let rows else { return [] }
    return (0..<count).compactMap { rows[$0].map(read) }
}

extension Int {
    /// Where C says -1, there is no number.
    var orNil: Int? { self < 0 ? nil : self }
}

/// KARI_NO_TIME.
private let noTime = Int64.min

func instant(_ ms: Int64) -> Date? {
    ms == noTime ? nil : Date(timeIntervalSince1970: Double(ms) / 1000)
}

func length(_ ms: Int64) -> Duration? {
    ms == noTime ? nil : .milliseconds(ms)
}

/// Of a date that no millisecond can tell, the last one that one can.
func milliseconds(_ date: Date?) -> Int64 {
    guard let date else { return noTime }
    let ms = (date.timeIntervalSince1970 * 1000).rounded()
    return Int64(exactly: ms) ?? (ms < 0 ? noTime + 1 : .max)
}
