// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension Problem {
    init(_ from: UnsafePointer<kari_problem>) {
        self.item = Item(from.pointee.item!)
        self.code = parted(from.pointee.code)
        self.clinicalStatus = parted(from.pointee.clinical_status)
        self.verificationStatus = parted(from.pointee.verification_status)
        self.severity = parted(from.pointee.severity)
        self.onset = String(from.pointee.onset)
        self.abatement = String(from.pointee.abatement)
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.active = from.pointee.active
    }
}

extension Measure {
    init(_ from: UnsafePointer<kari_measure>) {
        self.item = Item(from.pointee.item!)
        self.kind = String(from.pointee.kind)
        self.what = parted(from.pointee.what)
        self.title = String(from.pointee.title)
        self.description = String(from.pointee.description)
        self.activities = list(from.pointee.activity_count, from.pointee.activities) {
            Coded($0.pointee)
        }
        self.timing = parted(from.pointee.timing)
        self.instruction = parted(from.pointee.instruction)
        self.people = parted(from.pointee.people)
        self.goal = String(from.pointee.goal)
        self.status = parted(from.pointee.status)
        self.statusReason = String(from.pointee.status_reason)
        self.starts = String(from.pointee.starts)
        self.ends = String(from.pointee.ends)
        self.inForce = from.pointee.in_force
        self.pastItsEnd = from.pointee.past_its_end
        self.endProposed = from.pointee.end_proposed
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.acts = list(from.pointee.act_count, from.pointee.acts) { ResourceId($0.pointee) }
    }
}

extension ActText {
    init(_ from: UnsafePointer<kari_act_text>) {
        self.status = String(from.pointee.status)
        self.code = Coded(from.pointee.code)
        self.about = ResourceId(from.pointee.about).orNil
        self.performed = String(from.pointee.performed)
        self.reason = String(from.pointee.reason)
        self.performers = list(from.pointee.performer_count, from.pointee.performers) {
            String($0.pointee)
        }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
    }
}

extension Act {
    init(_ from: UnsafePointer<kari_act>) {
        self.item = Item(from.pointee.item!)
        self.statement = parted(from.pointee.statement)
        self.earlier = list(from.pointee.earlier_count, from.pointee.earlier) { stated($0.pointee) }
    }
}

extension VisitText {
    init(_ from: UnsafePointer<kari_visit_text>) {
        self.status = String(from.pointee.status)
        self.hindrance = String(from.pointee.hindrance)
        self.starts = String(from.pointee.starts)
        self.ends = String(from.pointee.ends)
        self.type = Coded(from.pointee.type)
        self.reasons = list(from.pointee.reason_count, from.pointee.reasons) { Coded($0.pointee) }
        self.plan = ResourceId(from.pointee.plan).orNil
        self.performers = list(from.pointee.performer_count, from.pointee.performers) {
            String($0.pointee)
        }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
    }
}

extension Visit {
    init(_ from: UnsafePointer<kari_visit>) {
        self.item = Item(from.pointee.item!)
        self.statement = parted(from.pointee.statement)
        self.earlier = list(from.pointee.earlier_count, from.pointee.earlier) { stated($0.pointee) }
    }
}

extension PlannedTime {
    init(_ from: UnsafePointer<kari_planned_time>) {
        self.starts = String(from.pointee.starts)
        self.ends = String(from.pointee.ends)
    }
}

extension PlannedVisit {
    init(_ from: UnsafePointer<kari_planned_visit>) {
        self.item = Item(from.pointee.item!)
        self.state = String(from.pointee.state)
        self.time = parted(from.pointee.time)
        self.status = parted(from.pointee.status)
        self.type = Coded(from.pointee.type)
        self.reasons = list(from.pointee.reason_count, from.pointee.reasons) { Coded($0.pointee) }
        self.performers = list(from.pointee.performer_count, from.pointee.performers) {
            String($0.pointee)
        }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.visits = list(from.pointee.visit_count, from.pointee.visits) { ResourceId($0.pointee) }
    }
}

extension Appointment {
    init(_ from: UnsafePointer<kari_appointment>) {
        self.item = Item(from.pointee.item!)
        self.state = String(from.pointee.state)
        self.time = parted(from.pointee.time)
        self.status = parted(from.pointee.status)
        self.description = String(from.pointee.description)
        self.instruction = String(from.pointee.instruction)
        self.participants = list(from.pointee.participant_count, from.pointee.participants) {
            String($0.pointee)
        }
        self.cancelledBecause = String(from.pointee.cancelled_because)
        self.visits = list(from.pointee.visit_count, from.pointee.visits) { ResourceId($0.pointee) }
    }
}

extension ImmunizationText {
    init(_ from: UnsafePointer<kari_immunization_text>) {
        self.status = String(from.pointee.status)
        self.vaccine = Coded(from.pointee.vaccine)
        self.occurrence = String(from.pointee.occurrence)
        self.told = from.pointee.told
        self.lot = String(from.pointee.lot)
        self.expires = String(from.pointee.expires)
        self.dose = maybe(from.pointee.dose) { Quantity($0.pointee) }
        self.site = Coded(from.pointee.site)
        self.reason = String(from.pointee.reason)
        self.performers = list(from.pointee.performer_count, from.pointee.performers) {
            String($0.pointee)
        }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.overrides = list(from.pointee.override_count, from.pointee.overrides) {
            RuleOverride($0.pointee)
        }
    }
}

extension Immunization {
    init(_ from: UnsafePointer<kari_immunization>) {
        self.item = Item(from.pointee.item!)
        self.statement = parted(from.pointee.statement)
        self.earlier = list(from.pointee.earlier_count, from.pointee.earlier) { stated($0.pointee) }
    }
}

extension CareTask {
    init(_ from: UnsafePointer<kari_task>) {
        self.item = Item(from.pointee.item!)
        self.state = String(from.pointee.state)
        self.code = Coded(from.pointee.code)
        self.description = String(from.pointee.description)
        self.effect = String(from.pointee.effect)
        self.status = parted(from.pointee.status)
        self.priority = parted(from.pointee.priority)
        self.owner = parted(from.pointee.owner)
        self.due = String(from.pointee.due)
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.acts = list(from.pointee.act_count, from.pointee.acts) { ResourceId($0.pointee) }
    }
}

extension RelatedPerson {
    init(_ from: UnsafePointer<kari_related_person>) {
        self.item = Item(from.pointee.item!)
        self.name = parted(from.pointee.name)
        self.relationships = list(from.pointee.relationship_count, from.pointee.relationships) {
            Coded($0.pointee)
        }
        self.telecom = list(from.pointee.telecom_count, from.pointee.telecom) { String($0.pointee) }
        self.address = String(from.pointee.address)
        self.callOrder = Int(from.pointee.call_order).orNil
        self.nextOfKin = parted(from.pointee.next_of_kin)
        self.nearest = from.pointee.nearest
        self.legalRole = String(from.pointee.legal_role)
        self.contact = parted(from.pointee.contact)
        self.information = parted(from.pointee.information)
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
    }
}

extension ConsentText {
    init(_ from: UnsafePointer<kari_consent_text>) {
        self.effect = String(from.pointee.effect)
        self.scope = Coded(from.pointee.scope)
        self.starts = String(from.pointee.starts)
        self.ends = String(from.pointee.ends)
        self.parties = list(from.pointee.party_count, from.pointee.parties) { String($0.pointee) }
        self.text = String(from.pointee.text)
        self.hasExceptions = from.pointee.has_exceptions
    }
}

extension Consent {
    init(_ from: UnsafePointer<kari_consent>) {
        self.item = Item(from.pointee.item!)
        self.decision = parted(from.pointee.decision)
        self.denials = pointers(from.pointee.denial_count, from.pointee.denials) { ConsentText($0) }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
    }
}

extension TreatmentLimit {
    init(_ from: UnsafePointer<kari_treatment_limit>) {
        self.item = Item(from.pointee.item!)
        self.decision = parted(from.pointee.decision)
        self.unclear = from.pointee.unclear
        self.reviewOverdue = from.pointee.review_overdue
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
    }
}

extension CommunicationText {
    init(_ from: UnsafePointer<kari_communication_text>) {
        self.status = String(from.pointee.status)
        self.topic = Coded(from.pointee.topic)
        self.text = String(from.pointee.text)
        self.sent = String(from.pointee.sent)
        self.sender = String(from.pointee.sender)
        self.recipients = list(from.pointee.recipient_count, from.pointee.recipients) {
            String($0.pointee)
        }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
    }
}

extension Reader {
    init(_ from: UnsafePointer<kari_reader>) {
        self.said = Said(from.pointee.said!)
        self.token = String(from.pointee.token)
        self.asItStands = from.pointee.as_it_stands
    }
}

extension Communication {
    init(_ from: UnsafePointer<kari_communication>) {
        self.item = Item(from.pointee.item!)
        self.statement = parted(from.pointee.statement)
        self.readers = pointers(from.pointee.reader_count, from.pointee.readers) { Reader($0) }
        self.earlier = list(from.pointee.earlier_count, from.pointee.earlier) { stated($0.pointee) }
    }
}

extension Care {
    init(_ from: UnsafePointer<kari_care>) {
        self.problems = pointers(from.pointee.problem_count, from.pointee.problems) { Problem($0) }
        self.measures = pointers(from.pointee.measure_count, from.pointee.measures) { Measure($0) }
        self.acts = pointers(from.pointee.act_count, from.pointee.acts) { Act($0) }
        self.visits = pointers(from.pointee.visit_count, from.pointee.visits) { Visit($0) }
        self.plannedVisits = pointers(
            from.pointee.planned_visit_count, from.pointee.planned_visits
        ) { PlannedVisit($0) }
        self.appointments = pointers(from.pointee.appointment_count, from.pointee.appointments) {
            Appointment($0)
        }
        self.immunizations = pointers(from.pointee.immunization_count, from.pointee.immunizations) {
            Immunization($0)
        }
        self.tasks = pointers(from.pointee.task_count, from.pointee.tasks) { CareTask($0) }
        self.relatedPersons = pointers(
            from.pointee.related_person_count, from.pointee.related_persons
        ) { RelatedPerson($0) }
        self.consents = pointers(from.pointee.consent_count, from.pointee.consents) { Consent($0) }
        self.treatmentLimits = pointers(
            from.pointee.treatment_limit_count, from.pointee.treatment_limits
        ) { TreatmentLimit($0) }
        self.communications = pointers(
            from.pointee.communication_count, from.pointee.communications
        ) { Communication($0) }
    }
}
