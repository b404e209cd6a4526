// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import no.kari.*
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

/** What a nurse says beside the round, call by call. */
class ActsTest {
    @Test
    fun `what is written beside the round is read back`(): Unit =
        story {
            val before = Kari.liveObjects
            Ward.enrolled("acts").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                tablet.chart(record).orThrow()
                allergies(tablet, record)
                drafts(tablet, record)
                history(tablet, record)
                propose(tablet, record)
                unknownPerson(tablet)
                visits(tablet, record)
                tasks(tablet, record)
                stop(tablet, record)
                colleague(tablet, record)
            }
            assertEquals(before, Kari.liveObjects)
        }

    @Test
    fun `an allowance is asked for and given back`(): Unit =
        story {
            Ward.enrolled("allowance").use { tablet ->
                val record = Ward.patient(tablet, "Berit")
                tablet.chart(record).orThrow()
                val order = tablet.round(record).orThrow().asNeeded.single()
                assertTrue(order.wantsAllowance)
                val many = AllowanceAsk(order.token, doses = 21, hours = 12)
                refused<KariError.ValueOutOfRange>(tablet.askAllowance(many))
                tablet.askAllowance(AllowanceAsk(order.token, doses = 1, hours = 12)).orThrow()
                tablet.sync().orThrow()
                tablet.chart(record).orThrow()
                val granted = tablet.round(record).orThrow().asNeeded.single().allowances.single()
                assertEquals("granted", granted.state)
                assertEquals(1, granted.dosesLeft)
                tablet.returnAllowance(granted.token, "the pain is gone").orThrow()
                refused<KariError.InvalidArgument>(tablet.returnAllowance(granted.token, ""))
            }
        }

    private suspend fun allergies(
        tablet: Tablet,
        record: RecordId,
    ) {
        val latex = Coded(text = "Latex")
        val added = tablet.addAllergy(record, AllergyEntry(latex, criticality = "low")).orThrow()
        val worse = AllergyEntry(latex, criticality = "high", reaction = "itching")
        val evidence = tablet.addAllergyEvidence(added.token, worse).orThrow()
        assertEquals("high", tablet.chart(record).orThrow().allergies.single().criticality.value)
        refused<KariError.ReasonRequired>(tablet.refuteAllergy(evidence.token, ""))
        val refuted = tablet.refuteAllergy(evidence.token, "tested, no reaction").orThrow()
        tablet.retractAllergy(refuted.token, "of another patient").orThrow()
        assertFalse(tablet.chart(record).orThrow().allergies.single().active)
    }

    private suspend fun drafts(
        tablet: Tablet,
        record: RecordId,
    ) {
        assertNull(tablet.draft(record, "evening").orThrow())
        val note = NoteEntry(title = "Tilsyn", text = "Halvferdig")
        tablet.saveDraft(record, "evening", note).orThrow()
        assertEquals("Halvferdig", tablet.draft(record, "evening").orThrow()?.text)
        tablet.dropDraft(record, "evening").orThrow()
        assertNull(tablet.draft(record, "evening").orThrow())
    }

    private suspend fun history(
        tablet: Tablet,
        record: RecordId,
    ) {
        val page = tablet.history(record, "MedicationRequest", limit = 10).orThrow()
        assertEquals(1, page.items.orders.size)
        assertNull(page.next)
        refused<KariError.InvalidArgument>(tablet.history(record, "Weather", limit = 10))
        val order = page.items.orders.single().item.resource
        val first = HistoryMark(moment = kotlin.time.Instant.fromEpochSeconds(0), resource = order)
        val older = tablet.history(record, "MedicationRequest", first, 10).orThrow()
        assertEquals(0, older.items.orders.size)
        assertFalse(tablet.wantHistory(record).orThrow())
    }

    private suspend fun propose(
        tablet: Tablet,
        record: RecordId,
    ) {
        val order = tablet.chart(record).orThrow().orders.single()
        val two = Quantity("2", "{tablet}", "tablett")
        fun proposal(
            reason: String,
            times: List<String>?,
        ) =
            PrescriptionProposal(
                token = order.item.token,
                dose = two,
                timesOfDay = times,
                reason = reason,
            )
        refused<KariError.ReasonRequired>(tablet.proposePrescription(proposal("", null)))
        val all = listOf(listOf("09:00"), null, emptyList())
        for (times in all) tablet.proposePrescription(proposal("swollen legs", times)).orThrow()
        val field = tablet.chart(record).orThrow().orders.single().prescription
        assertEquals("1", field.value?.dose?.plain)
        assertTrue(field.proposed.all { it.value?.dose?.plain == "2" })
        val ordered = checkNotNull(field.value).timesOfDay
        // Left out: as ordered. Empty: at no fixed time.
        assertEquals(
            setOf(listOf("09:00"), ordered, emptyList()),
            field.proposed.map { it.value?.timesOfDay }.toSet(),
        )
        assertEquals("Ingrid Berg", field.proposed.first().said?.personName)
    }

    private suspend fun unknownPerson(tablet: Tablet) {
        val written =
            tablet.createRecord(NewPatient(family = "Ukjent", note = "found at the door")).orThrow()
        val row = tablet.patients().orThrow().rows.first { it.record == written.record }
        assertTrue(row.madeHere)
        assertTrue(written.record in tablet.heldRecords().orThrow())
    }

    private suspend fun visits(
        tablet: Tablet,
        record: RecordId,
    ) {
        val entry = VisitEntry(note = "rang twice")
        val written = tablet.hinderedVisit(record, entry, Hindrance.NO_ANSWER).orThrow()
        refused<KariError.ReasonRequired>(
            tablet.endCare(Ending.VISIT_RETRACTED, written.token, ""),
        )
        tablet.endCare(Ending.VISIT_RETRACTED, written.token, "another door").orThrow()
        val started = tablet.startVisit(record, entry).orThrow()
        tablet.endVisit(started.token, note = "all well").orThrow()
        val visits = tablet.chart(record).orThrow().care.visits
        assertEquals(2, visits.size)
        assertTrue(visits.any { it.statement.value?.ends?.isNotEmpty() == true })
    }

    private suspend fun tasks(
        tablet: Tablet,
        record: RecordId,
    ) {
        val task = TaskEntry(Coded(), description = "Fetch tablets", priority = "urgent")
        val added = tablet.addTask(record, task).orThrow()
        val taken = tablet.recordAct(ActKind.TASK_TAKEN, ActEntry(added.token)).orThrow()
        val noted = ActEntry(taken.token, note = "from the chemist's")
        refused<KariError.InvalidArgument>(tablet.recordAct(ActKind.TASK_TAKEN, noted))
        tablet.recordAct(ActKind.TASK_DONE, noted).orThrow()
        val shown = tablet.chart(record).orThrow().care.tasks.single()
        assertEquals("done", shown.state)
        assertEquals("urgent", shown.priority.value)
        assertEquals(1, shown.acts.size)
    }

    private suspend fun stop(
        tablet: Tablet,
        record: RecordId,
    ) {
        val order = tablet.chart(record).orThrow().orders.single()
        refused<KariError.ReasonRequired>(tablet.stopOrder(order.item.token, ""))
        tablet.stopOrder(order.item.token, "swollen legs").orThrow()
        assertFalse(tablet.chart(record).orThrow().orders.single().active)
    }

    /** One gave, another looks; and a patch that was none. */
    private suspend fun colleague(
        tablet: Tablet,
        record: RecordId,
    ) {
        val order = tablet.chart(record).orThrow().orders.single()
        val plain = DoseEntry(token = order.item.token, dose = Quantity("1", "{tablet}", "tablett"))
        val reasons = tablet.checkDose(plain).orThrow().filter { it.needsReason }
            .map { RuleOverride(it.rule, "the doctor said so on the phone") }
        val given = tablet.give(
            DoseEntry(token = plain.token, dose = plain.dose, overrides = reasons),
        ).orThrow()
        refused<KariError.InvalidArgument>(tablet.checkGivenDose(given.token, ""))
        refused<KariError.InvalidArgument>(tablet.takeOffPatch(PatchOffEntry(given.token)))
        refused<KariError.NotPermitted>(tablet.addNurse(Ward.colleague, "1357"))
        tablet.unlock(Ward.colleague, Ward.colleagueCode()).orThrow()
        tablet.addNurse(Ward.colleague, "1357").orThrow()
        assertTrue(tablet.people().orThrow().any { it.person == Ward.colleague })
        tablet.lock().orThrow()
        tablet.unlock(Ward.colleague, "1357").orThrow()
        tablet.setLanguage(Language.NB).orThrow()
        val token = tablet.chart(record).orThrow().administrations.first {
            it.item.resource == given.resource
        }.item.token
        tablet.checkGivenDose(token, "two tablets, blue").orThrow()
        val dose = tablet.chart(record).orThrow().administrations.first {
            it.item.resource == given.resource
        }
        assertEquals("holds", dose.checks.single().standing)
        assertTrue((tablet.syncStatus().orThrow().unsent) > 0)
        assertTrue(tablet.sync().orThrow().complete)
        val status = tablet.syncStatus().orThrow()
        assertEquals(0, status.unsent)
        assertTrue((status.serverMinusWall ?: 0.seconds).absoluteValue < 60.seconds)
        assertEquals(Ward.colleague, tablet.state().orThrow().nurse?.person)
    }
}
