# SPDX-License-Identifier: Apache-2.0
"""What things of kari.h are called in other languages, and what its text alone does not tell."""

import re

# Functions that a binding calls by hand-written code, or needs for itself.
BY_HAND = {"kari_version", "kari_live_objects", "kari_free", "kari_status_name",
           "kari_status_advice", "kari_error_new", "kari_error_free", "kari_error_status",
           "kari_error_what", "kari_error_sentence", "kari_error_what_to_do", "kari_id_text",
           "kari_id_parse", "kari_cancel_new", "kari_cancel_ask", "kari_cancel_free",
           "kari_sync_run", "kari_follow_run", "kari_observe", "kari_watch_new",
           "kari_watch_again", "kari_watch_free"}

# Written by hand in each binding.
OWN_VALUES = {"kari_coded", "kari_quantity", "kari_time", "kari_date", "kari_override",
              "kari_device_options", "kari_enrol_options"}
RENAMED = {"kari_override": "RuleOverride", "kari_time": "Moment", "kari_date": "CalendarDate",
           "kari_device_options": "Place", "kari_enrol_options": "Enrolment",
           "kari_case": "FindingCase", "kari_check": "SecondCheck", "kari_event": "ChangeKind",
           "kari_device_state": "TabletState", "kari_pack": "DrugFacts"}
# Of moments and lengths of time, which may be KARI_NO_TIME.
LENGTHS = {"age_ms", "data_age_ms", "server_minus_wall_ms", "changes_in_ms"}
# All zeros name nothing: null, nil.
NULL_WHEN_ZERO = {("kari_act_text", "about"), ("kari_visit_text", "plan"),
                  ("kari_finding", "assigned_to"), ("kari_said", "person"),
                  ("kari_note_text", "appends_to"), ("kari_device_state", "today"),
                  ("kari_device_state", "device"), ("kari_device_state", "incarnation"),
                  ("kari_score", "decision")}
# -1 is no number: null, nil.
NULL_WHEN_NEGATIVE = {("kari_score", "total"), ("kari_score", "at_least"),
                      ("kari_score", "by_scale_2"), ("kari_related_person", "call_order")}
# Lists of arguments that say one thing when they are left out and another when they are empty.
MAYBE_LISTS = {("kari_prescription_proposal", "times_of_day"),
               ("kari_prescription_proposal", "days_of_week")}
# "May be null, as the next two."
ALSO_NULL = {("kari_prescription", "strength_per"), ("kari_prescription", "dose")}
# Fields of arguments that cannot be left out.
REQUIRED = {("kari_observation_entry", "code"), ("kari_dose_entry", "token"),
            ("kari_not_given_entry", "token"), ("kari_not_given_entry", "why"),
            ("kari_not_given_entry", "reason"), ("kari_dose_correction", "token"),
            ("kari_dose_correction", "reason"), ("kari_prescription_proposal", "token"),
            ("kari_prescription_proposal", "reason"), ("kari_allowance_ask", "token"),
            ("kari_allowance_ask", "doses"), ("kari_allowance_ask", "hours"),
            ("kari_patch_off_entry", "token"), ("kari_vomited_entry", "token"),
            ("kari_effect_entry", "token"), ("kari_effect_entry", "effect"),
            ("kari_allergy_entry", "code"),
            ("kari_act_entry", "token"), ("kari_task_entry", "code"),
            ("kari_finding_answer", "token"), ("kari_finding_answer", "outcome"),
            ("kari_note_entry", "text")}

# Of each file: the calls that stand in it, and their names.
CALLS = {
    "Nurses": {"kari_device_state_read": "state", "kari_device_set_language": "setLanguage",
               "kari_nurses_read": "nurses", "kari_people_read": "people",
               "kari_nurse_add": "addNurse", "kari_device_unlock": "unlock",
               "kari_device_lock": "lock"},
    "Reading": {"kari_patients_read": "patients", "kari_chart_read": "chart",
                "kari_round_read": "round", "kari_findings_read": "findings",
                "kari_case_read": "findingCase", "kari_history_read": "history",
                "kari_history_want": "wantHistory", "kari_fhir_read": "exportFhir",
                "kari_sync_status_read": "syncStatus", "kari_proof_read": "verify",
                "kari_state_digest": "stateDigest", "kari_records_read": "heldRecords"},
    "Medicine": {"kari_observation_record": "recordObservation",
                 "kari_observation_correct": "correctObservation",
                 "kari_observation_retract": "retractObservation",
                 "kari_dose_check": "checkDose", "kari_dose_give": "give",
                 "kari_dose_not_given": "notGiven", "kari_dose_correct": "correctDose",
                 "kari_order_stop": "stopOrder",
                 "kari_prescription_propose": "proposePrescription",
                 "kari_dose_check_given": "checkGivenDose",
                 "kari_allowance_ask_for": "askAllowance",
                 "kari_allowance_return": "returnAllowance",
                 "kari_patch_take_off": "takeOffPatch",
                 "kari_dose_vomited": "doseVomited", "kari_dose_effect": "doseEffect"},
    "Caring": {"kari_allergy_add": "addAllergy", "kari_allergy_evidence_add": "addAllergyEvidence",
               "kari_allergy_refute": "refuteAllergy", "kari_allergy_retract": "retractAllergy",
               "kari_record_create": "createRecord", "kari_visit_start": "startVisit",
               "kari_visit_hindered": "hinderedVisit", "kari_visit_end": "endVisit",
               "kari_act_record": "recordAct", "kari_care_end": "endCare",
               "kari_task_add": "addTask"},
    "Writing": {"kari_note_write": "writeNote", "kari_note_edit": "editNote",
                "kari_note_sign": "signNote", "kari_note_addend": "addend",
                "kari_draft_save": "saveDraft", "kari_draft_read": "draft",
                "kari_draft_drop": "dropDraft", "kari_finding_resolve": "resolveFinding",
                "kari_finding_defer": "deferFinding", "kari_finding_assign": "assignFinding"},
}


def camel(name):
    """kari_chart_read and chart_read: chartRead."""
    first, *more = name.removeprefix("kari_").split("_")
    return first + "".join(word.capitalize() for word in more)


def type_name(name):
    """The type that stands for one of C."""
    if name in RENAMED:
        return RENAMED[name]
    words = camel(name)
    return words[0].upper() + words[1:]


def variable(name):
    return camel(re.sub(r"_ms$", "", name))
