// SPDX-License-Identifier: Apache-2.0
package no.kari

import java.lang.ref.PhantomReference
import java.lang.ref.ReferenceQueue
import java.util.Collections
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread

/**
 * The number of something in the core that has to be ended. [end] runs once: by whoever closes it
 * or, where the app forgot, by one daemon thread when the owner is gone. So [end] must not hold
 * the owner.
 *
 */
internal class Handle(
    owner: Any,
    val number: Long,
    private val end: (Long) -> Unit,
) {
    private val ended = AtomicBoolean(false)
    private val reference = Net.keep(owner, this)

    val closed: Boolean get() = ended.get()

    /** Nothing where it was done before. Where [end] throws, it stays open. */
    fun close() {
        if (!ended.compareAndSet(false, true)) return
        try {
            end(number)
        } catch (failed: Throwable) {
            ended.set(false)
            throw failed
        }
        Net.letGo(reference)
    }
}

/** The net under handles that nobody closed. */
internal object Net {
    private class Reference(
        owner: Any,
        val handle: Handle,
    ) : PhantomReference<Any>(owner, gone)

    private val gone = ReferenceQueue<Any>()
    private val kept: MutableSet<PhantomReference<Any>> =
        Collections.newSetFromMap(ConcurrentHashMap())

    init {
        thread(isDaemon = true, name = "kari-net") {
            while (true) {
                val reference = gone.remove() as Reference
                kept.remove(reference)
                // In use from a callback: then somebody else is in a call of it, and ends it.
                runCatching { reference.handle.close() }
            }
        }
    }

    fun keep(
        owner: Any,
        handle: Handle,
    ): PhantomReference<Any> = Reference(owner, handle).also { kept.add(it) }

    fun letGo(reference: PhantomReference<Any>) {
        kept.remove(reference)
        reference.clear()
    }
}
