// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import android.content.Context
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.Executor
import javax.crypto.Cipher
import kotlin.coroutines.resume

/**
 * Android's own question for a face or finger. [context] is that of the activity that is shown,
 * [main] its `mainExecutor`. For the words take those of the app, in the nurse's language.
 *
 * Compiled against Android 14, and never run: no sensor can be had where it is tested.
 *
 */
public class SystemGate(
    private val context: Context,
    private val main: Executor,
    private val title: CharSequence,
    private val typeThePin: CharSequence,
) : BodyGate {
    override suspend fun pass(cipher: Cipher): Cipher? =
        suspendCancellableCoroutine { waiting ->
            val cancel = CancellationSignal()
            waiting.invokeOnCancellation { cancel.cancel() }
            val answer = object : BiometricPrompt.AuthenticationCallback() {
                override fun onAuthenticationSucceeded(
                    result: BiometricPrompt.AuthenticationResult,
                ) {
                    if (waiting.isActive) waiting.resume(result.cryptoObject?.cipher)
                }

                // Too many tries, no sensor, or the nurse went back. One finger that was not
                // recognised is no end: the question stays.
                override fun onAuthenticationError(
                    code: Int,
                    words: CharSequence,
                ) {
                    if (waiting.isActive) waiting.resume(null)
                }
            }
            BiometricPrompt.Builder(context)
                .setTitle(title)
                .setNegativeButton(typeThePin, main) { _, _ ->
                    if (waiting.isActive) waiting.resume(null)
                }
                .build()
                .authenticate(BiometricPrompt.CryptoObject(cipher), cancel, main, answer)
        }
}
