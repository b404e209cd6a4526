// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Kari

extension Binding {
    /// What a nurse says beside the round, call by call.
    @Suite struct ActsTests {
        @Test("what is written beside the round is read back")
        func acts() async throws {
            let tablet = try await Ward.enrolled("acts")
            let record = try await Ward.patient(tablet, "Bjarne")
            _ = try await tablet.chart(of: record)
            try await allergies(tablet, record)
            try await drafts(tablet, record)
            try await history(tablet, record)
            try await propose(tablet, record)
            try await unknownPerson(tablet)
            try await visits(tablet, record)
            try await tasks(tablet, record)
            try await stop(tablet, record)
            try await colleague(tablet, record)
            await tablet.close()
            await expectNothingLeft()
        }

        @Test("an allowance is asked for and given back")
        func allowance() async throws {
            let tablet = try await Ward.enrolled("allowance")
            let record = try await Ward.patient(tablet, "Berit")
            _ = try await tablet.chart(of: record)
            let order = try #require(try await tablet.round(of: record).asNeeded.first)
            #expect(order.wantsAllowance)
            await refused(.valueOutOfRange) { () async throws(KariError) in
                try await tablet.askAllowance(
                    AllowanceAsk(token: order.token, doses: 21, hours: 12))
            }
            try await tablet.askAllowance(AllowanceAsk(token: order.token, doses: 1, hours: 12))
            try await tablet.sync()
            _ = try await tablet.chart(of: record)
            let round = try await tablet.round(of: record)
            let granted = try #require(round.asNeeded.first?.allowances.first)
            #expect(granted.state == "granted" && granted.dosesLeft == 1)
            try await tablet.returnAllowance(granted.token, reason: "the pain is gone")
            await refused(.invalidArgument) { () async throws(KariError) in
                try await tablet.returnAllowance(granted.token, reason: "")
            }
            await tablet.close()
        }

        private func allergies(_ tablet: Tablet, _ record: RecordId) async throws {
            let latex = Coded(text: "Latex")
            let added = try await tablet.addAllergy(
                AllergyEntry(code: latex, criticality: "low"), in: record)
            let evidence = try await tablet.addAllergyEvidence(
                AllergyEntry(code: latex, criticality: "high", reaction: "itching"),
                token: added.token)
            var shown = try await tablet.chart(of: record).allergies
            #expect(shown.map(\.criticality.value) == ["high"])
            await refused(.reasonRequired) { () async throws(KariError) in
                try await tablet.refuteAllergy(evidence.token, reason: "")
            }
            let refuted = try await tablet.refuteAllergy(
                evidence.token, reason: "tested, no reaction")
            try await tablet.retractAllergy(refuted.token, reason: "of another patient")
            shown = try await tablet.chart(of: record).allergies
            #expect(shown.map(\.active) == [false])
        }

        private func drafts(_ tablet: Tablet, _ record: RecordId) async throws {
            #expect(try await tablet.draft(of: record, key: "evening") == nil)
            let note = NoteEntry(title: "Tilsyn", text: "Halvferdig")
            try await tablet.saveDraft(note, key: "evening", in: record)
            #expect(try await tablet.draft(of: record, key: "evening")?.text == "Halvferdig")
            try await tablet.dropDraft(of: record, key: "evening")
            #expect(try await tablet.draft(of: record, key: "evening") == nil)
        }

        private func history(_ tablet: Tablet, _ record: RecordId) async throws {
            let page = try await tablet.history(of: record, kind: "MedicationRequest", limit: 10)
            #expect(page.items.orders.count == 1 && page.next == nil)
            await refused(.invalidArgument) { () async throws(KariError) in
                try await tablet.history(of: record, kind: "Weather", limit: 10)
            }
            let order = page.items.orders[0].item.resource
            let first = HistoryMark(moment: Date(timeIntervalSince1970: 0), resource: order)
            let older = try await tablet.history(
                of: record, kind: "MedicationRequest", before: first, limit: 10)
            #expect(older.items.orders.isEmpty)
            #expect(try await !tablet.wantHistory(of: record))
        }

        private func propose(_ tablet: Tablet, _ record: RecordId) async throws {
            let order = try await tablet.chart(of: record).orders[0]
            var proposal = PrescriptionProposal(
                token: order.item.token,
                dose: Quantity("2", code: "{tablet}", unit: "tablett"),
                reason: "")
            await refused(.reasonRequired) { [proposal] () async throws(KariError) in
                try await tablet.proposePrescription(proposal)
            }
            proposal.reason = "swollen legs"
            for times in [["09:00"], nil, []] {
                proposal.timesOfDay = times
                try await tablet.proposePrescription(proposal)
            }
            let field = try await tablet.chart(of: record).orders[0].prescription
            #expect(field.value?.dose?.plain == "1")
            #expect(field.proposed.allSatisfy { $0.value?.dose?.plain == "2" })
            #expect(field.proposed.allSatisfy { $0.said?.personName == "Ingrid Berg" })
            // Left out: as ordered. Empty: at no fixed time.
            let ordered = try #require(field.value?.timesOfDay)
            #expect(Set(field.proposed.map(\.value?.timesOfDay)) == [["09:00"], ordered, []])
        }

        private func unknownPerson(_ tablet: Tablet) async throws {
            let written = try await tablet.createRecord(
                NewPatient(family: "Ukjent", note: "found at the door"))
            let rows = try await tablet.patients().rows
            #expect(rows.first { $0.record == written.record }?.madeHere == true)
            #expect(try await tablet.heldRecords().contains(written.record))
        }

        private func visits(_ tablet: Tablet, _ record: RecordId) async throws {
            let entry = VisitEntry(note: "rang twice")
            let written = try await tablet.hinderedVisit(
                entry, hindrance: .noAnswer, in: record)
            await refused(.reasonRequired) { () async throws(KariError) in
                try await tablet.endCare(.visitRetracted, token: written.token, reason: "")
            }
            try await tablet.endCare(
                .visitRetracted, token: written.token, reason: "another door")
            let started = try await tablet.startVisit(entry, in: record)
            try await tablet.endVisit(started.token, note: "all well")
            let visits = try await tablet.chart(of: record).care.visits
            #expect(visits.count == 2)
            #expect(visits.contains { $0.statement.value?.ends.isEmpty == false })
        }

        private func tasks(_ tablet: Tablet, _ record: RecordId) async throws {
            let added = try await tablet.addTask(
                TaskEntry(code: Coded(), description: "Fetch tablets", priority: "urgent"),
                in: record)
            let taken = try await tablet.recordAct(
                ActEntry(token: added.token), kind: .taskTaken)
            let noted = ActEntry(token: taken.token, note: "from the chemist's")
            await refused(.invalidArgument) { () async throws(KariError) in
                try await tablet.recordAct(noted, kind: .taskTaken)
            }
            try await tablet.recordAct(noted, kind: .taskDone)
            let shown = try await tablet.chart(of: record).care.tasks
            #expect(shown.map(\.state) == ["done"])
            #expect(shown.map(\.priority.value) == ["urgent"])
            #expect(shown.map(\.acts.count) == [1])
        }

        private func stop(_ tablet: Tablet, _ record: RecordId) async throws {
            let order = try await tablet.chart(of: record).orders[0]
            await refused(.reasonRequired) { () async throws(KariError) in
                try await tablet.stopOrder(order.item.token, reason: "")
            }
            try await tablet.stopOrder(order.item.token, reason: "swollen legs")
            #expect(try await tablet.chart(of: record).orders.map(\.active) == [false])
        }

        /// One gave, another looks; and a patch that was none.
        private func colleague(_ tablet: Tablet, _ record: RecordId) async throws {
            let order = try await tablet.chart(of: record).orders[0]
            var dose = DoseEntry(
                token: order.item.token,
                dose: Quantity("1", code: "{tablet}", unit: "tablett"))
            dose.overrides = try await tablet.checkDose(dose).filter(\.needsReason).map {
                RuleOverride(rule: $0.rule, reason: "the doctor said so on the phone")
            }
            let given = try await tablet.give(dose)
            await refused(.invalidArgument) { () async throws(KariError) in
                try await tablet.checkGivenDose(given.token, note: "")
            }
            await refused(.invalidArgument) { () async throws(KariError) in
                try await tablet.takeOffPatch(PatchOffEntry(token: given.token))
            }
            await refused(.notPermitted) { () async throws(KariError) in
                try await tablet.addNurse(Ward.colleague, pin: "1357")
            }
            try await tablet.unlock(Ward.colleague, pin: Ward.colleagueCode())
            try await tablet.addNurse(Ward.colleague, pin: "1357")
            #expect(try await tablet.people().contains { $0.person == Ward.colleague })
            try await tablet.lock()
            try await tablet.unlock(Ward.colleague, pin: "1357")
            try await tablet.setLanguage(.nb)
            let shown = try await self.dose(tablet, record, given.resource)
            try await tablet.checkGivenDose(shown.item.token, note: "two tablets, blue")
            let checked = try await self.dose(tablet, record, given.resource)
            #expect(checked.checks.map(\.standing) == ["holds"])
            #expect(try await tablet.syncStatus().unsent > 0)
            #expect(try await tablet.sync().complete)
            let status = try await tablet.syncStatus()
            #expect(status.unsent == 0)
            let wrong = status.serverMinusWall ?? .zero
            #expect(wrong < .seconds(60) && wrong > .seconds(-60))
            #expect(try await tablet.state().nurse?.person == Ward.colleague)
        }

        private func dose(
            _ tablet: Tablet, _ record: RecordId, _ resource: ResourceId
        ) async throws -> Administration {
            let doses = try await tablet.chart(of: record).administrations
            return try #require(doses.first { $0.item.resource == resource })
        }
    }
}
