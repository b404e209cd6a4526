// SPDX-License-Identifier: Apache-2.0
// From nothing to an offline chart and a dose: FOLDER https://HOST:PORT PERSON [CODE]
// With a code the machine becomes a tablet; without one it needs no network at all.
import kotlinx.coroutines.runBlocking
import no.kari.*
import kotlin.system.exitProcess

/** What a call answered; an error says in words what to do about it. */
private fun <T> Outcome<T>.must(): T =
    when (this) {
        is Outcome.Done -> value
        is Outcome.Refused -> {
            val language = Language.EN
            System.err.println("${error.sentence(language)} ${error.whatToDo(language)}")
            exitProcess(1)
        }
    }

private suspend fun tablet(words: Array<String>): Tablet {
    val nurse = PersonId.parse(words[2]) ?: exitProcess(2)
    val place = Place(directory = words[0])
    val pin = "1357" // an app asks the nurse for it
    if (words.size > 3) {
        val tablet = Tablet.enrol(Enrolment(place, words[1], words[3], nurse, pin)).must()
        tablet.sync().must() // fetches the caseload
        return tablet
    }
    return Tablet.open(place).must().also { it.unlock(nurse, pin).must() }
}

fun main(words: Array<String>): Unit =
    runBlocking {
        if (words.size < 3) exitProcess(2)
        tablet(words).use { tablet ->
            // From here on nothing needs a network.
            for (patient in tablet.patients().must().rows) {
                val chart = tablet.chart(patient.record).must()
                val round = tablet.round(patient.record).must()
                val count = "${chart.orders.size} orders, ${round.slots.size} doses today"
                val whole = if (round.whole) "" else ", NOT WHOLE"
                val lookAt = round.lookAt.size + chart.missing.size
                println("${patient.name}: $count; ${round.age.age} old, look at $lookAt$whole")
                for (slot in round.slots.filter { it.state == DoseState.DUE }) {
                    if (!slot.mayGive || slot.elsewhere.isNotEmpty()) {
                        println("not given: ${slot.medication.text}") // ring first
                        continue
                    }
                    tablet.give(DoseEntry(token = slot.token)).must()
                    println("gave ${slot.medication.text}")
                }
            }
        }
    }
