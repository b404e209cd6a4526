// SPDX-License-Identifier: Apache-2.0
package no.kari

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.Collections
import java.util.concurrent.ConcurrentHashMap
import kotlin.coroutines.coroutineContext

/** The library that runs. */
public object Kari {
    /** Of the core: "0.1.0". */
    public val version: String get() = outcome(Native.version(), false) { text() }.orThrow()

    /** Handles that the core has given and not got back: 0 when an app has forgotten none. */
    public val liveObjects: Long get() = Native.liveObjects()
}

/**
 * A tablet that charts and gives medicine with no network, and agrees with the server when there
 * is one. [open] and [enrol] give it; what it does stands in extension functions beside it:
 * [chart], [round], [give], [sync].
 *
 * - **Requires:** a sign-in ([unlock]) for all that concerns patients. Tokens are those of the
 *   view that the author had before their eyes. Texts hold no NUL and no half of a character.
 * - **Returns and errors:** an [Outcome]. Any call may be refused with [KariError.Closed],
 *   [KariError.InvalidArgument], [KariError.Internal], [KariError.Locked] and the errors of
 *   storage; "Errors" names the others. No call throws for what can happen in a shift.
 * - **Durability:** a write that was [Outcome.Done] is on the disk for ever; one that was refused
 *   wrote nothing, save [KariError.Internal]: then read the chart before writing it again. A
 *   coroutine that was cancelled before makes no call; one that is cancelled during a call finishes
 *   it and has its answer. ([sync] and [following] end early, and keep what they applied.)
 * - **Threads:** any coroutine may call anything at any time; the calls of one tablet wait for
 *   each other. The core works on the dispatcher that the tablet was opened with, never on the
 *   caller's.
 * - **Ownership:** [close] ends it. A tablet that is forgotten is closed when the garbage
 *   collector finds it. Views are plain objects: they are the app's, and nothing in them changes.
 * - **Units and limits:** UCUM; numbers are decimal texts, as they were typed; at most 1,000 items
 *   in a list that is an argument. Views and entries have no `toString`: they would leak into
 *   logs.
 *
 * No rule of care stands in this layer.
 *
 */
public class Tablet private constructor(
    number: Long,
    internal val dispatcher: CoroutineDispatcher,
) : AutoCloseable {
    private val handle = Handle(this, number, ::closeDevice)
    private val cancels = set<Cancel>()
    private val ends = set<() -> Unit>()

    internal val number: Long get() = if (handle.closed) 0 else handle.number
    internal val closed: Boolean get() = handle.closed

    /**
     * Locks, asks a sync that is under way to end, waits for the calls of other threads, and ends
     * the tablet with its flows. Again: nothing. Blocks. Throws [KariException] with
     * [KariError.InUse] on a thread that is in a callback of this tablet: then nothing was done.
     *
     */
    override fun close() {
        // Refused within a callback, before anything is asked to end. So is this call, which
        // without a cancel does nothing else than to be refused.
        val asked = outcome(Native.followRun(number, 0, Listener { _, _ -> }), closed) {}
        val refused = asked.errorOrNull()
        if (refused is KariError.InUse) throw KariException(refused)
        cancels.forEach { it.ask() }
        handle.close()
        ends.forEach { it() }
    }

    internal suspend fun <T> call(
        native: (Long, ByteArray) -> ByteArray,
        arguments: Encoder.() -> Unit = {},
        answer: Decoder.() -> T,
    ): Outcome<T> {
        coroutineContext.ensureActive()
        return dispatcher.finish {
            val bytes = native(number, Encoder().apply(arguments).written())
            outcome(bytes, closed, answer)
        }
    }

    /** A call that ends early when the coroutine is cancelled or the tablet closed. */
    internal suspend fun <T> cancellable(run: (Long) -> Outcome<T>): Outcome<T> =
        coroutineScope {
            ensureActive()
            val cancel = Cancel()
            cancels.add(cancel)
            val asks = launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
                try {
                    awaitCancellation()
                } finally {
                    cancel.ask()
                }
            }
            try {
                dispatcher.finish { run(cancel.number) }
            } finally {
                asks.cancel()
                cancels.remove(cancel)
                cancel.close()
            }
        }

    /** Has [end] run when this is closed. The answer takes that back. */
    internal fun atEnd(end: () -> Unit): () -> Unit {
        ends.add(end)
        if (closed) end()
        return { ends.remove(end) }
    }

    /** Opens tablets. */
    public companion object {
        /**
         * Opens what was enrolled; locked. Errors: [KariError.NotEnrolled], [KariError.InUse],
         * [KariError.Wiped], [KariError.KeyStoreFailed], [KariError.StorageMissing],
         * [KariError.KeyStoreMissing].
         */
        public suspend fun open(
            place: Place,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Outcome<Tablet> = made(dispatcher, Native::deviceOpen) { maybe(place) { place(it) } }

        /**
         * Makes this machine a tablet of a unit and signs the nurse in. Needs the network. Errors:
         * [KariError.AlreadyExists], [KariError.CodeRefused], [KariError.ServerUntrusted],
         * [KariError.Offline], [KariError.TimedOut], [KariError.NotPermitted],
         * [KariError.ValueOutOfRange] (the PIN), [KariError.KeyStoreFailed].
         */
        public suspend fun enrol(
            enrolment: Enrolment,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Outcome<Tablet> =
            made(dispatcher, Native::deviceEnrol) { maybe(enrolment) { enrolment(it) } }

        private suspend fun made(
            dispatcher: CoroutineDispatcher,
            native: (Long, ByteArray) -> ByteArray,
            arguments: Encoder.() -> Unit,
        ): Outcome<Tablet> {
            coroutineContext.ensureActive()
            return dispatcher.finish {
                val bytes = native(0, Encoder().apply(arguments).written())
                outcome(bytes, false) { Tablet(long(), dispatcher) }
            }
        }
    }
}

/**
 * Runs it there, and answers what it answers, though the coroutine is cancelled meanwhile: one
 * context more, for that of the dispatcher alone would throw the answer away.
 */
internal suspend fun <T> CoroutineDispatcher.finish(act: () -> T): T =
    withContext(NonCancellable) {
        withContext(this@finish) { act() }
    }

private fun <T> set(): MutableSet<T> = Collections.newSetFromMap(ConcurrentHashMap())

private fun closeDevice(number: Long) {
    throwUnlessGone(outcome(Native.deviceClose(number, ByteArray(0)), false) {})
}

/** It was ended, now or before: no other answer to an end says so. */
internal fun throwUnlessGone(ended: Outcome<Unit>) {
    val error = ended.errorOrNull()
    if (error != null && error !is KariError.InvalidArgument) throw KariException(error)
}

/** Asks a call under way to end. */
internal class Cancel {
    private val handle = Handle(this, Native.cancelNew(), Native::cancelFree)
    val number: Long get() = handle.number

    fun ask(): Unit = Native.cancelAsk(number)

    fun close(): Unit = handle.close()
}
