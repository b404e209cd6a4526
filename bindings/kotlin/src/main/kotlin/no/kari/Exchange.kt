// SPDX-License-Identifier: Apache-2.0
package no.kari

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow

/** Of a sync that [syncing] runs. */
public sealed class SyncStep {
    /** So far. */
    public class Under internal constructor(
        /** Since it began. */
        public val progress: Progress,
    ) : SyncStep()

    /** The last. */
    public class Ended internal constructor(
        /** As [sync] answers. */
        public val outcome: Outcome<SyncReport>,
    ) : SyncStep()
}

/** Of staying in step with the server by [following]. */
public sealed class FollowStep {
    /** It is another. */
    public class Now internal constructor(
        /** What it does. */
        public val state: FollowState,
        /** Why there is trouble, and what to do about it. Null save then; it tries again itself. */
        public val trouble: KariError?,
    ) : FollowStep()

    /** An exchange was whole. */
    public class Synced internal constructor(
        /** What came of it. */
        public val report: SyncReport,
    ) : FollowStep()

    /** The last; why it could not go on. */
    public class Ended internal constructor(
        /** [KariError.Locked] also when the tablet was locked meanwhile. */
        public val outcome: Outcome<Unit>,
    ) : FollowStep()
}

/**
 * Exchanges with the server until there is no more. Cancelling the coroutine ends the exchange
 * within one step; what was applied stays. Errors: [KariError.Offline], [KariError.TimedOut],
 * [KariError.ServerBusy], [KariError.InUse] (one at a time), [KariError.ServerUntrusted],
 * [KariError.DeviceUnknown], [KariError.DeviceRevoked], [KariError.DeviceExpired],
 * [KariError.ProtocolUnsupported], [KariError.Cancelled] (by [Tablet.close]).
 *
 */
public suspend fun Tablet.sync(withoutAttachments: Boolean = false): Outcome<SyncReport> =
    exchanged(withoutAttachments) {}

/**
 * For work in the background: exchanges with the server where somebody is signed in, and does
 * nothing while locked (null). Errors: as [sync].
 *
 */
public suspend fun Tablet.syncUnlessLocked(): Outcome<SyncReport?> {
    val state = when (val asked = state()) {
        is Outcome.Refused -> return asked
        is Outcome.Done -> asked.value
    }
    if (state.locked) return Outcome.Done(null)
    val synced = sync()
    // Meanwhile.
    return if (synced.errorOrNull() is KariError.Locked) Outcome.Done(null) else synced
}

/**
 * As [sync], telling how far it is: runs when it is collected, and ends with [SyncStep.Ended].
 * Steps that the collector has no time for wait. Who ends the collection ends the exchange.
 *
 */
public fun Tablet.syncing(withoutAttachments: Boolean = false): Flow<SyncStep> =
    channelFlow {
        val outcome = exchanged(withoutAttachments) { trySend(SyncStep.Under(it)) }
        send(SyncStep.Ended(outcome))
    }.buffer(Channel.UNLIMITED)

/**
 * Stays in step with the server while it is collected: at once when something is written here, by
 * the server's word else. Occupies one thread of the tablet's dispatcher. Errors of its end:
 * [KariError.Locked], [KariError.InUse], [KariError.DeviceUnknown], [KariError.DeviceRevoked],
 * [KariError.DeviceExpired], [KariError.ProtocolUnsupported].
 *
 */
public fun Tablet.following(): Flow<FollowStep> =
    channelFlow {
        val listener = Listener { kind, what ->
            val from = Decoder(what)
            when (kind) {
                Listener.STATE -> trySend(followed(from))
                Listener.SYNCED -> trySend(FollowStep.Synced(from.syncReport()))
            }
        }
        val outcome = cancellable { cancel ->
            outcome(Native.followRun(number, cancel, listener), closed) {}
        }
        send(FollowStep.Ended(outcome))
    }.buffer(Channel.UNLIMITED)

private fun followed(from: Decoder): FollowStep {
    val state = from.followState()
    val status = from.int()
    return FollowStep.Now(state, if (status == OK) null else KariError.of(told(status, from)))
}

private suspend fun Tablet.exchanged(
    withoutAttachments: Boolean,
    progress: (Progress) -> Unit,
): Outcome<SyncReport> {
    val listener = Listener { _, what -> progress(Decoder(what).progress()) }
    return cancellable { cancel ->
        val bytes = Native.syncRun(number, cancel, listener, withoutAttachments)
        outcome(bytes, closed) { there { syncReport() } }
    }
}
