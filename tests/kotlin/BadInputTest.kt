// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import no.kari.*
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicReference

/** Every wrong input is told, and the tablet goes on. */
class BadInputTest {
    private val note = NoteEntry(title = "A", text = "B")

    @Test
    fun `a closed tablet says so and touches nothing`(): Unit =
        story {
            val tablet = Ward.enrolled("closed")
            val record = Ward.patient(tablet, "Bjarne")
            val number = tablet.number
            tablet.close()
            tablet.close()
            refused<KariError.Closed>(tablet.patients())
            refused<KariError.Closed>(tablet.chart(record))
            refused<KariError.Closed>(tablet.writeNote(record, note))
            refused<KariError.Closed>(tablet.sync())
            assertTrue(tablet.syncStatus() is Outcome.Refused)
            // What the glue says of the number itself, and of one of another kind.
            for (wrong in listOf(number, 0, -1, 7)) {
                val said = outcome(Native.patientsRead(wrong, byteArrayOf(0)), false) {}
                refused<KariError.InvalidArgument>(said)
            }
            val cancel = Native.cancelNew()
            refused<KariError.InvalidArgument>(
                outcome(Native.patientsRead(cancel, byteArrayOf(0)), false) {},
            )
            Native.cancelFree(cancel)
            Native.cancelAsk(cancel)
            Native.cancelFree(cancel)
            refused<KariError.InvalidArgument>(outcome(Native.watchAgain(cancel), false) {})
        }

    @Test
    fun `half a character and NUL are no text, and all the rest is`(): Unit =
        story {
            Ward.enrolled("texts").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                for (bad in listOf("\uD83D", "a\uDE00b", "\uDE00\uD83D", "a\u0000b", "\u0000")) {
                    val entry = NoteEntry(title = bad, text = "B")
                    refused<KariError.InvalidArgument>(tablet.writeNote(record, entry))
                    refused<KariError.InvalidArgument>(tablet.saveDraft(record, bad, note))
                    refused<KariError.InvalidArgument>(tablet.findingCase(bad))
                    assertNull(RecordId.parse(bad))
                }
                val good = "blå himmel, €, 😀 og \u202E mer"
                tablet.writeNote(record, NoteEntry(title = good, text = good)).orThrow()
                val shown = tablet.chart(record).orThrow().notes.first().document.value
                assertEquals(good, shown?.text)
                assertNull(RecordId.parse("xyz"))
                assertNull(Digest.parse(record.toString()))
                assertEquals(record, RecordId.parse(record.toString()))
                refused<KariError.Malformed>(tablet.stopOrder("no token", "why"))
                val many = List(1001) { RuleOverride("a/b", "c") }
                val dose = DoseEntry(token = "x", overrides = many)
                refused<KariError.TooLarge>(tablet.give(dose))
            }
        }

    @Test
    fun `arguments that are cut short are a defect of the binding, told to Java`(): Unit =
        story {
            Ward.enrolled("cut").use { tablet ->
                for (size in 0..15) {
                    val cut = ByteArray(size) { 1 }
                    assertThrows(IllegalStateException::class.java) {
                        Native.chartRead(tablet.number, cut)
                    }
                }
                tablet.patients().orThrow()
            }
        }

    @Test
    fun `a place that is no tablet, and one that is taken, are told`(): Unit =
        story {
            refused<KariError.InvalidArgument>(Tablet.open(Place(directory = "")))
            refused<KariError.NotEnrolled>(Tablet.open(Ward.place("nowhere")))
            refused<KariError.CodeRefused>(Tablet.enrol(Ward.enrolment("nowhere", "no code")))
            Ward.enrolled("taken").use {
                refused<KariError.InUse>(Tablet.open(Ward.place("taken")))
            }
        }

    @Test
    fun `what a listener throws ends its call and nothing else`(): Unit =
        story {
            Ward.enrolled("throws").use { tablet ->
                val cancel = Native.cancelNew()
                val thrown = assertThrows(ArithmeticException::class.java) {
                    val listener = Listener { _, _ -> throw ArithmeticException("on purpose") }
                    Native.syncRun(tablet.number, cancel, listener, false)
                }
                assertEquals("on purpose", thrown.message)
                Native.cancelFree(cancel)
                val record = Ward.patient(tablet, "Bjarne")
                val listener = Listener { _, _ -> throw ArithmeticException("on purpose") }
                val begun = outcome(Native.observe(tablet.number, listener), false) {
                    Pair(long(), long())
                }.orThrow()
                tablet.writeNote(record, note).orThrow()
                tablet.writeNote(record, note).orThrow()
                outcome(Native.watchFree(begun.first, begun.second), false) {}.orThrow()
                val stopped = runCatching {
                    tablet.syncing().collect { throw ArithmeticException("in the collector") }
                }
                assertEquals("in the collector", stopped.exceptionOrNull()?.message)
                assertTrue(tablet.sync().orThrow().complete)
            }
        }

    @Test
    fun `a tablet cannot be closed from within its own callback`(): Unit =
        story {
            Ward.enrolled("within").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                val said = AtomicReference<Throwable?>()
                val listener = Listener { _, _ ->
                    said.set(runCatching { tablet.close() }.exceptionOrNull())
                }
                val begun = outcome(Native.observe(tablet.number, listener), false) {
                    Pair(long(), long())
                }.orThrow()
                tablet.writeNote(record, note).orThrow()
                outcome(Native.watchFree(begun.first, begun.second), false) {}.orThrow()
                assertTrue((said.get() as KariException).error is KariError.InUse)
                assertTrue(tablet.patients() is Outcome.Done)
            }
        }

    @Test
    fun `a thread that Java does not know may write, and is left as it was`(): Unit =
        story {
            System.loadLibrary("kari_jni_tests")
            Ward.enrolled("detached").use { tablet ->
                val record = Ward.patient(tablet, "Bjarne")
                val heard = Channel<Thread>(Channel.UNLIMITED)
                val listener = Listener { _, _ -> heard.trySend(Thread.currentThread()) }
                val begun = outcome(Native.observe(tablet.number, listener), false) {
                    Pair(long(), long())
                }.orThrow()
                assertEquals(0, Detached.writeNote(tablet.number, record.bytes))
                assertNotNull(heard.tryReceive().getOrNull())
                outcome(Native.watchFree(begun.first, begun.second), false) {}.orThrow()
                assertTrue(tablet.chart(record).orThrow().notes.isNotEmpty())
            }
        }

    @Test
    fun `many threads use one tablet while it is closed`(): Unit =
        story {
            val before = Kari.liveObjects
            val tablet = Ward.enrolled("threads")
            val record = Ward.patient(tablet, "Bjarne")
            coroutineScope {
                val working = Channel<Unit>(Channel.UNLIMITED)
                val readers = List(6) { number ->
                    async(Dispatchers.Default) {
                        var last: KariError? = null
                        while (last == null || last is KariError.Locked) {
                            val outcome =
                                if (number == 0) tablet.writeNote(record, note)
                                else tablet.chart(record)
                            last = outcome.errorOrNull()
                            if (last == null) working.send(Unit)
                        }
                        last
                    }
                }
                repeat(12) { working.receive() }
                tablet.close()
                assertTrue(readers.awaitAll().all { it is KariError.Closed })
            }
            assertEquals(before, Kari.liveObjects)
        }
}

/** A thread of C's own; tests/kotlin/detached.c. */
internal object Detached {
    /** 0: it wrote a note on a thread that was not attached, before or after. */
    @JvmStatic
    external fun writeNote(
        device: Long,
        record: ByteArray,
    ): Int

    /** The same of a lock, which seals. */
    @JvmStatic
    external fun lock(device: Long): Int
}
