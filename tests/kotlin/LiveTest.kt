// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import no.kari.*
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class LiveTest {
    private val note = NoteEntry(title = "Tilsyn", text = "Sover.")

    @Test
    fun `a live chart is read again after a write and ends with its tablet`(): Unit =
        story {
            val before = Kari.liveObjects
            val tablet = Ward.enrolled("live")
            val record = Ward.patient(tablet, "Bjarne")
            coroutineScope {
                val seen = Channel<Outcome<Chart>>(Channel.UNLIMITED)
                val collector = launch { tablet.charts(record).collect(seen::send) }
                val notes = seen.receive().orThrow().notes.size
                tablet.writeNote(record, note).orThrow()
                withTimeout(20.seconds) {
                    while (seen.receive().orThrow().notes.size != notes + 1) continue
                }
                tablet.close()
                withTimeout(20.seconds) { collector.join() }
                assertFalse(collector.isCancelled)
                refused<KariError.Closed>(tablet.charts(record).first())
                assertEquals(emptyList<Change>(), tablet.changes().toList())
            }
            assertEquals(before, Kari.liveObjects)
        }

    @Test
    fun `who listens hears which record changed, and that the tablet was locked`(): Unit =
        story {
            Ward.enrolled("changes").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                coroutineScope {
                    val heard = Channel<Change>(Channel.UNLIMITED)
                    val collector = launch { tablet.changes().collect(heard::send) }
                    val caseload = async { tablet.caseloads().first() }
                    assertTrue(caseload.await().orThrow().rows.size >= 3)
                    refused<KariError.NotPermitted>(tablet.openFindings(record).first())
                    tablet.chart(record).orThrow()
                    assertTrue(tablet.openFindings(record).first() is Outcome.Done)
                    // It hears from when it listens: that it does is heard.
                    while (heard.tryReceive().isFailure) tablet.writeNote(record, note).orThrow()
                    tablet.writeNote(record, note).orThrow()
                    assertEquals(record, heard.receive().record)
                    tablet.lock().orThrow()
                    withTimeout(20.seconds) {
                        while (heard.receive().kind != ChangeKind.LOCKED) continue
                    }
                    collector.cancelAndJoin()
                }
            }
        }

    @Test
    fun `a sync tells how far it is, and ends with the one who collects it`(): Unit =
        story {
            Ward.enrolled("syncing").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                tablet.writeNote(record, note).orThrow()
                val steps = tablet.syncing().toList()
                assertTrue(steps.first() is SyncStep.Under)
                val ended = steps.last() as SyncStep.Ended
                val report = ended.outcome.orThrow()
                assertTrue(report.complete)
                assertTrue(report.progress.sent > 0)
                assertEquals(steps.size - 1, steps.count { it is SyncStep.Under })
                tablet.writeNote(record, note).orThrow()
                assertTrue(tablet.syncing().first() is SyncStep.Under)
                assertTrue(tablet.sync(withoutAttachments = true).orThrow().complete)
            }
        }

    @Test
    fun `a cancelled coroutine ends what it does with the network`(): Unit =
        story {
            Ward.enrolled("cancel").use { tablet ->
                coroutineScope {
                    val inStep = Channel<FollowStep>(Channel.UNLIMITED)
                    val follower = launch { tablet.following().collect(inStep::send) }
                    withTimeout(20.seconds) {
                        while ((inStep.receive() as? FollowStep.Now)?.state != FollowState.WAITING)
                            continue
                    }
                    withTimeout(20.seconds) { follower.cancelAndJoin() }
                    assertTrue(tablet.sync().orThrow().complete)
                }
            }
        }

    @Test
    fun `a sync that the network holds ends when it is cancelled, and when it is closed`(): Unit =
        story {
            val before = Kari.liveObjects
            Relay().use { relay ->
                val tablet = Ward.enrolled("held", relay.address)
                coroutineScope {
                    relay.hold()
                    val syncer = async(Dispatchers.Default) { tablet.sync() }
                    withContext(Dispatchers.IO) { relay.held.await() }
                    withTimeout(10.seconds) { syncer.cancelAndJoin() }
                    assertTrue(syncer.isCancelled)
                    val collector = async { tablet.syncing().toList() }
                    yield()
                    withContext(Dispatchers.IO) { tablet.close() }
                    val last = withTimeout(10.seconds) { collector.await() }.last()
                    val error = (last as SyncStep.Ended).outcome.errorOrNull()
                    assertTrue(error is KariError.Cancelled || error is KariError.Closed, "$error")
                }
            }
            assertEquals(before, Kari.liveObjects)
        }

    @Test
    fun `closing a tablet ends the exchange that is under way`(): Unit =
        story {
            val before = Kari.liveObjects
            val tablet = Ward.enrolled("closing")
            coroutineScope {
                val steps = Channel<FollowStep>(Channel.UNLIMITED)
                val follower = launch { tablet.following().collect(steps::send) }
                steps.receive()
                tablet.close()
                withTimeout(20.seconds) { follower.join() }
                steps.close()
                assertTrue(steps.toListNow().last() is FollowStep.Ended)
            }
            assertEquals(before, Kari.liveObjects)
        }

    private suspend fun <T> Channel<T>.toListNow(): List<T> {
        val found = ArrayList<T>()
        for (one in this) found.add(one)
        return found
    }
}
