#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ledger of controlled drugs as nurses keep it with `kari`: two tablets and a real server."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import Ward, order, patient, run_tests  # noqa: E402

UCUM = "http://unitsofmeasure.org"


def opioid(number, who):
    """An ampoule when needed."""
    out = order(number, who, "Morfin 10 mg/ml", 1, "ampulle", ["08:00"], "1 ampulle ved smerter")
    line = out["dosageInstruction"][0]
    del line["timing"]
    line["asNeededBoolean"] = True
    line["doseAndRate"][0]["doseQuantity"] = {"value": 1, "unit": "ampulle",
                                              "code": "{ampoule}", "system": UCUM}
    out["medicationCodeableConcept"]["coding"] = [
        {"system": "http://www.whocc.no/atc", "code": "N02AA01"}]
    return out


class StockTest(Ward):
    more = [patient("arne", "Lund", "Arne", "1938-06-07"), opioid(31, "arne"),
            patient("dina", "Moe", "Dina", "1931-01-02"), opioid(32, "dina")]

    def stock(self, tablet, who, language="en"):
        return tablet.run("stock", tablet.name_of(tablet.run("patients"), who), language=language)

    def order_of(self, tablet, who):
        due = tablet.run("due", tablet.name_of(tablet.run("patients"), who))
        return tablet.name_of(due, "Morfin")

    def forced(self, tablet, *words):
        """With a reason for whatever is asked."""
        asked = tablet.ask(*words, code=None)
        rules = asked["what"].split(", ") if not asked["ok"] else []
        reasons = [f"--overrides={rule}=Bjorn sees it" for rule in rules]
        return tablet.run(*words, *reasons)

    def test_two_who_each_took_the_last_one_are_told_on_both_tablets(self):
        other = self.enrolled("the other nurse's")
        name = self.order_of(self.tablet, "Arne")
        said = self.tablet.words("stock", "receive", name, "--amount", "1 ampulle",
                                 "--other-party", "the pharmacy", "--lot", "K17")
        self.assertIn("Saved on the tablet", said)
        self.tablet.run("sync")
        other.run("sync")
        for tablet in (self.tablet, other):
            self.assertIn("Morfin 10 mg/ml (A), office: 1 ampoule",
                          " ".join(self.stock(tablet, "Arne").split()))
            # Where it came from is asked about, and without it nothing is recorded.
            refused = tablet.words("give", self.order_of(tablet, "Arne"), code=3)
            self.assertIn("Say where the dose was taken from", refused)
            self.forced(tablet, "give", self.order_of(tablet, "Arne"), "--from", "office")
            shown = " ".join(self.stock(tablet, "Arne").split())
            self.assertIn("office: 0 ampoule", shown)
            self.assertIn("given 1 ampoule, then 0 ampoule; Ingrid Berg", shown)
        for tablet in (self.tablet, other, self.tablet, other):
            tablet.run("sync")
        for tablet in (self.tablet, other):
            self.assertIn("office: -1 ampoule", " ".join(self.stock(tablet, "Arne").split()))
            found = tablet.words("findings", tablet.name_of(tablet.run("patients"), "Arne"))
            self.assertEqual(
                found.count("More of a controlled drug was taken out than was there"), 1)
        # More coming in hides nothing.
        self.tablet.run("stock", "receive", self.order_of(self.tablet, "Arne"), "--amount",
                        "10 ampulle")
        self.tablet.run("sync")
        other.run("sync")
        self.assertIn("office: 9 ampoules", " ".join(self.stock(other, "Arne").split()))
        self.assertIn("More of a controlled drug was taken out than was there",
                      other.words("findings", other.name_of(other.run("patients"), "Arne")))

    def test_a_count_is_asked_about_witnessed_and_shown_and_changes_nothing(self):
        tablet = self.tablet
        self.assertIn("Nothing was recorded", tablet.words("stock", self.patient("Dina")))
        tablet.run("stock", "receive", self.order_of(tablet, "Dina"), "--amount", "10 ampulle")
        shown = self.stock(tablet, "Dina")
        self.assertRegex(" ".join(shown.split()), r"never counted, to be counted by \S+")
        account = tablet.name_of(shown, "Morfin")
        refused = tablet.words("stock", "count", account, "--amount", "9", code=3)
        self.assertIn("The count does not agree with the ledger: 10 ampoules", refused)
        self.assertIn("Another person is to see this", refused)
        saved = self.forced(tablet, "stock", "count", account, "--amount", "9")
        self.assertIn("does not agree with the ledger", " ".join(saved.split()))
        shown = self.stock(tablet, "Dina")
        self.assertIn("office: 10 ampoules", " ".join(shown.split()))
        self.assertIn("! nobody has confirmed it", shown)
        line = tablet.name_of(shown, "counted 9")
        self.assertIn("You recorded this yourself",
                      tablet.words("stock", "witness", line, code=None))
        # The colleague signs in on the same tablet.
        own = self.server.run("invite", "--unit", self.unit, "--nurse", self.colleague)["code"]
        tablet.run("add-nurse", self.colleague, given={"code": own, "new_pin": "8642"})
        colleague = dict(KARI_PERSON=self.colleague)
        patients = tablet.run("patients", pin="8642", **colleague)
        shown = tablet.run("stock", tablet.name_of(patients, "Dina"), pin="8642", **colleague)
        tablet.run("stock", "witness", tablet.name_of(shown, "counted 9"), pin="8642", **colleague)
        shown = " ".join(self.stock(tablet, "Dina").split())
        self.assertIn("counted 9 ampoules, then 10 ampoules; Ingrid Berg, seen by Bjørn Dahl",
                      shown)
        self.assertNotIn("nobody has confirmed it", shown)
        # By the report of the incident it is put right; the finding waits for a person.
        tablet.run("stock", "adjust", tablet.name_of(self.stock(tablet, "Dina"), "Morfin"),
                   "--amount=-1", "--incident", "A-2026-17")
        shown = self.stock(tablet, "Dina", language="nb")
        self.assertIn("kontoret: 9 ampuller", " ".join(shown.split()))
        self.assertIn("avvik A-2026-17", " ".join(shown.split()))
        self.assertIn("does not agree with the ledger",
                      tablet.words("findings", self.patient("Dina")))


if __name__ == "__main__":
    run_tests()
