// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

extension Access {
    func lent(_ lent: Lent) -> kari_access {
        var to = kari_access()
        to.struct_size = MemoryLayout<kari_access>.stride
        to.purpose = purpose.rawValue
        to.reason = lent.text(reason)
        return to
    }
}

extension ObservationEntry {
    func lent(_ lent: Lent) -> kari_observation_entry {
        var to = kari_observation_entry()
        to.struct_size = MemoryLayout<kari_observation_entry>.stride
        to.code = code.lent(lent)
        to.value = lent.maybe(value) { $0.lent(lent) }
        to.text = lent.text(text)
        (to.component_count, to.components) = lent.list(components) { $0.lent(lent) }
        to.effective = lent.maybe(effective) { $0.lent(lent) }
        to.note = lent.text(note)
        to.confirmed = confirmed
        return to
    }
}

extension DoseEntry {
    func lent(_ lent: Lent) -> kari_dose_entry {
        var to = kari_dose_entry()
        to.struct_size = MemoryLayout<kari_dose_entry>.stride
        to.token = lent.text(token)
        to.dose = lent.maybe(dose) { $0.lent(lent) }
        to.effective = lent.maybe(effective) { $0.lent(lent) }
        to.site = site.lent(lent)
        to.note = lent.text(note)
        (to.override_count, to.overrides) = lent.list(overrides) { $0.lent(lent) }
        to.scanned = lent.text(scanned)
        to.identity = lent.text(identity)
        to.intake = intake.rawValue
        to.effect_after_minutes = Int32(clamping: effectAfterMinutes)
        to.given_by = lent.text(givenBy)
        return to
    }
}

extension NotGivenEntry {
    func lent(_ lent: Lent) -> kari_not_given_entry {
        var to = kari_not_given_entry()
        to.struct_size = MemoryLayout<kari_not_given_entry>.stride
        to.token = lent.text(token)
        to.why = why.rawValue
        to.reason = lent.text(reason)
        to.effective = lent.maybe(effective) { $0.lent(lent) }
        return to
    }
}

extension DoseCorrection {
    func lent(_ lent: Lent) -> kari_dose_correction {
        var to = kari_dose_correction()
        to.struct_size = MemoryLayout<kari_dose_correction>.stride
        to.token = lent.text(token)
        to.dose = lent.maybe(dose) { $0.lent(lent) }
        to.effective = lent.maybe(effective) { $0.lent(lent) }
        to.site = lent.maybe(site) { $0.lent(lent) }
        to.entered_in_error = enteredInError
        to.reason = lent.text(reason)
        to.intake = lent.maybe(intake) { $0.rawValue }
        to.given_by = lent.text(givenBy)
        return to
    }
}

extension VomitedEntry {
    func lent(_ lent: Lent) -> kari_vomited_entry {
        var to = kari_vomited_entry()
        to.struct_size = MemoryLayout<kari_vomited_entry>.stride
        to.token = lent.text(token)
        to.at = lent.maybe(at) { $0.lent(lent) }
        to.seen = seen.rawValue
        to.note = lent.text(note)
        (to.override_count, to.overrides) = lent.list(overrides) { $0.lent(lent) }
        return to
    }
}

extension EffectEntry {
    func lent(_ lent: Lent) -> kari_effect_entry {
        var to = kari_effect_entry()
        to.struct_size = MemoryLayout<kari_effect_entry>.stride
        to.token = lent.text(token)
        to.effect = effect.rawValue
        to.at = lent.maybe(at) { $0.lent(lent) }
        to.note = lent.text(note)
        (to.override_count, to.overrides) = lent.list(overrides) { $0.lent(lent) }
        return to
    }
}

extension PrescriptionProposal {
    func lent(_ lent: Lent) -> kari_prescription_proposal {
        var to = kari_prescription_proposal()
        to.struct_size = MemoryLayout<kari_prescription_proposal>.stride
        to.token = lent.text(token)
        to.medication = lent.maybe(medication) { $0.lent(lent) }
        to.strength = lent.maybe(strength) { $0.lent(lent) }
        to.strength_per = lent.maybe(strengthPer) { $0.lent(lent) }
        to.dose = lent.maybe(dose) { $0.lent(lent) }
        to.dosage_text = lent.maybe(dosageText) { lent.text($0) }
        (to.time_of_day_count, to.times_of_day) = lent.maybeList(timesOfDay) { lent.text($0) }
        (to.day_of_week_count, to.days_of_week) = lent.maybeList(daysOfWeek) { lent.text($0) }
        to.reason = lent.text(reason)
        (to.override_count, to.overrides) = lent.list(overrides) { $0.lent(lent) }
        return to
    }
}

extension AllowanceAsk {
    func lent(_ lent: Lent) -> kari_allowance_ask {
        var to = kari_allowance_ask()
        to.struct_size = MemoryLayout<kari_allowance_ask>.stride
        to.token = lent.text(token)
        to.doses = UInt32(clamping: doses)
        to.hours = UInt32(clamping: hours)
        return to
    }
}

extension PatchOffEntry {
    func lent(_ lent: Lent) -> kari_patch_off_entry {
        var to = kari_patch_off_entry()
        to.struct_size = MemoryLayout<kari_patch_off_entry>.stride
        to.token = lent.text(token)
        to.at = lent.maybe(at) { $0.lent(lent) }
        to.not_found = notFound
        to.note = lent.text(note)
        (to.override_count, to.overrides) = lent.list(overrides) { $0.lent(lent) }
        return to
    }
}

extension AllergyEntry {
    func lent(_ lent: Lent) -> kari_allergy_entry {
        var to = kari_allergy_entry()
        to.struct_size = MemoryLayout<kari_allergy_entry>.stride
        to.code = code.lent(lent)
        to.criticality = lent.text(criticality)
        to.verification = lent.text(verification)
        to.type = lent.text(type)
        to.reaction = lent.text(reaction)
        to.note = lent.text(note)
        return to
    }
}

extension NewPatient {
    func lent(_ lent: Lent) -> kari_new_patient {
        var to = kari_new_patient()
        to.struct_size = MemoryLayout<kari_new_patient>.stride
        to.family = lent.text(family)
        to.given = lent.text(given)
        to.birth_date = lent.text(birthDate)
        to.gender = lent.text(gender)
        to.identifier_system = lent.text(identifierSystem)
        to.identifier_value = lent.text(identifierValue)
        to.note = lent.text(note)
        return to
    }
}

extension NoteEntry {
    func lent(_ lent: Lent) -> kari_note_entry {
        var to = kari_note_entry()
        to.struct_size = MemoryLayout<kari_note_entry>.stride
        to.type = lent.text(type)
        to.title = lent.text(title)
        to.text = lent.text(text)
        to.date = lent.maybe(date) { $0.lent(lent) }
        return to
    }
}

extension VisitEntry {
    func lent(_ lent: Lent) -> kari_visit_entry {
        var to = kari_visit_entry()
        to.struct_size = MemoryLayout<kari_visit_entry>.stride
        to.plan = lent.text(plan)
        to.starts = lent.maybe(starts) { $0.lent(lent) }
        to.note = lent.text(note)
        return to
    }
}

extension ActEntry {
    func lent(_ lent: Lent) -> kari_act_entry {
        var to = kari_act_entry()
        to.struct_size = MemoryLayout<kari_act_entry>.stride
        to.token = lent.text(token)
        to.performed = lent.maybe(performed) { $0.lent(lent) }
        to.reason = lent.text(reason)
        to.note = lent.text(note)
        return to
    }
}

extension TaskEntry {
    func lent(_ lent: Lent) -> kari_task_entry {
        var to = kari_task_entry()
        to.struct_size = MemoryLayout<kari_task_entry>.stride
        to.code = code.lent(lent)
        to.description = lent.text(description)
        to.effect = lent.text(effect)
        to.priority = lent.text(priority)
        to.due = lent.maybe(due) { $0.lent(lent) }
        to.note = lent.text(note)
        return to
    }
}

extension FindingAnswer {
    func lent(_ lent: Lent) -> kari_finding_answer {
        var to = kari_finding_answer()
        to.struct_size = MemoryLayout<kari_finding_answer>.stride
        to.token = lent.text(token)
        to.outcome = lent.text(outcome)
        to.reason = lent.text(reason)
        return to
    }
}

extension ObservationPart {
    func lent(_ lent: Lent) -> kari_observation_part {
        var to = kari_observation_part()
        to.code = code.lent(lent)
        to.value = lent.maybe(value) { $0.lent(lent) }
        to.text = lent.text(text)
        return to
    }
}

extension HistoryMark {
    func lent(_ lent: Lent) -> kari_history_mark {
        var to = kari_history_mark()
        to.moment_ms = milliseconds(moment)
        to.resource = resource.c
        return to
    }
}
