// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension Age {
    init(_ from: UnsafePointer<kari_age>) {
        self.asOf = instant(from.pointee.as_of_ms)
        self.age = length(from.pointee.age_ms)
        self.tier = Freshness(of: from.pointee.tier)
        self.leaseEnded = from.pointee.lease_ended
        self.drugFacts = String(from.pointee.drug_facts)
    }
}

extension Said {
    init(_ from: UnsafePointer<kari_said>) {
        self.change = ChangeId(from.pointee.change)
        self.person = PersonId(from.pointee.person).orNil
        self.personName = String(from.pointee.person_name)
        self.recorded = Moment(from.pointee.recorded)
        self.byServer = from.pointee.by_server
    }
}

extension Nurse {
    init(_ from: UnsafePointer<kari_nurse>) {
        self.person = PersonId(from.pointee.person)
        self.name = String(from.pointee.name)
        self.role = String(from.pointee.role)
    }
}

extension Item {
    init(_ from: UnsafePointer<kari_item>) {
        self.record = RecordId(from.pointee.record)
        self.resource = ResourceId(from.pointee.resource)
        self.token = String(from.pointee.token)
        self.incomplete = from.pointee.incomplete
        self.unreadable = from.pointee.unreadable
        self.keptWhole = from.pointee.kept_whole
    }
}
