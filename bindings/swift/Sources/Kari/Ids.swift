// SPDX-License-Identifier: Apache-2.0
import CKari

/// The bytes of a name that means nothing but itself. No name holds personal data.
struct Opaque: Sendable, Hashable {
    let bytes: [UInt8]

    init<C>(of c: C) {
        bytes = withUnsafeBytes(of: c) { Array($0) }
    }

    /// Reads what ``text`` wrote.
    init?<C>(_ words: String, as zero: C) {
        let lent = Lent()
        var bytes = [UInt8](repeating: 0, count: MemoryLayout<C>.size)
        guard kari_id_parse(lent.text(words), &bytes, bytes.count) == KARI_OK else { return nil }
        self.bytes = bytes
    }

    var isNothing: Bool { bytes.allSatisfy { $0 == 0 } }

    var text: String {
        var room = [CChar](repeating: 0, count: 2 * bytes.count + 1)
        kari_id_text(bytes, bytes.count, &room)
        return String(decoding: room.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func copied<C>(_ zero: C) -> C {
        var to = zero
        withUnsafeMutableBytes(of: &to) { $0.copyBytes(from: bytes) }
        return to
    }
}

/// A citizen's record on this district's servers.
public struct RecordId: Sendable, Hashable, LosslessStringConvertible {
    let opaque: Opaque

    /// Reads what ``description`` wrote; nil where it is something else.
    public init?(_ description: String) {
        guard let opaque = Opaque(description, as: kari_record_id()) else { return nil }
        self.opaque = opaque
    }

    init(_ from: kari_record_id) { opaque = Opaque(of: from) }

    /// Hexadecimal.
    public var description: String { opaque.text }

    /// All zeros name nothing.
    var orNil: RecordId? { opaque.isNothing ? nil : self }

    var c: kari_record_id { opaque.copied(kari_record_id()) }
}

/// One resource of a record: an order, a dose, a note.
public struct ResourceId: Sendable, Hashable, LosslessStringConvertible {
    let opaque: Opaque

    /// Reads what ``description`` wrote; nil where it is something else.
    public init?(_ description: String) {
        guard let opaque = Opaque(description, as: kari_resource_id()) else { return nil }
        self.opaque = opaque
    }

    init(_ from: kari_resource_id) { opaque = Opaque(of: from) }

    /// Hexadecimal.
    public var description: String { opaque.text }

    /// All zeros name nothing.
    var orNil: ResourceId? { opaque.isNothing ? nil : self }

    var c: kari_resource_id { opaque.copied(kari_resource_id()) }
}

/// Somebody who works here.
public struct PersonId: Sendable, Hashable, LosslessStringConvertible {
    let opaque: Opaque

    /// Reads what ``description`` wrote; nil where it is something else.
    public init?(_ description: String) {
        guard let opaque = Opaque(description, as: kari_person_id()) else { return nil }
        self.opaque = opaque
    }

    init(_ from: kari_person_id) { opaque = Opaque(of: from) }

    /// Hexadecimal.
    public var description: String { opaque.text }

    /// All zeros name nothing.
    var orNil: PersonId? { opaque.isNothing ? nil : self }

    var c: kari_person_id { opaque.copied(kari_person_id()) }
}

/// A tablet, or one incarnation of it.
public struct DeviceId: Sendable, Hashable, LosslessStringConvertible {
    let opaque: Opaque

    /// Reads what ``description`` wrote; nil where it is something else.
    public init?(_ description: String) {
        guard let opaque = Opaque(description, as: kari_device_id()) else { return nil }
        self.opaque = opaque
    }

    init(_ from: kari_device_id) { opaque = Opaque(of: from) }

    /// Hexadecimal.
    public var description: String { opaque.text }

    /// All zeros name nothing.
    var orNil: DeviceId? { opaque.isNothing ? nil : self }

    var c: kari_device_id { opaque.copied(kari_device_id()) }
}

/// One change of a record, named by what it holds.
public struct ChangeId: Sendable, Hashable, LosslessStringConvertible {
    let opaque: Opaque

    /// Reads what ``description`` wrote; nil where it is something else.
    public init?(_ description: String) {
        guard let opaque = Opaque(description, as: kari_change_id()) else { return nil }
        self.opaque = opaque
    }

    init(_ from: kari_change_id) { opaque = Opaque(of: from) }

    /// Hexadecimal.
    public var description: String { opaque.text }

    /// All zeros name nothing.
    var orNil: ChangeId? { opaque.isNothing ? nil : self }

    var c: kari_change_id { opaque.copied(kari_change_id()) }
}

/// What a state, a finding or a slot is recognised by.
public struct Digest: Sendable, Hashable, LosslessStringConvertible {
    let opaque: Opaque

    /// Reads what ``description`` wrote; nil where it is something else.
    public init?(_ description: String) {
        guard let opaque = Opaque(description, as: kari_digest()) else { return nil }
        self.opaque = opaque
    }

    init(_ from: kari_digest) { opaque = Opaque(of: from) }

    /// Hexadecimal.
    public var description: String { opaque.text }

    /// All zeros name nothing.
    var orNil: Digest? { opaque.isNothing ? nil : self }

    var c: kari_digest { opaque.copied(kari_digest()) }
}
