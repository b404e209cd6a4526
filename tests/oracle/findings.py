# SPDX-License-Identifier: Apache-2.0
"""What must be found about contested atoms, as docs/formats/findings.md names it in section 4."""

import hashlib

from fold import u32

SHORT = {"Patient": "patient", "AllergyIntolerance": "allergy", "MedicationRequest": "order",
         "MedicationAdministration": "administration", "Observation": "observation",
         "DocumentReference": "note", "RecordLink": "link", "TimeNote": "time-note",
         "OtherResource": "other", "Condition": "problem", "ProtectiveMeasure": "protection",
         "ServiceMeasure": "service", "RestraintMeasure": "restraint", "Encounter": "visit",
         "PlannedEncounter": "planned-visit", "Appointment": "appointment",
         "Immunization": "immunization", "Task": "task", "RelatedPerson": "relative",
         "Consent": "consent", "Communication": "communication",
         "AdvanceDecision": "treatment-limit", "Procedure": "act",
         "MedicationAllowance": "allowance", "StockEvent": "stock"}
# Kinds that have one name for their one atom.
ONE_NAME = {"MedicationAdministration", "Observation", "Encounter", "Immunization",
            "Communication", "Procedure"}
# Kinds whose two statuses are one matter.
TWO_STATUSES = {"AllergyIntolerance", "Condition"}


def finding_about(atom):
    """(rule, subject) of a contested atom."""
    resource = atom.resource
    name = atom.member.name.replace("_", "-")
    short = "merge/" + SHORT[resource.message]
    one = b"A" + resource.id + u32(atom.number)
    if resource.message == "DocumentReference":
        return short + "-fork", one
    if resource.message in ONE_NAME:
        return short, one
    if resource.message in TWO_STATUSES and name in ("clinical-status", "verification-status"):
        return short + "-status", b"R" + resource.id
    return f"{short}-{name}", one


def findings(resource):
    """finding id: its inputs, ascending, both in hexadecimal."""
    found = {}
    for atom in resource.atoms:
        if not atom.contested or resource.message == "DetectedIssue":
            continue
        rule, subject = finding_about(atom)
        parts = [u32(len(part)) + part for part in (rule.encode(), subject)]
        identity = hashlib.sha256(b"kari finding\0" + b"".join(parts)).hexdigest()
        found.setdefault(identity, set()).update(write.id.hex() for write in atom.live)
    return {identity: sorted(inputs) for identity, inputs in sorted(found.items())}
