// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import no.kari.*
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.CoroutineContext
import kotlin.time.Clock
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.seconds

/** What the words of the API promise. */
class PromisesTest {
    private val note = NoteEntry(title = "Tilsyn", text = "Sover.")

    @Test
    fun `a live chart ends at the lock, and is nobody else's after it`(): Unit =
        story {
            val before = Kari.liveObjects
            Ward.enrolled("locked").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                tablet.unlock(Ward.colleague, Ward.colleagueCode()).orThrow()
                tablet.addNurse(Ward.colleague, "1357").orThrow()
                coroutineScope {
                    val seen = Channel<Outcome<Chart>>(Channel.UNLIMITED)
                    val collector = launch { tablet.charts(record).collect(seen::send) }
                    seen.receive().orThrow()
                    tablet.lock().orThrow()
                    tablet.unlock(Ward.colleague, "1357").orThrow()
                    withTimeout(20.seconds) { collector.join() }
                    refused<KariError.Locked>(seen.receive())
                    assertTrue(seen.tryReceive().isFailure)
                }
                tablet.lock().orThrow()
                refused<KariError.Locked>(tablet.charts(record).toList().single())
            }
            assertEquals(before, Kari.liveObjects)
        }

    /** Of the tablet's own: counts what it is given. */
    private class Counting : CoroutineDispatcher() {
        val count = AtomicInteger()

        override fun dispatch(
            context: CoroutineContext,
            block: Runnable,
        ) {
            count.incrementAndGet()
            Dispatchers.IO.dispatch(context, block)
        }
    }

    @Test
    fun `a live chart works on the dispatcher of its tablet alone`(): Unit =
        story {
            Ward.enrolled("counted").close()
            val counting = Counting()
            Tablet.open(Ward.place("counted"), counting).orThrow().use { tablet ->
                tablet.unlock(Ward.nurse, Ward.PIN).orThrow()
                val record = Ward.patient(tablet, "Bjarne")
                coroutineScope {
                    val seen = Channel<Outcome<Chart>>(Channel.UNLIMITED)
                    val collector = launch { tablet.charts(record).collect(seen::send) }
                    seen.receive().orThrow()
                    val before = counting.count.get()
                    tablet.writeNote(record, note).orThrow()
                    withTimeout(20.seconds) { seen.receive() }.orThrow()
                    // The note, to be told again, and the reading.
                    assertTrue(counting.count.get() - before >= 3)
                    collector.cancel()
                }
            }
        }

    @Test
    fun `closing that is refused within a callback ends nothing`(): Unit =
        story {
            Ward.enrolled("refused").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                coroutineScope {
                    val steps = Channel<FollowStep>(Channel.UNLIMITED)
                    val follower = launch { tablet.following().collect(steps::send) }
                    suspend fun waits() =
                        withTimeout(20.seconds) {
                            while ((steps.receive() as? FollowStep.Now)?.state
                                != FollowState.WAITING
                            ) continue
                        }
                    waits()
                    val said = AtomicReference<Throwable?>()
                    val listener = Listener { _, _ ->
                        said.compareAndSet(null, runCatching { tablet.close() }.exceptionOrNull())
                    }
                    val begun = outcome(Native.observe(tablet.number, listener), false) {
                        Pair(long(), long())
                    }.orThrow()
                    tablet.writeNote(record, note).orThrow()
                    outcome(Native.watchFree(begun.first, begun.second), false) {}.orThrow()
                    assertTrue((said.get() as KariException).error is KariError.InUse)
                    // It goes on: what was written is sent.
                    withTimeout(20.seconds) {
                        while (steps.receive() !is FollowStep.Synced) continue
                    }
                    assertTrue(follower.isActive)
                    follower.cancel()
                }
            }
        }

    @Test
    fun `trouble with the network is said in words`(): Unit =
        story {
            val relay = Relay()
            Ward.enrolled("trouble", relay.address).use { tablet ->
                relay.close()
                val told = ArrayList<String>()
                val now = withTimeoutOrNull(15.seconds) {
                    tablet.following().first {
                        told.add(if (it is FollowStep.Now) "${it.state} ${it.trouble}" else "$it")
                        it is FollowStep.Now && it.trouble != null
                    }
                } as FollowStep.Now? ?: throw AssertionError("$told")
                assertEquals(FollowState.TROUBLE, now.state)
                refused<KariError>(Outcome.Refused(checkNotNull(now.trouble)))
            }
        }

    @Test
    fun `what cannot be ended now can be ended later`() {
        var calls = 0
        val handle = Handle(Any(), 7) { if (++calls == 1) throw OutOfMemoryError("on purpose") }
        assertThrows(OutOfMemoryError::class.java) { handle.close() }
        assertFalse(handle.closed)
        handle.close()
        handle.close()
        assertTrue(handle.closed)
        assertEquals(2, calls)
    }

    @Test
    fun `values are equal by what they say and tell logs nothing`() {
        val said = "Penicillin"
        val now = Clock.System.now()
        val pairs = listOf(
            Pair(Coded(text = said), Coded(text = said)),
            Pair(Quantity(said, "mg"), Quantity(said, "mg")),
            Pair(RuleOverride("a/b", said), RuleOverride("a/b", said)),
            Pair(Moment(now, zone = said), Moment(now, zone = said)),
        )
        for ((one, same) in pairs) {
            assertEquals(one, same)
            assertEquals(one.hashCode(), same.hashCode())
            assertFalse(said in one.toString())
        }
        assertNotEquals(Coded(text = said), Coded(code = said))
        assertNull((-1).orNull())
        assertEquals(0, 0.orNull())
    }

    @Test
    fun `a moment is written down at the time of its zone`(): Unit =
        story {
            Ward.enrolled("moments").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                val summer = kotlin.time.Instant.fromEpochSeconds(1_790_000_000)
                val entry = VisitEntry(starts = Moment(summer, zone = "Europe/Oslo"))
                tablet.startVisit(record, entry).orThrow()
                val visits = tablet.chart(record).orThrow().care.visits
                val starts = visits.map { it.statement.value?.starts }
                assertTrue("2026-09-21T16:13:20+02:00" in starts, "$starts")
                val winter = VisitEntry(starts = Moment(summer, 3600, "Europe/Oslo"))
                refused<KariError.Malformed>(tablet.startVisit(record, winter))
            }
        }

    @Test
    fun `a dose that is written a day late wants a reason by the name of its rule`(): Unit =
        story {
            Ward.enrolled("late").use { tablet ->
                val record = Ward.patient(tablet, "Åse")
                tablet.chart(record).orThrow()
                val slot = tablet.round(record, CalendarDate(2026, 3, 2)).orThrow().slots.first {
                    it.nominal == "20:00"
                }
                val then = Moment(slot.planned.at, zone = "Europe/Oslo")
                fun dose(reasons: List<RuleOverride>) =
                    DoseEntry(token = slot.token, effective = then, overrides = reasons)
                val told = tablet.checkDose(dose(emptyList())).orThrow().map { it.rule }
                assertTrue("entry/late" in told, "$told")
                val error = refused<KariError.ReasonRequired>(tablet.give(dose(emptyList())))
                assertTrue("entry/late" in error.rules, error.what)
                val reasons = error.rules.map { RuleOverride(it, "found the list of that day") }
                tablet.give(dose(reasons)).orThrow()
                val pulse = ObservationEntry(
                    code = Coded("http://loinc.org", "8867-4", "Puls"),
                    value = Quantity("72", "/min"),
                    effective = Moment(Clock.System.now() - 2.days, zone = "Europe/Oslo"),
                )
                val late = refused<KariError.ReasonRequired>(
                    tablet.recordObservation(record, pulse),
                )
                assertEquals(listOf("entry/late"), late.rules)
            }
        }
}
