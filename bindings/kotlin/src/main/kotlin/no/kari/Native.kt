// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/** The glue: one method for each function of kari.h, as the glue registers them. */
internal object Native {
    init {
        System.loadLibrary("kari_jni")
    }

    @JvmStatic
    external fun version(): ByteArray

    @JvmStatic
    external fun liveObjects(): Long

    @JvmStatic
    external fun idText(arguments: ByteArray): ByteArray

    @JvmStatic
    external fun idParse(arguments: ByteArray): ByteArray

    @JvmStatic
    external fun cancelNew(): Long

    @JvmStatic
    external fun cancelAsk(handle: Long)

    @JvmStatic
    external fun cancelFree(handle: Long)

    @JvmStatic
    external fun syncRun(
        device: Long,
        cancel: Long,
        listener: Listener,
        withoutAttachments: Boolean,
    ): ByteArray

    @JvmStatic
    external fun followRun(device: Long, cancel: Long, listener: Listener): ByteArray

    @JvmStatic
    external fun observe(device: Long, listener: Listener): ByteArray

    @JvmStatic
    external fun watchNew(device: Long, arguments: ByteArray, listener: Listener): ByteArray

    @JvmStatic
    external fun watchAgain(handle: Long): ByteArray

    @JvmStatic
    external fun watchFree(handle: Long, listener: Long): ByteArray

    @JvmStatic
    external fun deviceEnrol(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun deviceOpen(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun deviceClose(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun deviceStateRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun deviceSetLanguage(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun nursesRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun peopleRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun nurseAdd(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun deviceUnlock(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun deviceLock(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun patientsRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun chartRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun roundRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun findingsRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun caseRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun historyRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun historyWant(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun fhirRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun observationRecord(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun observationCorrect(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun observationRetract(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun doseCheck(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun doseGive(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun doseNotGiven(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun doseCorrect(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun orderStop(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun prescriptionPropose(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun doseCheckGiven(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun allowanceAskFor(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun allowanceReturn(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun patchTakeOff(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun doseVomited(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun doseEffect(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun allergyAdd(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun allergyEvidenceAdd(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun allergyRefute(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun allergyRetract(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun recordCreate(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun visitStart(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun visitHindered(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun visitEnd(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun actRecord(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun careEnd(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun taskAdd(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun noteWrite(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun noteEdit(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun noteSign(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun noteAddend(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun draftSave(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun draftRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun draftDrop(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun findingResolve(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun findingDefer(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun findingAssign(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun syncStatusRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun proofRead(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun stateDigest(device: Long, arguments: ByteArray): ByteArray

    @JvmStatic
    external fun recordsRead(device: Long, arguments: ByteArray): ByteArray
}
