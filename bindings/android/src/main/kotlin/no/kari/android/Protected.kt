// SPDX-License-Identifier: Apache-2.0
package no.kari.android

import android.content.Context
import android.view.Window
import android.view.WindowManager
import no.kari.KeyStore
import no.kari.Language
import no.kari.Place
import java.io.File

/**
 * A place in the part of the app's storage that no backup and no move to another machine takes
 * along, with its keys in Android's Keystore. [name] tells the tablets of an app apart.
 *
 */
public fun Context.protectedPlace(
    name: String = "kari",
    language: Language = Language.NB,
    keyStore: KeyStore = AndroidKeys(this, name),
): Place =
    Place(
        directory = File(noBackupFilesDir, name).path,
        logFile = File(noBackupFilesDir, "$name.log").path,
        language = language,
        keyStore = keyStore,
    )

/**
 * Keeps what a window shows out of screenshots, recordings, casts and the list of recent apps
 * (`FLAG_SECURE`). For every window that shows a patient, before its content is set; dialogs have
 * windows of their own.
 *
 */
public fun Window.keepToTheScreen() {
    setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
}
