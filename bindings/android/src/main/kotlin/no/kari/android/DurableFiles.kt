// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import java.io.File
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.StandardCopyOption
import java.nio.file.StandardOpenOption

/** Small files that are replaced whole, and are on the disk when a call returns. */
internal class DurableFiles(
    private val directory: File,
) {
    fun has(name: String): Boolean = File(directory, name).exists()

    fun read(name: String): ByteArray? =
        try {
            Files.readAllBytes(File(directory, name).toPath())
        } catch (_: NoSuchFileException) {
            null
        }

    fun write(
        name: String,
        bytes: ByteArray,
    ) {
        if (!directory.isDirectory) {
            Files.createDirectories(directory.toPath())
            directory.parentFile?.let(::sync)
        }
        val part = File(directory, "$name.part")
        val how = setOf(
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
        )
        FileChannel.open(part.toPath(), how).use { channel ->
            val from = ByteBuffer.wrap(bytes)
            while (from.hasRemaining()) channel.write(from)
            channel.force(true)
        }
        val place = File(directory, name).toPath()
        Files.move(part.toPath(), place, StandardCopyOption.ATOMIC_MOVE)
        sync(directory)
    }

    fun delete(name: String) {
        if (Files.deleteIfExists(File(directory, name).toPath())) sync(directory)
    }

    private fun sync(folder: File) {
        FileChannel.open(folder.toPath(), StandardOpenOption.READ).use { it.force(true) }
    }
}
