// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension CasePart {
    init(_ from: UnsafePointer<kari_case_part>) {
        self.atom = String(from.pointee.atom)
        self.value = String(from.pointee.value)
        self.actedOn = from.pointee.acted_on
    }
}

extension CaseStatement {
    init(_ from: UnsafePointer<kari_case_statement>) {
        self.said = Said(from.pointee.said!)
        self.role = String(from.pointee.role)
        self.here = from.pointee.here
        self.machine = DeviceId(from.pointee.machine)
        self.record = RecordId(from.pointee.record)
        self.resource = ResourceId(from.pointee.resource)
        self.kind = String(from.pointee.kind)
        self.parts = pointers(from.pointee.part_count, from.pointee.parts) { CasePart($0) }
        self.dataAge = length(from.pointee.data_age_ms)
        self.notSeen = list(from.pointee.not_seen_count, from.pointee.not_seen) {
            ChangeId($0.pointee)
        }
        self.withheld = from.pointee.withheld
    }
}

extension CaseResolution {
    init(_ from: UnsafePointer<kari_case_resolution>) {
        self.said = Said(from.pointee.said!)
        self.outcome = String(from.pointee.outcome)
        self.reason = String(from.pointee.reason)
        self.severity = Int(from.pointee.severity)
        self.inputs = list(from.pointee.input_count, from.pointee.inputs) { ChangeId($0.pointee) }
    }
}

extension FindingCase {
    init(_ from: UnsafePointer<kari_case>) {
        self.finding = Finding(from.pointee.finding!)
        self.base = pointers(from.pointee.base_count, from.pointee.base) { CaseStatement($0) }
        self.sides = pointers(from.pointee.side_count, from.pointee.sides) { CaseStatement($0) }
        self.notHere = list(from.pointee.not_here_count, from.pointee.not_here) {
            ChangeId($0.pointee)
        }
        self.resolutions = pointers(from.pointee.resolution_count, from.pointee.resolutions) {
            CaseResolution($0)
        }
    }
}

extension HistoryMark {
    init(_ from: kari_history_mark) {
        self.moment = instant(from.moment_ms)
        self.resource = ResourceId(from.resource)
    }
}

extension History {
    init(_ from: UnsafePointer<kari_history>) {
        self.items = Chart(from.pointee.items!)
        self.next = maybe(from.pointee.next) { HistoryMark($0.pointee) }
        self.onTabletSince = instant(from.pointee.on_tablet_since_ms)
    }
}

extension Draft {
    init(_ from: UnsafePointer<kari_draft>) {
        self.type = String(from.pointee.type)
        self.title = String(from.pointee.title)
        self.text = String(from.pointee.text)
    }
}
