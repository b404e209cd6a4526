// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import kotlinx.coroutines.runBlocking
import no.kari.*
import java.util.concurrent.ConcurrentLinkedQueue

/** What the driver, tests/kotlin/binding_test.py, says of the server and its people. */
object Ward {
    const val PIN = "2468"
    val work: String = said("work")
    val server: String = said("server")
    val nurse: PersonId = checkNotNull(PersonId.parse(said("nurse")))
    val colleague: PersonId = checkNotNull(PersonId.parse(said("colleague")))
    private val colleagueCodes = ConcurrentLinkedQueue(said("colleagueCodes").split(","))
    private val codes = ConcurrentLinkedQueue(said("codes").split(","))

    private fun said(name: String): String =
        System.getProperty("kari.$name") ?: error("no kari.$name")

    /** For the colleague alone, once. */
    fun colleagueCode(): String = colleagueCodes.remove()

    fun place(name: String): Place =
        Place(directory = "$work/$name", zone = "Europe/Oslo", language = Language.EN)

    fun enrolment(
        name: String,
        code: String = codes.remove(),
        address: String = server,
    ): Enrolment =
        Enrolment(
            place = place(name),
            server = address,
            code = code,
            person = nurse,
            pin = PIN,
            deviceName = name,
            pinMemoryKib = 1024,
            pinIterations = 1,
        )

    /** A tablet that has its caseload. */
    suspend fun enrolled(
        name: String,
        address: String = server,
    ): Tablet {
        val tablet = Tablet.enrol(enrolment(name, address = address)).orThrow()
        tablet.sync().orThrow()
        return tablet
    }

    suspend fun patient(
        tablet: Tablet,
        name: String,
    ): RecordId = tablet.patients().orThrow().rows.first { name in it.name }.record
}

/** A test that suspends. */
fun story(body: suspend () -> Unit): Unit = runBlocking { body() }

/** The call is refused with this kind of error. */
inline fun <reified Kind : KariError> refused(outcome: Outcome<*>): Kind {
    val error = outcome.errorOrNull() ?: throw AssertionError("it was done")
    if (error !is Kind) throw AssertionError("refused with $error")
    if (error.sentence(Language.NB).isEmpty() || error.whatToDo(Language.EN).isEmpty())
        throw AssertionError("$error says nothing to a nurse")
    return error
}
