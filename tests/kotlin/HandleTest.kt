// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import no.kari.*
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class HandleTest {
    @Test
    fun `a tablet that an app forgot is closed by the net`(): Unit =
        story {
            val before = Kari.liveObjects
            Ward.enrolled("forgotten").close()
            openAndForget()
            withTimeout(30.seconds) {
                while (Kari.liveObjects > before) {
                    System.gc()
                    delay(1.milliseconds) // the net has a thread of its own
                }
            }
            Tablet.open(Ward.place("forgotten")).orThrow().close()
            assertEquals(before, Kari.liveObjects)
        }

    @Test
    fun `a write that was asked for is finished, and answers, though its coroutine is cancelled`() {
        val executor = Executors.newSingleThreadExecutor()
        val gate = CountDownLatch(1)
        story {
            Ward.enrolled("finished").close()
            val place = Ward.place("finished")
            Tablet.open(place, executor.asCoroutineDispatcher()).orThrow().use { tablet ->
                tablet.unlock(Ward.nurse, Ward.PIN).orThrow()
                val record = Ward.patient(tablet, "Bjarne")
                var answer: Outcome<Written>? = null
                coroutineScope {
                    executor.execute { gate.await() }
                    val writer = launch(start = CoroutineStart.UNDISPATCHED) {
                        answer = tablet.writeNote(record, NoteEntry(title = "A", text = "B"))
                    }
                    writer.cancel()
                    gate.countDown()
                    writer.join()
                    assertTrue(writer.isCancelled)
                    val late = launch(start = CoroutineStart.LAZY) { tablet.lock().orThrow() }
                    late.cancel()
                    late.join()
                }
                assertTrue(answer is Outcome.Done)
                assertTrue(tablet.chart(record).orThrow().notes.isNotEmpty())
            }
        }
        executor.shutdown()
    }

    private suspend fun openAndForget() {
        assertTrue(Tablet.open(Ward.place("forgotten")).orThrow().state().orThrow().locked)
    }

    @Test
    fun `every error of the core has a class of its own`() {
        assertEquals("0.1.0", Kari.version)
        val kinds = KariError::class.sealedSubclassNames()
        assertTrue(kinds.containsAll(listOf("Closed", "Unknown", "WrongPin", "ReasonRequired")))
        assertEquals(56, kinds.size)
    }

    private fun kotlin.reflect.KClass<*>.sealedSubclassNames(): Set<String> =
        java.declaredClasses.filter { KariError::class.java.isAssignableFrom(it) }
            .map { it.simpleName }.toSet()
}
