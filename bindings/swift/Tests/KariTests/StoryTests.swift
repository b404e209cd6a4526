// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Kari

extension Binding {
    @Suite struct StoryTests {
        @Test("two tablets in Swift chart offline, give one dose twice, and agree after a sync")
        func story() async throws {
            let first = try await Ward.enrolled("story-a")
            let record = try await Ward.patient(first, "Åse")
            try await readChart(first, record)
            try await giveTheRound(first, record)
            try await measure(first, record)
            try await writeNotes(first, record)
            try await Ward.enrolled("story-b").close()
            let second = try await reopened("story-b")
            _ = try await second.chart(of: record)
            let slot = try await slot(second, record, "Metoprolol", "08:00")
            #expect(slot.state != .given)
            try await give(second, slot.token)
            #expect(try await first.sync().complete)
            #expect(try await second.sync().complete)
            try await answerFindings(second, record)
            try await second.sync()
            try await first.sync()
            let digest = try await first.stateDigest(of: record)
            #expect(try await second.stateDigest(of: record) == digest)
            try "\(record) \(digest)\n".write(
                toFile: "\(Ward.work)/digest", atomically: true, encoding: .utf8)
            #expect(try await first.verify().sound)
            await second.close()
            await first.close()
            await expectNothingLeft()
        }

        private func reopened(_ name: String) async throws -> Tablet {
            let tablet = try await Tablet.open(Ward.place(name))
            let state = try await tablet.state()
            #expect(state.locked)
            #expect(state.nurse == nil && state.today == nil && state.device == nil)
            #expect(try await tablet.nurses().map(\.name) == ["Ingrid Berg"])
            await refused(.locked) { () async throws(KariError) in try await tablet.patients() }
            let wrong = await refused(.wrongPin) { () async throws(KariError) in
                try await tablet.unlock(Ward.nurse, pin: "0000")
            }
            #expect(wrong?.name == "wrong_pin" && wrong?.advice == .user)
            let signedIn = try await tablet.unlock(Ward.nurse, pin: Ward.pin)
            #expect(signedIn.nurse.name == "Ingrid Berg")
            #expect(!signedIn.wasRestored)
            return tablet
        }

        private func readChart(_ tablet: Tablet, _ record: RecordId) async throws {
            let chart = try await tablet.chart(of: record)
            #expect(chart.record == record && chart.group == [record])
            #expect(chart.age.tier == .fresh && chart.age.asOf != nil)
            #expect(chart.patient?.birthDate == "1931-05-04")
            #expect(chart.allergyStatement == .listed)
            #expect(chart.allergies.map(\.code.value?.text) == ["Penicillin"])
            #expect(chart.allergies.first?.criticality.value == "high")
            let order = try #require(chart.orders.first)
            #expect(order.active && !order.prescription.contested)
            #expect(order.prescription.live.map(\.said?.byServer) == [true])
            #expect(order.prescription.value?.timesOfDay.isEmpty == false)
            let weight = chart.observations.first?.statement.value?.value
            #expect(weight?.plain == "61.5" && weight?.code == "kg")
            #expect(chart.care.measures.isEmpty)
            #expect(try await tablet.exportFhir(of: record).contains("Penicillin"))
        }

        private func slot(
            _ tablet: Tablet, _ record: RecordId, _ drug: String, _ time: String
        ) async throws -> Slot {
            let slots = try await tablet.round(of: record).slots
            return try #require(
                slots.first { $0.medication.text.contains(drug) && $0.nominal == time })
        }

        /// With a reason for every warning that wants one.
        @discardableResult
        private func give(
            _ tablet: Tablet, _ token: String, _ dose: Quantity? = nil
        ) async throws -> Written {
            var entry = DoseEntry(token: token, dose: dose)
            let warnings = try await tablet.checkDose(entry).filter(\.needsReason)
            if !warnings.isEmpty {
                let plain = entry
                let error = await refused(.reasonRequired) { () async throws(KariError) in
                    try await tablet.give(plain)
                }
                #expect(Set(error?.rules ?? []) == Set(warnings.map(\.rule)))
            }
            entry.overrides = warnings.map {
                RuleOverride(rule: $0.rule, reason: "talked to the doctor on the phone")
            }
            return try await tablet.give(entry)
        }

        private func giveTheRound(_ tablet: Tablet, _ record: RecordId) async throws {
            let changesIn = try #require(try await tablet.round(of: record).changesIn)
            #expect(changesIn > .zero && changesIn <= .seconds(24 * 3600))
            let metoprolol = try await slot(tablet, record, "Metoprolol", "08:00")
            #expect(metoprolol.dose?.value == "0.5")
            let other = DoseEntry(token: metoprolol.token, identity: "1901-01-01")
            let error = await refused(.reasonRequired) { () async throws(KariError) in
                try await tablet.give(other)
            }
            #expect(error?.rules.contains("entry/other-patient") == true)
            try await give(tablet, metoprolol.token)
            let token = try await slot(tablet, record, "Paracetamol", "08:00").token
            let one = Quantity("1", code: "{tablet}", unit: "tablett")
            let written = try await give(tablet, token, one)
            let both = Quantity("2", code: "{tablet}", unit: "tablett")
            var correction = DoseCorrection(token: written.token, dose: both, reason: "")
            await refused(.reasonRequired) { [correction] () async throws(KariError) in
                try await tablet.correctDose(correction)
            }
            correction.reason = "gave both after all"
            correction.givenBy = "Anne Moen, daughter"
            await refused(.invalidArgument) { [correction] () async throws(KariError) in
                try await tablet.correctDose(correction)
            }
            correction.intake = .byOther
            try await tablet.correctDose(correction)
            #expect(try await slot(tablet, record, "Paracetamol", "08:00").intake == "by-other")
            let up = try await tablet.doseVomited(VomitedEntry(token: written.token, seen: .no))
            #expect(up.told.map(\.rule) == ["entry/ask-before-repeat"])
            try await tablet.doseEffect(EffectEntry(token: written.token, effect: .good))
            #expect(try await !slot(tablet, record, "Paracetamol", "08:00").vomited.isEmpty)
            let evening = try await slot(tablet, record, "Metoprolol", "20:00").token
            try await tablet.notGiven(
                NotGivenEntry(token: evening, why: .refused, reason: "did not want it"))
            #expect(try await slot(tablet, record, "Metoprolol", "08:00").state == .given)
            #expect(try await slot(tablet, record, "Metoprolol", "20:00").state == .notGiven)
            let long = CalendarDate(year: 2026, month: 3, day: 2)
            #expect(try await tablet.round(of: record, date: long).date == long)
        }

        private func measure(_ tablet: Tablet, _ record: RecordId) async throws {
            func pulse(_ value: String) -> ObservationEntry {
                ObservationEntry(
                    code: Coded(system: "http://loinc.org", code: "8867-4", text: "Puls"),
                    value: Quantity(value, code: "/min"), confirmed: true)
            }
            for (value, code) in [
                ("310", KariError.Code.valueOutOfRange), ("seventy", .malformed),
            ] {
                await refused(code) { () async throws(KariError) in
                    try await tablet.recordObservation(pulse(value), in: record)
                }
            }
            let written = try await tablet.recordObservation(pulse("72.0"), in: record)
            let shown = try await tablet.chart(of: record).observations.first?.statement.value
            #expect(shown?.value?.value == "72.0" && shown?.value?.plain == "72")
            let anew = try await tablet.correctObservation(pulse("135"), token: written.token)
            // One part of seven: no total yet, and none is made of it.
            let score = try #require(try await tablet.chart(of: record).scores.first)
            #expect(score.parts == 1 && score.total == nil && score.atLeast == nil)
            #expect(score.decision == nil)
            await refused(.reasonRequired) { () async throws(KariError) in
                try await tablet.retractObservation(anew.token, reason: "")
            }
            try await tablet.retractObservation(anew.token, reason: "of another patient")
        }

        private func writeNotes(_ tablet: Tablet, _ record: RecordId) async throws {
            let note = NoteEntry(title: "Tilsyn", text: "Sover.")
            let written = try await tablet.writeNote(note, in: record)
            let better = NoteEntry(title: "Tilsyn", text: "Sover godt. Blå himmel, € og 😀")
            let edited = try await tablet.editNote(better, token: written.token)
            let signed = try await tablet.signNote(edited.token)
            await refused(.signedTextIsFinal) { () async throws(KariError) in
                try await tablet.editNote(better, token: signed.token)
            }
            try await tablet.addend(
                NoteEntry(title: "Tillegg", text: "Våknet kl. 3."), token: signed.token)
            let notes = try await tablet.chart(of: record).notes.compactMap(\.document.value)
            #expect(notes.contains { $0.text == better.text })
            #expect(notes.contains { $0.appendsTo == written.resource })
        }

        private func answerFindings(_ tablet: Tablet, _ record: RecordId) async throws {
            let double = try #require(
                try await tablet.findings(of: record).first {
                    $0.severity <= 2 && $0.state == .open && $0.inputs.count >= 2
                })
            #expect(!double.action.isEmpty)
            let found = try await tablet.findingCase(double.token)
            #expect(found.finding.id == double.id)
            #expect(found.sides.count >= 2 && found.sides[0].here != found.sides[1].here)
            try await tablet.assignFinding(double.token, person: Ward.colleague)
            var findings = try await tablet.findings(of: record)
            #expect(findings.first { $0.id == double.id }?.assignedTo == Ward.colleague)
            findings = findings.filter { $0.state == .open }
            try await tablet.resolveFinding(
                FindingAnswer(
                    token: findings[0].token, outcome: "confirmed-double",
                    reason: "counted the tablets"))
            for one in findings.dropFirst() {
                let until = Moment(at: Date() + 24 * 3600, zone: "Europe/Oslo")
                try await tablet.deferFinding(one.token, until: until, reason: "rings tomorrow")
            }
        }
    }
}
