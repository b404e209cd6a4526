// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import no.kari.*
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import kotlin.time.Clock
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days

class StoryTest {
    @Test
    fun `two tablets in Kotlin chart offline, give one dose twice, and agree after a sync`(): Unit =
        story {
            Ward.enrolled("story-a").use { first ->
                val record = Ward.patient(first, "Åse")
                readChart(first, record)
                giveTheRound(first, record)
                measure(first, record)
                writeNotes(first, record)
                Ward.enrolled("story-b").close()
                reopened("story-b").use { second ->
                    second.chart(record).orThrow()
                    val slot = slot(second, record, "Metoprolol", "08:00")
                    assertTrue(slot.state != DoseState.GIVEN)
                    give(second, slot.token)
                    assertTrue(first.sync().orThrow().complete)
                    assertTrue(second.sync().orThrow().complete)
                    answerFindings(second, record)
                    second.sync().orThrow()
                    first.sync().orThrow()
                    val digest = first.stateDigest(record).orThrow()
                    assertEquals(second.stateDigest(record).orThrow(), digest)
                    File("${Ward.work}/digest").writeText("$record $digest\n")
                    assertTrue(first.verify().orThrow().sound)
                }
            }
        }

    private suspend fun reopened(name: String): Tablet {
        val tablet = Tablet.open(Ward.place(name)).orThrow()
        val state = tablet.state().orThrow()
        assertTrue(state.locked)
        assertNull(state.nurse)
        assertNull(state.today)
        assertEquals("Ingrid Berg", tablet.nurses().orThrow().single().name)
        refused<KariError.Locked>(tablet.patients())
        val wrong = refused<KariError.WrongPin>(tablet.unlock(Ward.nurse, "0000"))
        assertEquals("wrong_pin", wrong.name)
        assertTrue(wrong.what.isNotEmpty())
        val signedIn = tablet.unlock(Ward.nurse, Ward.PIN).orThrow()
        assertEquals("Ingrid Berg", signedIn.nurse.name)
        assertFalse(signedIn.wasRestored)
        return tablet
    }

    private suspend fun readChart(
        tablet: Tablet,
        record: RecordId,
    ) {
        val chart = tablet.chart(record).orThrow()
        assertEquals(record, chart.record)
        assertEquals(Freshness.FRESH, chart.age.tier)
        assertNotNull(chart.age.asOf)
        assertEquals(listOf(record), chart.group)
        assertEquals("1931-05-04", chart.patient?.birthDate)
        assertEquals(AllergyStatement.LISTED, chart.allergyStatement)
        val allergy = chart.allergies.single()
        assertEquals("Penicillin", allergy.code.value?.text)
        assertEquals("high", allergy.criticality.value)
        val order = chart.orders.first()
        assertTrue(order.active)
        assertFalse(order.prescription.contested)
        assertEquals(true, order.prescription.live.single().said?.byServer)
        assertTrue(order.prescription.value?.timesOfDay?.isNotEmpty() == true)
        val weight = chart.observations.single().statement.value?.value
        assertEquals("61.5", weight?.plain)
        assertEquals("kg", weight?.code)
        assertEquals(emptyList<Any>(), chart.care.measures)
        assertTrue("Penicillin" in tablet.exportFhir(record).orThrow())
    }

    private suspend fun slot(
        tablet: Tablet,
        record: RecordId,
        drug: String,
        time: String,
    ): Slot =
        tablet.round(record).orThrow().slots.first {
            drug in it.medication.text && it.nominal == time
        }

    /** With a reason for every warning that wants one. */
    private suspend fun give(
        tablet: Tablet,
        token: String,
        dose: Quantity? = null,
    ): Written {
        val plain = DoseEntry(token = token, dose = dose)
        val warnings = tablet.checkDose(plain).orThrow().filter { it.needsReason }
        val reasons = warnings.map { RuleOverride(it.rule, "talked to the doctor on the phone") }
        if (reasons.isNotEmpty()) {
            val error = refused<KariError.ReasonRequired>(tablet.give(plain))
            assertEquals(warnings.map { it.rule }.toSet(), error.rules.toSet())
        }
        return tablet.give(DoseEntry(token = token, dose = dose, overrides = reasons)).orThrow()
    }

    private suspend fun giveTheRound(
        tablet: Tablet,
        record: RecordId,
    ) {
        val changesIn = checkNotNull(tablet.round(record).orThrow().changesIn)
        assertTrue(changesIn > Duration.ZERO && changesIn <= 1.days, "$changesIn")
        val metoprolol = slot(tablet, record, "Metoprolol", "08:00")
        assertEquals("0.5", metoprolol.dose?.value)
        val other = DoseEntry(token = metoprolol.token, identity = "1901-01-01")
        val error = refused<KariError.ReasonRequired>(tablet.give(other))
        assertTrue("entry/other-patient" in error.rules, error.what)
        give(tablet, metoprolol.token)
        val token = slot(tablet, record, "Paracetamol", "08:00").token
        val written = give(tablet, token, Quantity("1", "{tablet}", "tablett"))
        val both = Quantity("2", "{tablet}", "tablett")
        refused<KariError.ReasonRequired>(
            tablet.correctDose(DoseCorrection(token = written.token, dose = both, reason = "")),
        )
        fun correction(intake: Intake?) =
            DoseCorrection(
                token = written.token,
                dose = both,
                reason = "gave both after all",
                intake = intake,
                givenBy = "Anne Moen, daughter",
            )
        refused<KariError.InvalidArgument>(tablet.correctDose(correction(null)))
        tablet.correctDose(correction(Intake.BY_OTHER)).orThrow()
        assertEquals("by-other", slot(tablet, record, "Paracetamol", "08:00").intake)
        val up = VomitedEntry(written.token, seen = Seen.NO)
        assertEquals("entry/ask-before-repeat", tablet.doseVomited(up).orThrow().told.single().rule)
        tablet.doseEffect(EffectEntry(written.token, Effect.GOOD)).orThrow()
        assertTrue(slot(tablet, record, "Paracetamol", "08:00").vomited.isNotEmpty())
        val evening = slot(tablet, record, "Metoprolol", "20:00").token
        tablet.notGiven(NotGivenEntry(evening, NotGiven.REFUSED, "did not want it")).orThrow()
        assertEquals(DoseState.GIVEN, slot(tablet, record, "Metoprolol", "08:00").state)
        assertEquals(DoseState.NOT_GIVEN, slot(tablet, record, "Metoprolol", "20:00").state)
        refused<KariError.Malformed>(tablet.round(record, CalendarDate(2026, 2, 30)))
        val earlier = tablet.round(record, CalendarDate(2026, 3, 2)).orThrow()
        assertEquals(CalendarDate(2026, 3, 2), earlier.date)
    }

    private suspend fun measure(
        tablet: Tablet,
        record: RecordId,
    ) {
        fun pulse(value: String) =
            ObservationEntry(
                code = Coded("http://loinc.org", "8867-4", "Puls"),
                value = Quantity(value, "/min"),
                confirmed = true,
            )
        refused<KariError.ValueOutOfRange>(tablet.recordObservation(record, pulse("310")))
        refused<KariError.Malformed>(tablet.recordObservation(record, pulse("seventy")))
        val written = tablet.recordObservation(record, pulse("72.0")).orThrow()
        val shown = tablet.chart(record).orThrow().observations.first().statement.value?.value
        assertEquals("72.0", shown?.value)
        assertEquals("72", shown?.plain)
        val anew = tablet.correctObservation(written.token, pulse("135")).orThrow()
        // One part of seven: no total yet, and none is made of it.
        val score = tablet.chart(record).orThrow().scores.first()
        assertEquals(1, score.parts)
        assertNull(score.total)
        assertNull(score.atLeast)
        assertNull(score.decision)
        refused<KariError.ReasonRequired>(tablet.retractObservation(anew.token, ""))
        tablet.retractObservation(anew.token, "of another patient").orThrow()
    }

    private suspend fun writeNotes(
        tablet: Tablet,
        record: RecordId,
    ) {
        val note = NoteEntry(title = "Tilsyn", text = "Sover.")
        val written = tablet.writeNote(record, note).orThrow()
        val better = NoteEntry(title = "Tilsyn", text = "Sover godt. Blå himmel, € og 😀")
        val edited = tablet.editNote(written.token, better).orThrow()
        val signed = tablet.signNote(edited.token).orThrow()
        refused<KariError.SignedTextIsFinal>(tablet.editNote(signed.token, better))
        tablet.addend(signed.token, NoteEntry(title = "Tillegg", text = "Våknet kl. 3.")).orThrow()
        val notes = tablet.chart(record).orThrow().notes
        assertTrue(notes.any { it.document.value?.text == better.text })
        assertTrue(notes.any { it.document.value?.appendsTo == written.resource })
    }

    private suspend fun answerFindings(
        tablet: Tablet,
        record: RecordId,
    ) {
        val double = tablet.findings(record).orThrow().first {
            it.severity <= 2 && it.state == FindingState.OPEN && it.inputs.size >= 2
        }
        assertTrue(double.action.isNotEmpty())
        val case = tablet.findingCase(double.token).orThrow()
        assertEquals(double.id, case.finding.id)
        assertTrue(case.sides.size >= 2)
        assertTrue(case.sides[0].here != case.sides[1].here)
        tablet.assignFinding(double.token, Ward.colleague).orThrow()
        val assigned = tablet.findings(record).orThrow().first { it.id == double.id }
        assertEquals(Ward.colleague, assigned.assignedTo)
        val open = tablet.findings(record).orThrow().filter { it.state == FindingState.OPEN }
        val answer = FindingAnswer(open.first().token, "confirmed-double", "counted the tablets")
        assertTrue(tablet.resolveFinding(answer) is Outcome.Done)
        for (one in open.drop(1)) {
            val past = Moment(Clock.System.now() - 1.days, zone = "Europe/Oslo")
            val refused = tablet.deferFinding(one.token, past, "rings tomorrow")
            refused<KariError.ValueOutOfRange>(refused)
            val until = Moment(Clock.System.now() + 1.days, zone = "Europe/Oslo")
            tablet.deferFinding(one.token, until, "rings tomorrow").orThrow()
        }
    }
}
