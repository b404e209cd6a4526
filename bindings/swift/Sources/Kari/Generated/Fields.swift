// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

import CKari

func stated(_ from: kari_text_statement) -> Statement<String> {
    Statement(
        value: maybe(from.value) { String($0.pointee) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_text_field) -> Field<String> {
    Field(
        value: maybe(from.value) { String($0.pointee) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_coded_statement) -> Statement<Coded> {
    Statement(
        value: maybe(from.value) { Coded($0.pointee) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_coded_field) -> Field<Coded> {
    Field(
        value: maybe(from.value) { Coded($0.pointee) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_number_statement) -> Statement<Int> {
    Statement(
        value: maybe(from.value) { Int($0.pointee) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_number_field) -> Field<Int> {
    Field(
        value: maybe(from.value) { Int($0.pointee) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_act_statement) -> Statement<ActText> {
    Statement(
        value: maybe(from.value) { ActText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_act_field) -> Field<ActText> {
    Field(
        value: maybe(from.value) { ActText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_visit_statement) -> Statement<VisitText> {
    Statement(
        value: maybe(from.value) { VisitText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_visit_field) -> Field<VisitText> {
    Field(
        value: maybe(from.value) { VisitText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_planned_time_statement) -> Statement<PlannedTime> {
    Statement(
        value: maybe(from.value) { PlannedTime($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_planned_time_field) -> Field<PlannedTime> {
    Field(
        value: maybe(from.value) { PlannedTime($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_immunization_statement) -> Statement<ImmunizationText> {
    Statement(
        value: maybe(from.value) { ImmunizationText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_immunization_field) -> Field<ImmunizationText> {
    Field(
        value: maybe(from.value) { ImmunizationText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_flag_statement) -> Statement<Bool> {
    Statement(
        value: maybe(from.value) { $0.pointee },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_flag_field) -> Field<Bool> {
    Field(
        value: maybe(from.value) { $0.pointee },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_consent_statement) -> Statement<ConsentText> {
    Statement(
        value: maybe(from.value) { ConsentText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_consent_field) -> Field<ConsentText> {
    Field(
        value: maybe(from.value) { ConsentText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_communication_statement) -> Statement<CommunicationText> {
    Statement(
        value: maybe(from.value) { CommunicationText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_communication_field) -> Field<CommunicationText> {
    Field(
        value: maybe(from.value) { CommunicationText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_prescription_statement) -> Statement<Prescription> {
    Statement(
        value: maybe(from.value) { Prescription($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_prescription_field) -> Field<Prescription> {
    Field(
        value: maybe(from.value) { Prescription($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_administration_statement) -> Statement<AdministrationText> {
    Statement(
        value: maybe(from.value) { AdministrationText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_administration_field) -> Field<AdministrationText> {
    Field(
        value: maybe(from.value) { AdministrationText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_observation_statement) -> Statement<ObservationText> {
    Statement(
        value: maybe(from.value) { ObservationText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_observation_field) -> Field<ObservationText> {
    Field(
        value: maybe(from.value) { ObservationText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}

func stated(_ from: kari_note_statement) -> Statement<NoteText> {
    Statement(
        value: maybe(from.value) { NoteText($0) },
        said: maybe(from.said) { Said($0) }
    )
}

func parted(_ from: kari_note_field) -> Field<NoteText> {
    Field(
        value: maybe(from.value) { NoteText($0) },
        contested: from.contested,
        live: list(from.live_count, from.live) { stated($0.pointee) },
        proposed: list(from.proposed_count, from.proposed) { stated($0.pointee) }
    )
}
