// SPDX-License-Identifier: Apache-2.0
// One shift, as in the other languages: FOLDER https://HOST:PORT PERSON begin CODE
// or ... shift, which needs no network, or ... sync. Prints the record, its digest, open findings.
package no.kari.tests.scenario

import kotlinx.coroutines.runBlocking
import no.kari.*
import kotlin.system.exitProcess

private const val PIN = "2468"

private suspend fun opened(
    words: Array<String>,
    nurse: PersonId,
): Tablet {
    val place = Place(directory = words[0])
    if (words[3] == "begin") {
        val enrolment =
            Enrolment(
                place = place,
                server = words[1],
                code = words[4],
                person = nurse,
                pin = PIN,
                pinMemoryKib = 1024,
                pinIterations = 1,
            )
        Tablet.enrol(enrolment).orThrow().close()
    }
    return Tablet.open(place).orThrow().also { it.unlock(nurse, PIN).orThrow() }
}

private suspend fun shift(
    tablet: Tablet,
    record: RecordId,
) {
    for (slot in tablet.round(record).orThrow().slots) {
        if ("Metoprolol" !in slot.medication.text || slot.nominal != "08:00") continue
        val warnings = tablet.checkDose(DoseEntry(token = slot.token)).orThrow()
        val reasons = warnings.filter { it.needsReason }
            .map { RuleOverride(it.rule, "rang the doctor") }
        tablet.give(DoseEntry(token = slot.token, overrides = reasons)).orThrow()
    }
    val note = NoteEntry(title = "Tilsyn", text = "Skrevet i Kotlin.")
    tablet.writeNote(record, note).orThrow()
}

fun main(words: Array<String>): Unit =
    runBlocking {
        if (words.size < 4) exitProcess(2)
        val nurse = PersonId.parse(words[2]) ?: exitProcess(2)
        opened(words, nurse).use { tablet ->
            if (words[3] != "shift") tablet.sync().orThrow()
            val record = tablet.patients().orThrow().rows.first { "Åse" in it.name }.record
            tablet.chart(record).orThrow()
            if (words[3] == "shift") shift(tablet, record)
            val open = tablet.findings(record).orThrow().count { it.state == FindingState.OPEN }
            println("$record ${tablet.stateDigest(record).orThrow()} $open")
        }
        if (Kari.liveObjects != 0L) exitProcess(4)
    }
