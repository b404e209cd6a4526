// SPDX-License-Identifier: Apache-2.0
package no.kari

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/** Word of a change on this tablet, by its own writes or by a sync. */
public class Change internal constructor(
    /** What changed. */
    public val kind: ChangeKind,
    /** Whose; null where it concerns no one record. */
    public val record: RecordId?,
)

/** Called by the core on a thread that is in a call of a tablet. */
internal fun interface Listener {
    fun told(
        kind: Int,
        what: ByteArray,
    )

    companion object {
        const val STATE = 1
        const val SYNCED = 2
    }
}

/** A watch of the core's. */
internal class Watch(
    val number: Long,
    listener: Long,
) {
    private val handle = Handle(this, number) { end(it, listener) }

    /** Not on a thread that is in a callback of its tablet. */
    fun close(): Unit = handle.close()

    private companion object {
        fun end(
            number: Long,
            listener: Long,
        ) {
            throwUnlessGone(outcome(Native.watchFree(number, listener), false) {})
        }
    }
}

private fun Decoder.watch(): Watch = Watch(number = long(), listener = long())

/**
 * Word of every change while it is collected; none is left out, and none tells what it changed to:
 * read again. Completes when the tablet is closed. For one chart that stays up to date use
 * [charts].
 *
 */
public fun Tablet.changes(): Flow<Change> =
    flow {
        val heard = Channel<Change>(Channel.UNLIMITED)
        val listener = Listener { _, what ->
            val from = Decoder(what)
            heard.trySend(Change(from.changeKind(), from.maybe { recordId() }))
        }
        val begin = { outcome(Native.observe(number, listener), closed) { watch() } }
        val error = watched(heard, begin) { for (change in heard) emit(change) }
        if (error != null && error !is KariError.Closed) throw KariException(error)
    }

/**
 * What [read] answers now and, while it is collected, each time it may be another: after writes on
 * this tablet and after syncs, as the core tells; a clock alone changes nothing. Changes that come
 * while the collector works are one. It is of the sign-in that it began in: at the lock it emits
 * [KariError.Locked], upon which nothing of a patient is to be seen, and completes; whoever signs
 * in then collects anew. It emits [KariError.Closed], if anything, and completes when the tablet
 * is closed; on any other error that keeps it from hearing of changes it emits that, and completes.
 *
 * [record] is the one that is read of; null: the caseload.
 *
 */
public fun <T> Tablet.live(
    record: RecordId?,
    read: suspend (Tablet) -> Outcome<T>,
): Flow<Outcome<T>> =
    flow {
        val heard = Channel<Unit>(Channel.CONFLATED)
        val listener = Listener { _, _ -> heard.trySend(Unit) }
        val arguments = Encoder().apply { maybe(record) { id(it) } }.written()
        val begin = { outcome(Native.watchNew(number, arguments, listener), closed) { watch() } }
        val error = watched(heard, begin) {
            emit(read(this@live))
            for (again in heard) {
                val armed = dispatcher.finish { outcome(Native.watchAgain(it.number), closed) {} }
                if (armed is Outcome.Refused) {
                    emit(armed)
                    break
                }
                emit(read(this@live))
            }
        }
        if (error != null) emit(Outcome.Refused(error))
    }

/** The caseload, as [live]. Each emission leaves an access entry, as [patients] does. */
public fun Tablet.caseloads(access: Access? = null): Flow<Outcome<Patients>> =
    live(null) { it.patients(access) }

/** A chart, as [live]. Each emission leaves an access entry, as [chart] does. */
public fun Tablet.charts(
    record: RecordId,
    access: Access? = null,
): Flow<Outcome<Chart>> = live(record) { it.chart(record, access) }

/** Findings of a record, as [live]. Needs [chart] in this sign-in, as [findings] does. */
public fun Tablet.openFindings(record: RecordId): Flow<Outcome<List<Finding>>> =
    live(record) { it.findings(record) }

/** Runs [body] with a watch, until the tablet is closed. Answers why it could not begin. */
private suspend fun Tablet.watched(
    heard: Channel<*>,
    begin: () -> Outcome<Watch>,
    body: suspend (Watch) -> Unit,
): KariError? {
    val watch = when (val begun = dispatcher.finish(begin)) {
        is Outcome.Done -> begun.value
        is Outcome.Refused -> return begun.error
    }
    val takeBack = atEnd { heard.close() }
    try {
        body(watch)
    } finally {
        takeBack()
        dispatcher.finish(watch::close)
    }
    return null
}
