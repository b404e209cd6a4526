// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension SignedIn {
    init(_ from: UnsafePointer<kari_signed_in>) {
        self.nurse = Nurse(from.pointee.nurse!)
        self.age = Age(from.pointee.age!)
        self.unsent = Int(clamping: from.pointee.unsent)
        self.wasRestored = from.pointee.was_restored
    }
}

extension TabletState {
    init(_ from: UnsafePointer<kari_device_state>) {
        self.locked = from.pointee.locked
        self.nurse = maybe(from.pointee.nurse) { Nurse($0) }
        self.zone = String(from.pointee.zone)
        self.today = CalendarDate(from.pointee.today).orNil
        self.device = DeviceId(from.pointee.device).orNil
        self.incarnation = DeviceId(from.pointee.incarnation).orNil
    }
}

extension PatientRow {
    init(_ from: UnsafePointer<kari_patient_row>) {
        self.record = RecordId(from.pointee.record)
        self.name = String(from.pointee.name)
        self.birthDate = String(from.pointee.birth_date)
        self.openFindings = Int(from.pointee.open_findings)
        self.worstSeverity = Int(from.pointee.worst_severity)
        self.contestedName = from.pointee.contested_name
        self.madeHere = from.pointee.made_here
    }
}

extension Patients {
    init(_ from: UnsafePointer<kari_patients>) {
        self.age = Age(from.pointee.age!)
        self.rows = pointers(from.pointee.count, from.pointee.rows) { PatientRow($0) }
    }
}

extension About {
    init(_ from: UnsafePointer<kari_about>) {
        self.resource = ResourceId(from.pointee.resource)
        self.kind = String(from.pointee.kind)
        self.what = String(from.pointee.what)
        self.effective = String(from.pointee.effective)
        self.amount = String(from.pointee.amount)
    }
}

extension Finding {
    init(_ from: UnsafePointer<kari_finding>) {
        self.id = Digest(from.pointee.id)
        self.token = String(from.pointee.token)
        self.rule = String(from.pointee.rule)
        self.severity = Int(from.pointee.severity)
        self.title = String(from.pointee.title)
        self.meaning = String(from.pointee.meaning)
        self.action = String(from.pointee.action)
        self.state = FindingState(of: from.pointee.state)
        self.provisional = from.pointee.provisional
        self.inputs = list(from.pointee.input_count, from.pointee.inputs) { ChangeId($0.pointee) }
        self.records = list(from.pointee.record_count, from.pointee.records) {
            RecordId($0.pointee)
        }
        self.resources = list(from.pointee.resource_count, from.pointee.resources) {
            ResourceId($0.pointee)
        }
        self.about = pointers(from.pointee.about_count, from.pointee.about) { About($0) }
        self.assignedTo = PersonId(from.pointee.assigned_to).orNil
        self.deferredUntil = String(from.pointee.deferred_until)
        self.resolver = String(from.pointee.resolver)
        self.resolverName = String(from.pointee.resolver_name)
        self.due = instant(from.pointee.due_ms)
    }
}

extension Patient {
    init(_ from: UnsafePointer<kari_patient>) {
        self.item = Item(from.pointee.item!)
        self.name = String(from.pointee.name)
        self.birthDate = String(from.pointee.birth_date)
        self.gender = String(from.pointee.gender)
        self.address = String(from.pointee.address)
        self.telecom = String(from.pointee.telecom)
        self.identifiers = list(from.pointee.identifier_count, from.pointee.identifiers) {
            String($0.pointee)
        }
        self.nameContested = from.pointee.name_contested
        self.deceased = from.pointee.deceased
    }
}

extension Allergy {
    init(_ from: UnsafePointer<kari_allergy>) {
        self.item = Item(from.pointee.item!)
        self.code = parted(from.pointee.code)
        self.clinicalStatus = parted(from.pointee.clinical_status)
        self.verificationStatus = parted(from.pointee.verification_status)
        self.criticality = parted(from.pointee.criticality)
        self.reactions = list(from.pointee.reaction_count, from.pointee.reactions) {
            String($0.pointee)
        }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.active = from.pointee.active
    }
}

extension Prescription {
    init(_ from: UnsafePointer<kari_prescription>) {
        self.medication = Coded(from.pointee.medication)
        self.form = String(from.pointee.form)
        self.strength = maybe(from.pointee.strength) { Quantity($0.pointee) }
        self.strengthPer = maybe(from.pointee.strength_per) { Quantity($0.pointee) }
        self.dose = maybe(from.pointee.dose) { Quantity($0.pointee) }
        self.dosageShown = String(from.pointee.dosage_shown)
        self.route = String(from.pointee.route)
        self.site = String(from.pointee.site)
        self.timesOfDay = list(from.pointee.time_of_day_count, from.pointee.times_of_day) {
            String($0.pointee)
        }
        self.asNeeded = from.pointee.as_needed
        self.starts = String(from.pointee.starts)
        self.ends = String(from.pointee.ends)
    }
}

extension Order {
    init(_ from: UnsafePointer<kari_order>) {
        self.item = Item(from.pointee.item!)
        self.status = parted(from.pointee.status)
        self.prescription = parted(from.pointee.prescription)
        self.prescriber = String(from.pointee.prescriber)
        self.statusReason = String(from.pointee.status_reason)
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.active = from.pointee.active
    }
}

extension ScannedPackage {
    init(_ from: UnsafePointer<kari_scanned_package>) {
        self.gtin = String(from.pointee.gtin)
        self.vnr = String(from.pointee.vnr)
        self.expires = String(from.pointee.expires)
        self.lot = String(from.pointee.lot)
        self.serial = String(from.pointee.serial)
    }
}

extension AdministrationText {
    init(_ from: UnsafePointer<kari_administration_text>) {
        self.status = String(from.pointee.status)
        self.statusReasons = list(from.pointee.status_reason_count, from.pointee.status_reasons) {
            Coded($0.pointee)
        }
        self.medication = Coded(from.pointee.medication)
        self.order = ResourceId(from.pointee.order)
        self.effective = String(from.pointee.effective)
        self.dose = maybe(from.pointee.dose) { Quantity($0.pointee) }
        self.site = Coded(from.pointee.site)
        self.performers = list(from.pointee.performer_count, from.pointee.performers) {
            String($0.pointee)
        }
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
        self.overrides = list(from.pointee.override_count, from.pointee.overrides) {
            RuleOverride($0.pointee)
        }
        self.intake = String(from.pointee.intake)
        self.effectDue = String(from.pointee.effect_due)
        self.scanned = maybe(from.pointee.scanned) { ScannedPackage($0) }
    }
}

extension SecondCheck {
    init(_ from: UnsafePointer<kari_check>) {
        self.said = Said(from.pointee.said!)
        self.standing = String(from.pointee.standing)
    }
}

extension AfterDose {
    init(_ from: UnsafePointer<kari_after_dose>) {
        self.what = String(from.pointee.what)
        self.at = String(from.pointee.at)
        self.outcome = String(from.pointee.outcome)
        self.note = String(from.pointee.note)
        self.token = String(from.pointee.token)
        self.said = Said(from.pointee.said!)
    }
}

extension FollowUp {
    init(_ from: UnsafePointer<kari_follow_up>) {
        self.record = RecordId(from.pointee.record)
        self.administration = ResourceId(from.pointee.administration)
        self.token = String(from.pointee.token)
        self.medication = String(from.pointee.medication)
        self.amount = String(from.pointee.amount)
        self.given = String(from.pointee.given)
        self.due = String(from.pointee.due)
        self.overdue = from.pointee.overdue
        self.said = Said(from.pointee.said!)
    }
}

extension Administration {
    init(_ from: UnsafePointer<kari_administration>) {
        self.item = Item(from.pointee.item!)
        self.statement = parted(from.pointee.statement)
        self.earlier = list(from.pointee.earlier_count, from.pointee.earlier) { stated($0.pointee) }
        self.checks = pointers(from.pointee.check_count, from.pointee.checks) { SecondCheck($0) }
        self.counts = from.pointee.counts
        self.correctionUnconfirmed = from.pointee.correction_unconfirmed
        self.after = pointers(from.pointee.after_count, from.pointee.after) { AfterDose($0) }
    }
}

extension Patch {
    init(_ from: UnsafePointer<kari_patch>) {
        self.record = RecordId(from.pointee.record)
        self.administration = ResourceId(from.pointee.administration)
        self.token = String(from.pointee.token)
        self.medication = String(from.pointee.medication)
        self.amount = String(from.pointee.amount)
        self.site = String(from.pointee.site)
        self.putOn = String(from.pointee.put_on)
        self.dueOff = String(from.pointee.due_off)
        self.said = Said(from.pointee.said!)
    }
}

extension Score {
    init(_ from: UnsafePointer<kari_score>) {
        self.effective = String(from.pointee.effective)
        self.total = Int(from.pointee.total).orNil
        self.atLeast = Int(from.pointee.at_least).orNil
        self.parts = Int(from.pointee.parts)
        self.scale = Int(from.pointee.scale)
        self.byScale2 = Int(from.pointee.by_scale_2).orNil
        self.level = String(from.pointee.level)
        self.title = String(from.pointee.title)
        self.action = String(from.pointee.action)
        self.reservations = list(from.pointee.reservation_count, from.pointee.reservations) {
            String($0.pointee)
        }
        self.decision = ResourceId(from.pointee.decision).orNil
    }
}

extension ObservationPart {
    init(_ from: UnsafePointer<kari_observation_part>) {
        self.code = Coded(from.pointee.code)
        self.value = maybe(from.pointee.value) { Quantity($0.pointee) }
        self.text = String(from.pointee.text)
    }
}

extension ObservationText {
    init(_ from: UnsafePointer<kari_observation_text>) {
        self.status = String(from.pointee.status)
        self.code = Coded(from.pointee.code)
        self.value = maybe(from.pointee.value) { Quantity($0.pointee) }
        self.text = String(from.pointee.text)
        self.components = list(from.pointee.component_count, from.pointee.components) {
            ObservationPart($0)
        }
        self.effective = String(from.pointee.effective)
        self.notes = list(from.pointee.note_count, from.pointee.notes) { String($0.pointee) }
    }
}

extension Observation {
    init(_ from: UnsafePointer<kari_observation>) {
        self.item = Item(from.pointee.item!)
        self.statement = parted(from.pointee.statement)
        self.earlier = list(from.pointee.earlier_count, from.pointee.earlier) { stated($0.pointee) }
    }
}

extension NoteText {
    init(_ from: UnsafePointer<kari_note_text>) {
        self.status = String(from.pointee.status)
        self.isSigned = from.pointee.is_signed
        self.type = String(from.pointee.type)
        self.title = String(from.pointee.title)
        self.text = String(from.pointee.text)
        self.date = String(from.pointee.date)
        self.authors = list(from.pointee.author_count, from.pointee.authors) { String($0.pointee) }
        self.appendsTo = ResourceId(from.pointee.appends_to).orNil
    }
}

extension Note {
    init(_ from: UnsafePointer<kari_note>) {
        self.item = Item(from.pointee.item!)
        self.document = parted(from.pointee.document)
    }
}

extension Suspension {
    init(_ from: UnsafePointer<kari_suspension>) {
        self.rule = String(from.pointee.rule)
        self.title = String(from.pointee.title)
        self.meaning = String(from.pointee.meaning)
        self.action = String(from.pointee.action)
    }
}

extension Missing {
    init(_ from: UnsafePointer<kari_missing>) {
        self.what = String(from.pointee.what)
        self.advice = String(from.pointee.advice)
    }
}

extension CompleteSince {
    init(_ from: UnsafePointer<kari_complete_since>) {
        self.kind = String(from.pointee.kind)
        self.since = instant(from.pointee.since_ms)
        self.onTabletSince = instant(from.pointee.on_tablet_since_ms)
    }
}

extension Chart {
    init(_ from: UnsafePointer<kari_chart>) {
        self.record = RecordId(from.pointee.record)
        self.group = list(from.pointee.group_count, from.pointee.group) { RecordId($0.pointee) }
        self.age = Age(from.pointee.age!)
        self.missing = pointers(from.pointee.missing_count, from.pointee.missing) { Missing($0) }
        self.patient = maybe(from.pointee.patient) { Patient($0) }
        self.suspended = maybe(from.pointee.suspended) { Suspension($0) }
        self.allergyStatement = AllergyStatement(of: from.pointee.allergy_statement)
        self.allergies = pointers(from.pointee.allergy_count, from.pointee.allergies) {
            Allergy($0)
        }
        self.orders = pointers(from.pointee.order_count, from.pointee.orders) { Order($0) }
        self.administrations = pointers(
            from.pointee.administration_count, from.pointee.administrations
        ) { Administration($0) }
        self.patches = pointers(from.pointee.patch_count, from.pointee.patches) { Patch($0) }
        self.scores = pointers(from.pointee.score_count, from.pointee.scores) { Score($0) }
        self.observations = pointers(from.pointee.observation_count, from.pointee.observations) {
            Observation($0)
        }
        self.notes = pointers(from.pointee.note_count, from.pointee.notes) { Note($0) }
        self.findings = pointers(from.pointee.finding_count, from.pointee.findings) { Finding($0) }
        self.completeSince = pointers(
            from.pointee.complete_since_count, from.pointee.complete_since
        ) { CompleteSince($0) }
        self.care = Care(from.pointee.care!)
        self.otherResources = Int(from.pointee.other_resources)
    }
}
