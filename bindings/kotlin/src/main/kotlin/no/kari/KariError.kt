// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

/**
 * What went wrong: one class for each error of Kari, so that a `when` can tell.
 *
 * [sentence] and [whatToDo] are for whoever holds the tablet; [what] is for logs, in English and
 * without patient data.
 */
public sealed class KariError(told: Told) {
    /** The stable number. */
    public val number: Int = told.number

    /** The stable name, also the rule by which its sentences are found: `wrong_pin`. */
    public val name: String = told.name

    /** Who can do something about it. */
    public val advice: Advice = told.advice

    /** What failed where, in English. */
    public val what: String = told.what

    private val sentences = told.sentences

    /** What happened. */
    public fun sentence(language: Language): String = sentences.getValue(language).first

    /** What to do next. */
    public fun whatToDo(language: Language): String = sentences.getValue(language).second

    /** Its name and [what]: for logs. */
    override fun toString(): String = "$name: $what"

    /** The handle was closed: by this app, earlier. */
    public class Closed internal constructor(told: Told) : KariError(told)

    /** Of a library that is newer than this code. */
    public class Unknown internal constructor(told: Told) : KariError(told)

    /**
     * Something is missing or does not fit in what was given. See the field that is named, and
     * fill it in.
     */
    public class InvalidArgument internal constructor(told: Told) : KariError(told)

    /** It is not here. Sync, and try again. */
    public class NotFound internal constructor(told: Told) : KariError(told)

    /** It exists already. Open the one that is there. */
    public class AlreadyExists internal constructor(told: Told) : KariError(told)

    /** It cannot be read. Tell the operator, with the text of the error. */
    public class Malformed internal constructor(told: Told) : KariError(told)

    /** It is too large. Split it. */
    public class TooLarge internal constructor(told: Told) : KariError(told)

    /** There are too many. Take fewer at a time. */
    public class TooMany internal constructor(told: Told) : KariError(told)

    /** It is nested too deep. Tell the operator. */
    public class TooDeep internal constructor(told: Told) : KariError(told)

    /** Cancelled. Nothing is lost; start it again when you like. */
    public class Cancelled internal constructor(told: Told) : KariError(told)

    /** A defect in the program. What is saved is safe. Tell the operator. */
    public class Internal internal constructor(told: Told) : KariError(told)

    /** The tablet is full. Nothing of this was saved. Free some space, or write it on paper now. */
    public class StorageFull internal constructor(told: Told) : KariError(told)

    /**
     * The storage does not answer. This was not saved. Write it on paper, and tell the operator.
     */
    public class StorageFailed internal constructor(told: Told) : KariError(told)

    /**
     * The database is damaged. Nothing was deleted. Write on paper, and hand the tablet to the
     * operator, who can salvage it with `kari salvage`.
     */
    public class StorageCorrupt internal constructor(told: Told) : KariError(told)

    /**
     * The database is cut short. Nothing was deleted. Write on paper, and hand the tablet to the
     * operator, who can salvage it with `kari salvage`.
     */
    public class StorageTruncated internal constructor(told: Told) : KariError(told)

    /** The key does not fit the database. Nothing was deleted. Tell the operator. */
    public class WrongKey internal constructor(told: Told) : KariError(told)

    /** The database is not encrypted, and is not used. Tell the operator. */
    public class NotEncrypted internal constructor(told: Told) : KariError(told)

    /** The database is of a newer version. Update the program. */
    public class SchemaTooNew internal constructor(told: Told) : KariError(told)

    /** It is in use. Close it where it is open, and try again. */
    public class InUse internal constructor(told: Told) : KariError(told)

    /**
     * The database is gone from the tablet. Do not enrol the tablet again yet. Hand it to the
     * operator: put the database back from a copy, or set the rest aside with `kari salvage` and
     * enrol anew. What was not sent is gone with the database.
     */
    public class StorageMissing internal constructor(told: Told) : KariError(told)

    /** The tablet is locked. Unlock it with the PIN. */
    public class Locked internal constructor(told: Told) : KariError(told)

    /** Wrong PIN. Try again, without haste; too many attempts lock you out. */
    public class WrongPin internal constructor(told: Told) : KariError(told)

    /** Too many wrong PINs. There is a wait. Wait a little, and try again. */
    public class PinDelayed internal constructor(told: Told) : KariError(told)

    /**
     * The key was destroyed after too many wrong PINs. Nothing that you recorded was deleted. Ask
     * the operator for a one-time code, and choose a new PIN with it.
     */
    public class Wiped internal constructor(told: Told) : KariError(told)

    /** The tablet is not enrolled. Enrol it with a code from the operator. */
    public class NotEnrolled internal constructor(told: Told) : KariError(told)

    /** The tablet has been too long without the server. Sync, or state why you must read. */
    public class LeaseEnded internal constructor(told: Told) : KariError(told)

    /** The key store does not answer. Restart the tablet, and report it if it happens again. */
    public class KeyStoreFailed internal constructor(told: Told) : KariError(told)

    /**
     * The tablet's keys are gone. Nothing was deleted. Put the folder of keys back as it was. If
     * it is lost no PIN opens the tablet: hand it to the operator, who can set it aside with `kari
     * salvage`.
     */
    public class KeyStoreMissing internal constructor(told: Told) : KariError(told)

    /** No connection to the server. Go on recording; it is sent when the network is back. */
    public class Offline internal constructor(told: Told) : KariError(told)

    /**
     * The server did not answer in time. Try again later. Go on recording till then; all of it is
     * saved here.
     */
    public class TimedOut internal constructor(told: Told) : KariError(told)

    /**
     * The server is busy. Try again in a while. Go on recording till then; all of it is saved
     * here.
     */
    public class ServerBusy internal constructor(told: Told) : KariError(told)

    /** This is not the server that the tablet knows. Change network, and tell the operator. */
    public class ServerUntrusted internal constructor(told: Told) : KariError(told)

    /** The server does not know the tablet. Ask the operator to enrol it again. */
    public class DeviceUnknown internal constructor(told: Told) : KariError(told)

    /** The tablet is revoked. Hand it to the operator; what was recorded is kept. */
    public class DeviceRevoked internal constructor(told: Told) : KariError(told)

    /**
     * The tablet's certificate has expired. Ask the operator for help; what was recorded is kept.
     */
    public class DeviceExpired internal constructor(told: Told) : KariError(told)

    /** The one-time code is not valid. Check the code, or ask for a new one. */
    public class CodeRefused internal constructor(told: Told) : KariError(told)

    /** The server and the tablet do not understand each other. Update the app. */
    public class ProtocolUnsupported internal constructor(told: Told) : KariError(told)

    /** The quota is used up. The server takes no more from here now. Tell the operator. */
    public class QuotaExceeded internal constructor(told: Told) : KariError(told)

    /** A signature is not right. Nothing was deleted. Tell the operator. */
    public class SignatureInvalid internal constructor(told: Told) : KariError(told)

    /** The log does not hold together. Nothing was deleted. Tell the operator. */
    public class ChainBroken internal constructor(told: Told) : KariError(told)

    /** A change claims to be the server's. It was set aside. Tell the operator. */
    public class OriginForged internal constructor(told: Told) : KariError(told)

    /**
     * The log has forked. The tablet was set back to an older state. Both versions are kept. Tell
     * the operator.
     */
    public class ForkDetected internal constructor(told: Told) : KariError(told)

    /** It is not permitted. Ask your leader if you need to. */
    public class NotPermitted internal constructor(told: Told) : KariError(told)

    /** A receipt is not valid. Nothing was deleted. Tell the operator. */
    public class ReceiptInvalid internal constructor(told: Told) : KariError(told)

    /** What was shown is not here any more. Read it again, and record it again. */
    public class ViewOutdated internal constructor(told: Told) : KariError(told)

    /** Part of this is not here, so it takes no edit. Sync before you edit, or phone. */
    public class ResourceIncomplete internal constructor(told: Told) : KariError(told)

    /** This was changed in a way that this version cannot read. Phone, and update the app. */
    public class ResourceUnreadable internal constructor(told: Told) : KariError(told)

    /** A reason is needed. Write why. */
    public class ReasonRequired internal constructor(told: Told) : KariError(told) {
        /** The rules that want an override; none where it is no rule's. */
        public val rules: List<String> = rulesOf(told.what)
    }

    /**
     * The value is outside what is possible. Measure again, and check the unit. If the device did
     * show it, write that in a note.
     */
    public class ValueOutOfRange internal constructor(told: Told) : KariError(told)

    /** The unit is unknown. Choose one of those shown. */
    public class UnitUnknown internal constructor(told: Told) : KariError(told)

    /** The time is in the future. State when it was done. */
    public class TimeInFuture internal constructor(told: Told) : KariError(told)

    /** The order is not active. Phone the doctor before you give. */
    public class OrderNotActive internal constructor(told: Told) : KariError(told)

    /** Signed text is not altered. Write an addendum. */
    public class SignedTextIsFinal internal constructor(told: Told) : KariError(told)

    /** Only its author can alter it. Ask them, or write an addendum. */
    public class NotTheAuthor internal constructor(told: Told) : KariError(told)

    /** It needs a second look. Confirm it if it is right, or correct it. */
    public class ConfirmationRequired internal constructor(told: Told) : KariError(told)

    /**
     * This can be read here, and takes no edit. This came from another system before it could be
     * changed here. Record it anew, or ask for it to be corrected where it came from.
     */
    public class ResourceKeptWhole internal constructor(told: Told) : KariError(told)

    internal companion object {
        fun of(told: Told): KariError =
            when (told.number) {
                1 -> InvalidArgument(told)
                2 -> NotFound(told)
                3 -> AlreadyExists(told)
                4 -> Malformed(told)
                5 -> TooLarge(told)
                6 -> TooMany(told)
                7 -> TooDeep(told)
                8 -> Cancelled(told)
                9 -> Internal(told)
                20 -> StorageFull(told)
                21 -> StorageFailed(told)
                22 -> StorageCorrupt(told)
                23 -> StorageTruncated(told)
                24 -> WrongKey(told)
                25 -> NotEncrypted(told)
                26 -> SchemaTooNew(told)
                27 -> InUse(told)
                28 -> StorageMissing(told)
                40 -> Locked(told)
                41 -> WrongPin(told)
                42 -> PinDelayed(told)
                43 -> Wiped(told)
                44 -> NotEnrolled(told)
                45 -> LeaseEnded(told)
                46 -> KeyStoreFailed(told)
                47 -> KeyStoreMissing(told)
                60 -> Offline(told)
                61 -> TimedOut(told)
                62 -> ServerBusy(told)
                63 -> ServerUntrusted(told)
                64 -> DeviceUnknown(told)
                65 -> DeviceRevoked(told)
                66 -> DeviceExpired(told)
                67 -> CodeRefused(told)
                68 -> ProtocolUnsupported(told)
                69 -> QuotaExceeded(told)
                70 -> SignatureInvalid(told)
                71 -> ChainBroken(told)
                72 -> OriginForged(told)
                73 -> ForkDetected(told)
                74 -> NotPermitted(told)
                75 -> ReceiptInvalid(told)
                90 -> ViewOutdated(told)
                91 -> ResourceIncomplete(told)
                92 -> ResourceUnreadable(told)
                93 -> ReasonRequired(told)
                94 -> ValueOutOfRange(told)
                95 -> UnitUnknown(told)
                96 -> TimeInFuture(told)
                97 -> OrderNotActive(told)
                98 -> SignedTextIsFinal(told)
                99 -> NotTheAuthor(told)
                100 -> ConfirmationRequired(told)
                101 -> ResourceKeptWhole(told)
                else -> Unknown(told)
            }
    }
}
