# SPDX-License-Identifier: Apache-2.0
"""What other languages say of things that the C headers say nothing of, or say for C alone. [name]
is a link; null is what the language calls so."""

# By the name in C; of what has no comment there.
OF_TYPES = {
    "kari_problem": "A problem, and what speaks for it.",
    "kari_measure": "A measure of a care plan.",
    "kari_act_text": "What one statement says of an act.",
    "kari_visit_text": "What one statement says of a visit.",
    "kari_visit": "A visit that was made, or came to nothing.",
    "kari_planned_time": "When something is planned, as FHIR date-times.",
    "kari_appointment": "An appointment; its state is as that of a [PlannedVisit].",
    "kari_immunization_text": "What one statement says of a vaccination.",
    "kari_immunization": "A vaccination.",
    "kari_task": "Something that somebody has to do.",
    "kari_related_person": "Somebody near the citizen.",
    "kari_consent_text": "What one decision of a consent says.",
    "kari_consent": "A consent, with every denial that holds.",
    "kari_communication_text": "What one statement says of a message.",
    "kari_communication": "A message, and who has read it.",
    "kari_care": "What a chart has beside medicine and measurements.",
    "kari_case_statement": "What one author wrote, as a side of a finding.",
    "kari_case_resolution": "How somebody answered a finding.",
    "kari_case": "A finding in full: who said what, and what they had seen.",
    "kari_history": "A page of the older part of a chart.",
    "kari_draft": "What was kept of a note that is not written yet.",
    "kari_signed_in": "Who signed in, and what to tell them.",
    "kari_device_state": "What holds of a tablet now.",
    "kari_patient_row": "One of the caseload.",
    "kari_patients": "The caseload.",
    "kari_patient": "Who the citizen is.",
    "kari_allergy": "An allergy or intolerance.",
    "kari_prescription": "What is ordered, how much and when.",
    "kari_order": "An order of a medicine.",
    "kari_administration_text": "What one statement says of a dose.",
    "kari_administration": "A dose that was given or not.",
    "kari_observation_part": "A part of a measurement: systolic, diastolic.",
    "kari_observation_text": "What one statement says of a measurement.",
    "kari_observation": "A measurement.",
    "kari_note_text": "What one statement says of a note.",
    "kari_note": "A note.",
    "kari_chart": "All that is to be shown of a citizen. Show [age] and [missing] with it.",
    "kari_freshness": "How old what is shown may be; it promises less the earlier it stands here.",
    "kari_finding_state": "Whether somebody has answered a finding.",
    "kari_dose_state": "What is known of a dose that is ordered.",
    "kari_purpose": "Why a chart is opened. It is kept with the access.",
    "kari_not_given": "Why a dose was not given.",
    "kari_hindrance": "Why a visit came to nothing.",
    "kari_act_kind": "What was done by a plan, or not.",
    "kari_language": "Of the sentences for whoever holds the tablet.",
    "kari_follow_state": "What a tablet does that stays in step with the server.",
    "kari_event": "What changed on a tablet.",
    "kari_access": "Why a chart is opened. Left out: treatment, without a reason.",
    "kari_observation_entry": "A measurement to be written.",
    "kari_dose_entry": "A dose that was given.",
    "kari_not_given_entry": "A dose that was not given, and why.",
    "kari_dose_correction": "What was wrong with a dose. What is null stays as it was.",
    "kari_allowance_ask": "Doses of a medicine as needed that this tablet asks to be promised.",
    "kari_patch_off_entry": "A patch that was taken off, or is gone.",
    "kari_allergy_entry": "What somebody says of an allergy.",
    "kari_new_patient": "Somebody nobody here can identify yet.",
    "kari_note_entry": "A note, as its author has it.",
    "kari_visit_entry": "A visit, planned or not.",
    "kari_act_entry": "What was done by a plan, or not.",
    "kari_task_entry": "A task for somebody.",
    "kari_finding_answer": "How a person answers a finding.",
    "kari_progress": "How far an exchange is.",
    "kari_sync_report": "What came of an exchange.",
    "kari_quarantined": "A change that the server could not take in; it stays here.",
    "kari_pack": "The knowledge pack that the drug facts come from.",
    "kari_sync_status": "What waits on this tablet.",
    "kari_proof": "What was found when all that is held was computed anew.",
    "kari_said": "Who said something, and when.",
    "kari_nurse": "Somebody who works here.",
    "kari_slot": "A dose that is ordered for a date.",
    "kari_round": "The doses of a date.",
    "kari_warning": "What to think of before a dose is given.",
    "kari_written": "What was written, and what it led to.",
}

# Of functions, instead of what the header says where that is of C or of its order.
OF_CALLS = {
    "kari_round_read": "The doses of a date; null: today. Needs [chart] in this sign-in. Errors: "
                       "not_permitted, not_found, malformed (no such date).",
    "kari_findings_read": "Open findings, and answered ones as far back as the chart reaches. "
                          "Needs [chart] in this sign-in. Errors: not_permitted.",
    "kari_observation_record": "A measurement. Errors: confirmation_required, value_out_of_range, "
                               "unit_unknown, reason_required (entry/late: more than a day ago; "
                               "say why in the note).",
    "kari_observation_correct": "Says a measurement anew. Errors: confirmation_required, "
                                "value_out_of_range, unit_unknown, reason_required (entry/late: "
                                "more than a day ago; say why in the note).",
    "kari_dose_give": "A dose that was given. Errors: reason_required (its rules are named: say "
                      "why, call again; a note answers entry/late as well), value_out_of_range.",
    "kari_dose_not_given": "A dose that was not given. Errors: reason_required.",
    "kari_dose_correct": "Says a dose anew. Errors: reason_required, invalid_argument.",
    "kari_allergy_add": "An allergy or intolerance that somebody told of or saw.",
    "kari_visit_end": "The visit is over.",
    "kari_task_add": "A task for somebody.",
    "kari_draft_save": "Keeps what is not written yet, under a key of the app's. It is local to "
                       "this tablet and its author, and no note. Its date is not kept.",
    "kari_draft_read": "What was kept under the key; null where there is none.",
    "kari_draft_drop": "Forgets what was kept under the key.",
    "kari_finding_resolve": "Answers a finding. Errors: reason_required.",
    "kari_finding_defer": "Puts a finding off until a moment, when it is open again by the clock "
                          "of each tablet. Errors: reason_required, value_out_of_range (a moment "
                          "that is past).",
    "kari_finding_assign": "Names who is to answer a finding.",
    "kari_device_set_language": "Sets the language of the sentences in views.",
}

# Of fields, likewise.
OF_FIELDS = {
    ("kari_observation_entry", "value"): "null where the value is [text]",
    ("kari_prescription", "strength"): "of one piece; may be null",
    ("kari_dose_correction", "token"): "of an administration",
    ("kari_prescription_proposal", "times_of_day"): '"08:00"; empty: at no fixed time',
    ("kari_prescription_proposal", "days_of_week"): '"mon" .. "sun"; empty: on every day',
    ("kari_dose_entry", "scanned"): "what was scanned of the package; left out: it was not scanned",
}
