// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension DoseElsewhere {
    init(_ from: UnsafePointer<kari_dose_elsewhere>) {
        self.administration = ResourceId(from.pointee.administration)
        self.medication = String(from.pointee.medication)
        self.effective = String(from.pointee.effective)
        self.amount = String(from.pointee.amount)
        self.said = Said(from.pointee.said!)
    }
}

extension Slot {
    init(_ from: UnsafePointer<kari_slot>) {
        self.id = Digest(from.pointee.id)
        self.token = String(from.pointee.token)
        self.record = RecordId(from.pointee.record)
        self.order = ResourceId(from.pointee.order)
        self.orderStatus = String(from.pointee.order_status)
        self.medication = Coded(from.pointee.medication)
        self.dosageShown = String(from.pointee.dosage_shown)
        self.dose = maybe(from.pointee.dose) { Quantity($0.pointee) }
        self.route = String(from.pointee.route)
        self.date = CalendarDate(from.pointee.date)
        self.nominal = String(from.pointee.nominal)
        self.ordinal = Int(from.pointee.ordinal)
        self.planned = Moment(from.pointee.planned)
        self.state = DoseState(of: from.pointee.state)
        self.reason = String(from.pointee.reason)
        self.mayGive = from.pointee.may_give
        self.possibleDouble = from.pointee.possible_double
        self.givenAndNotGiven = from.pointee.given_and_not_given
        self.orderContested = from.pointee.order_contested
        self.critical = from.pointee.critical
        self.administrations = list(
            from.pointee.administration_count, from.pointee.administrations
        ) { ResourceId($0.pointee) }
        self.elsewhere = pointers(from.pointee.elsewhere_count, from.pointee.elsewhere) {
            DoseElsewhere($0)
        }
        self.intake = String(from.pointee.intake)
        self.howTaken = String(from.pointee.how_taken)
        self.vomited = String(from.pointee.vomited)
    }
}

extension Allowance {
    init(_ from: UnsafePointer<kari_allowance>) {
        self.record = RecordId(from.pointee.record)
        self.resource = ResourceId(from.pointee.resource)
        self.token = String(from.pointee.token)
        self.state = String(from.pointee.state)
        self.reason = String(from.pointee.reason)
        self.action = String(from.pointee.action)
        self.doses = Int(from.pointee.doses)
        self.dosesLeft = Int(from.pointee.doses_left)
        self.amount = String(from.pointee.amount)
        self.amountLeft = String(from.pointee.amount_left)
        self.until = String(from.pointee.until)
        self.asked = Said(from.pointee.asked!)
    }
}

extension Unscheduled {
    init(_ from: UnsafePointer<kari_unscheduled>) {
        self.token = String(from.pointee.token)
        self.record = RecordId(from.pointee.record)
        self.order = ResourceId(from.pointee.order)
        self.medication = String(from.pointee.medication)
        self.text = String(from.pointee.text)
        self.reason = String(from.pointee.reason)
        self.lastGiven = String(from.pointee.last_given)
        self.givenLastDay = String(from.pointee.given_last_day)
        self.wantsAllowance = from.pointee.wants_allowance
        self.allowances = pointers(from.pointee.allowance_count, from.pointee.allowances) {
            Allowance($0)
        }
    }
}

extension Round {
    init(_ from: UnsafePointer<kari_round>) {
        self.date = CalendarDate(from.pointee.date)
        self.age = Age(from.pointee.age!)
        self.slots = pointers(from.pointee.slot_count, from.pointee.slots) { Slot($0) }
        self.asNeeded = pointers(from.pointee.as_needed_count, from.pointee.as_needed) {
            Unscheduled($0)
        }
        self.lookAt = pointers(from.pointee.look_at_count, from.pointee.look_at) { Unscheduled($0) }
        self.patches = pointers(from.pointee.patch_count, from.pointee.patches) { Patch($0) }
        self.changesIn = length(from.pointee.changes_in_ms)
        self.whole = from.pointee.whole
        self.suspended = maybe(from.pointee.suspended) { Suspension($0) }
        self.followUps = pointers(from.pointee.follow_up_count, from.pointee.follow_ups) {
            FollowUp($0)
        }
    }
}

extension Warning {
    init(_ from: UnsafePointer<kari_warning>) {
        self.rule = String(from.pointee.rule)
        self.severity = Int(from.pointee.severity)
        self.needsReason = from.pointee.needs_reason
        self.sentence = String(from.pointee.sentence)
        self.action = String(from.pointee.action)
        self.about = list(from.pointee.about_count, from.pointee.about) { ResourceId($0.pointee) }
    }
}

extension Written {
    init(_ from: UnsafePointer<kari_written>) {
        self.change = ChangeId(from.pointee.change)
        self.record = RecordId(from.pointee.record)
        self.resource = ResourceId(from.pointee.resource)
        self.token = String(from.pointee.token)
        self.also = list(from.pointee.also_count, from.pointee.also) { ChangeId($0.pointee) }
        self.raised = pointers(from.pointee.raised_count, from.pointee.raised) { Finding($0) }
        self.told = pointers(from.pointee.told_count, from.pointee.told) { Warning($0) }
    }
}
