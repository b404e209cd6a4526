// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import android.app.KeyguardManager
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import no.kari.KariError
import no.kari.Outcome
import no.kari.SyncReport
import no.kari.Tablet
import no.kari.syncUnlessLocked
import java.util.concurrent.ConcurrentHashMap
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

/**
 * Syncs when Android finds time for it, for whoever is signed in; never while the tablet is locked,
 * nor while the screen is. A process that was ended has no key, so there is nothing to take up
 * after a restart of the machine: the next sign-in schedules it again.
 *
 * An app has a class of its own of it, and names that in its manifest:
 *
 * ```xml
 * <service android:name=".Background" android:exported="false"
 *     android:permission="android.permission.BIND_JOB_SERVICE" />
 * ```
 */
public abstract class SyncJob : JobService() {
    private val work = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val running = ConcurrentHashMap<Int, Job>()

    /** The tablet that this process has open; null: none. */
    protected abstract fun tablet(): Tablet?

    /** Told what came of it; null within: it was locked. For "last synced" on the screen. */
    protected open fun synced(outcome: Outcome<SyncReport?>) {}

    /** Whether the screen of the machine is locked. */
    protected open fun screenLocked(): Boolean =
        getSystemService(KeyguardManager::class.java)?.isDeviceLocked ?: true

    /** Android's word that it is time. */
    override fun onStartJob(parameters: JobParameters): Boolean {
        running[parameters.jobId] = work.launch {
            val again = once()
            running.remove(parameters.jobId)
            jobFinished(parameters, again)
        }
        return true
    }

    /** Android's word that time is over. What was applied stays; true: try again. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        running.remove(parameters.jobId)?.cancel()
        return true
    }

    /** Ends what runs. */
    override fun onDestroy() {
        work.cancel()
        super.onDestroy()
    }

    /** Whether to try again soon: the network was away, and it may be there in a minute. */
    internal suspend fun once(): Boolean {
        val tablet = tablet()
        if (tablet == null || screenLocked()) return false
        val outcome = tablet.syncUnlessLocked()
        synced(outcome)
        return when (outcome.errorOrNull()) {
            is KariError.Offline, is KariError.TimedOut, is KariError.ServerBusy -> true
            else -> false
        }
    }

    /** When it runs. */
    public companion object {
        /** Android calls no periodic job more often. */
        public val LEAST: Duration = 15.minutes

        /**
         * To be called after a sign-in. [number] is the app's own for this job; one that is
         * scheduled is replaced. False: Android takes no more jobs.
         */
        public fun schedule(
            context: Context,
            job: Class<out SyncJob>,
            number: Int,
            every: Duration = LEAST,
        ): Boolean {
            val scheduler = context.getSystemService(JobScheduler::class.java) ?: return false
            val info = JobInfo.Builder(number, ComponentName(context, job))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                .setPeriodic(period(every))
                .setPersisted(false)
                .build()
            return scheduler.schedule(info) == JobScheduler.RESULT_SUCCESS
        }

        /** To be called at the lock: while locked there is nothing to do. */
        public fun stop(
            context: Context,
            number: Int,
        ) {
            context.getSystemService(JobScheduler::class.java)?.cancel(number)
        }

        internal fun period(every: Duration): Long = maxOf(every, LEAST).inWholeMilliseconds
    }
}
