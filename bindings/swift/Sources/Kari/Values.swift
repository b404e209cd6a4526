// SPDX-License-Identifier: Apache-2.0
import CKari
import Foundation

/// A code of a system, and how it is shown.
public struct Coded: Sendable, Hashable {
    /// The system's address; empty where there is text alone.
    public var system: String
    /// Of that system.
    public var code: String
    /// As shown.
    public var text: String

    /// Names what is known.
    public init(system: String = "", code: String = "", text: String = "") {
        self.system = system
        self.code = code
        self.text = text
    }
}

/// An amount. Show ``plain`` and never ``value``: "1e2", and the zero that ends "0.50", have been
/// read as ten times as much.
public struct Quantity: Sendable, Hashable {
    /// As it was written, a decimal with a point: "0.50".
    public var value: String
    /// UCUM: "mg", "/min", "{tablet}".
    public var code: String
    /// As shown; the code when empty.
    public var unit: String
    /// As people read it: "0.5". Of what the SDK answers; not used in an argument.
    public let plain: String

    /// An amount to be written.
    public init(_ value: String, code: String, unit: String = "") {
        self.value = value
        self.code = code
        self.unit = unit
        plain = ""
    }
}

/// A date, in the zone of the tablet.
public struct CalendarDate: Sendable, Hashable {
    /// 2026.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int

    /// Names a date.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }
}

/// A moment with the zone in which it is read: what is written down is its time of day there. With
/// a zone, the zone decides: `Moment(at: Date(), zone: "Europe/Oslo")`.
public struct Moment: Sendable, Hashable {
    /// When, to the millisecond.
    public var at: Date
    /// Seconds east of UTC; in an argument with a zone 0, or that zone's.
    public var offsetSeconds: Int
    /// IANA. Left out: the offset alone.
    public var zone: String

    /// Names a moment.
    public init(at: Date, offsetSeconds: Int = 0, zone: String = "") {
        self.at = at
        self.offsetSeconds = offsetSeconds
        self.zone = zone
    }
}

/// A warning that the author saw, and why the fact stands all the same.
public struct RuleOverride: Sendable, Unlogged {
    /// Of ``Warning/rule`` or ``KariError/rules``.
    public var rule: String
    /// In the author's words.
    public var reason: String

    /// Answers a warning.
    public init(rule: String, reason: String) {
        self.rule = rule
        self.reason = reason
    }
}

/// What somebody stated, and who.
public struct Statement<Value: Sendable>: Sendable, Unlogged {
    /// Nil where it was cleared.
    public let value: Value?
    /// By whom, and when.
    public let said: Said?
}

/// One part of a resource, with all that stands of it.
public struct Field<Value: Sendable>: Sendable, Unlogged {
    /// What to act on; nil: nothing is.
    public let value: Value?
    /// People wrote without seeing each other: show ``live``, all of it.
    public let contested: Bool
    /// All that stands.
    public let live: [Statement<Value>]
    /// What waits for the server.
    public let proposed: [Statement<Value>]
}

extension Coded {
    init(_ from: kari_coded) {
        self.init(system: String(from.system), code: String(from.code), text: String(from.text))
    }

    func lent(_ lent: Lent) -> kari_coded {
        kari_coded(system: lent.text(system), code: lent.text(code), text: lent.text(text))
    }
}

extension Quantity {
    init(_ from: kari_quantity) {
        value = String(from.value)
        code = String(from.code)
        unit = String(from.unit)
        plain = String(from.plain)
    }

    func lent(_ lent: Lent) -> kari_quantity {
        kari_quantity(
            value: lent.text(value), code: lent.text(code), unit: lent.text(unit),
            plain: kari_text())
    }
}

extension CalendarDate {
    init(_ from: kari_date) {
        self.init(year: Int(from.year), month: Int(from.month), day: Int(from.day))
    }

    /// All zeros name nothing.
    var orNil: CalendarDate? { year == 0 ? nil : self }

    func lent(_: Lent) -> kari_date {
        kari_date(
            year: Int32(clamping: year), month: Int32(clamping: month), day: Int32(clamping: day))
    }
}

extension Moment {
    init(_ from: kari_time) {
        self.init(
            at: instant(from.ms) ?? .distantPast, offsetSeconds: Int(from.offset_s),
            zone: String(from.zone))
    }

    func lent(_ lent: Lent) -> kari_time {
        kari_time(
            ms: milliseconds(at), offset_s: Int32(clamping: offsetSeconds), zone: lent.text(zone))
    }
}

extension RuleOverride {
    init(_ from: kari_override) {
        self.init(rule: String(from.rule), reason: String(from.reason))
    }

    func lent(_ lent: Lent) -> kari_override {
        kari_override(rule: lent.text(rule), reason: lent.text(reason))
    }
}
