// SPDX-License-Identifier: Apache-2.0
package no.kari.android.tests

import no.kari.*
import no.kari.android.SyncJob
import no.kari.tests.Relay
import no.kari.tests.Ward
import no.kari.tests.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes

/** What a job does when Android calls it; Android itself calls nothing here. */
class SyncJobTest {
    private class Here(
        private val open: Tablet?,
    ) : SyncJob() {
        val told = mutableListOf<Outcome<SyncReport?>>()
        var locked = false

        override fun tablet(): Tablet? = open

        override fun screenLocked(): Boolean = locked

        override fun synced(outcome: Outcome<SyncReport?>) {
            told.add(outcome)
        }
    }

    @Test
    fun `it syncs who is signed in, and never while tablet or screen are locked`(): Unit =
        story {
            Ward.enrolled("job").use { tablet ->
                val job = Here(tablet)
                assertFalse(job.once())
                assertEquals(true, job.told.single().orThrow()?.complete)
                job.locked = true
                assertFalse(job.once())
                assertEquals(1, job.told.size)
                job.locked = false
                tablet.lock().orThrow()
                assertFalse(job.once())
                assertNull(job.told.last().orThrow())
            }
            val none = Here(null)
            assertFalse(none.once())
            assertTrue(none.told.isEmpty())
        }

    @Test
    fun `it is tried again where the network was away, and not on a closed tablet`(): Unit =
        story {
            val relay = Relay()
            val tablet = Ward.enrolled("job-offline", relay.address)
            relay.close()
            val job = Here(tablet)
            assertTrue(job.once())
            tablet.close()
            assertFalse(job.once())
        }

    @Test
    fun `it is asked for no more often than Android lets it`() {
        assertEquals(15.minutes.inWholeMilliseconds, SyncJob.period(1.minutes))
        assertEquals(1.hours.inWholeMilliseconds, SyncJob.period(1.hours))
    }
}
