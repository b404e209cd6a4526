// SPDX-License-Identifier: Apache-2.0
package no.kari.tests

import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread

/**
 * Between a tablet and its server. From [hold] on it keeps back what the server says; [close] cuts
 * every connection.
 */
class Relay : AutoCloseable {
    private val listener = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
    private val server = URI(Ward.server).port

    @Volatile
    private var holds = false

    /** Something was held back. */
    val held = CountDownLatch(1)
    private val letGo = CountDownLatch(1)
    private val sockets = CopyOnWriteArrayList<Socket>()
    val address: String = "https://localhost:${listener.localPort}"

    init {
        thread(isDaemon = true) {
            quietly {
                while (true) {
                    val near = listener.accept()
                    val far = Socket(InetAddress.getLoopbackAddress(), server)
                    sockets.addAll(listOf(near, far))
                    thread(isDaemon = true) { pump(near, far, false) }
                    thread(isDaemon = true) { pump(far, near, true) }
                }
            }
        }
    }

    fun hold() {
        holds = true
    }

    override fun close() {
        letGo.countDown()
        listener.close()
        sockets.forEach { quietly { it.close() } }
    }

    private fun pump(
        from: Socket,
        to: Socket,
        ofServer: Boolean,
    ) {
        val room = ByteArray(4096)
        quietly {
            while (true) {
                val size = from.getInputStream().read(room)
                if (size < 0) break
                if (holds && ofServer) {
                    held.countDown()
                    letGo.await()
                }
                to.getOutputStream().write(room, 0, size)
            }
        }
        quietly { from.close() }
        quietly { to.close() }
    }

    private fun quietly(act: () -> Unit) {
        try {
            act()
        } catch (_: IOException) {
            // The other end is gone.
        }
    }
}
