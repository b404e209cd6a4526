// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

extension KariError {
    /// Which error it is. The numbers are stable.
    public enum Code: Int32, Sendable, CaseIterable {
        /// The tablet was closed: by this app, earlier.
        case closed = -1
        /// Of a library that is newer than this code: ``KariError/number`` tells.
        case unknown = -2
        /// Something is missing or does not fit in what was given. See the field that is named, and
        /// fill it in.
        case invalidArgument = 1
        /// It is not here. Sync, and try again.
        case notFound = 2
        /// It exists already. Open the one that is there.
        case alreadyExists = 3
        /// It cannot be read. Tell the operator, with the text of the error.
        case malformed = 4
        /// It is too large. Split it.
        case tooLarge = 5
        /// There are too many. Take fewer at a time.
        case tooMany = 6
        /// It is nested too deep. Tell the operator.
        case tooDeep = 7
        /// Cancelled. Nothing is lost; start it again when you like.
        case cancelled = 8
        /// A defect in the program. What is saved is safe. Tell the operator.
        case `internal` = 9
        /// The tablet is full. Nothing of this was saved. Free some space, or write it on paper
        /// now.
        case storageFull = 20
        /// The storage does not answer. This was not saved. Write it on paper, and tell the
        /// operator.
        case storageFailed = 21
        /// The database is damaged. Nothing was deleted. Write on paper, and hand the tablet to the
        /// operator, who can salvage it with `kari salvage`.
        case storageCorrupt = 22
        /// The database is cut short. Nothing was deleted. Write on paper, and hand the tablet to
        /// the operator, who can salvage it with `kari salvage`.
        case storageTruncated = 23
        /// The key does not fit the database. Nothing was deleted. Tell the operator.
        case wrongKey = 24
        /// The database is not encrypted, and is not used. Tell the operator.
        case notEncrypted = 25
        /// The database is of a newer version. Update the program.
        case schemaTooNew = 26
        /// It is in use. Close it where it is open, and try again.
        case inUse = 27
        /// The database is gone from the tablet. Do not enrol the tablet again yet. Hand it to the
        /// operator: put the database back from a copy, or set the rest aside with `kari salvage`
        /// and enrol anew. What was not sent is gone with the database.
        case storageMissing = 28
        /// The tablet is locked. Unlock it with the PIN.
        case locked = 40
        /// Wrong PIN. Try again, without haste; too many attempts lock you out.
        case wrongPin = 41
        /// Too many wrong PINs. There is a wait. Wait a little, and try again.
        case pinDelayed = 42
        /// The key was destroyed after too many wrong PINs. Nothing that you recorded was deleted.
        /// Ask the operator for a one-time code, and choose a new PIN with it.
        case wiped = 43
        /// The tablet is not enrolled. Enrol it with a code from the operator.
        case notEnrolled = 44
        /// The tablet has been too long without the server. Sync, or state why you must read.
        case leaseEnded = 45
        /// The key store does not answer. Restart the tablet, and report it if it happens again.
        case keyStoreFailed = 46
        /// The tablet's keys are gone. Nothing was deleted. Put the folder of keys back as it was.
        /// If it is lost no PIN opens the tablet: hand it to the operator, who can set it aside
        /// with `kari salvage`.
        case keyStoreMissing = 47
        /// No connection to the server. Go on recording; it is sent when the network is back.
        case offline = 60
        /// The server did not answer in time. Try again later. Go on recording till then; all of it
        /// is saved here.
        case timedOut = 61
        /// The server is busy. Try again in a while. Go on recording till then; all of it is saved
        /// here.
        case serverBusy = 62
        /// This is not the server that the tablet knows. Change network, and tell the operator.
        case serverUntrusted = 63
        /// The server does not know the tablet. Ask the operator to enrol it again.
        case deviceUnknown = 64
        /// The tablet is revoked. Hand it to the operator; what was recorded is kept.
        case deviceRevoked = 65
        /// The tablet's certificate has expired. Ask the operator for help; what was recorded is
        /// kept.
        case deviceExpired = 66
        /// The one-time code is not valid. Check the code, or ask for a new one.
        case codeRefused = 67
        /// The server and the tablet do not understand each other. Update the app.
        case protocolUnsupported = 68
        /// The quota is used up. The server takes no more from here now. Tell the operator.
        case quotaExceeded = 69
        /// A signature is not right. Nothing was deleted. Tell the operator.
        case signatureInvalid = 70
        /// The log does not hold together. Nothing was deleted. Tell the operator.
        case chainBroken = 71
        /// A change claims to be the server's. It was set aside. Tell the operator.
        case originForged = 72
        /// The log has forked. The tablet was set back to an older state. Both versions are kept.
        /// Tell the operator.
        case forkDetected = 73
        /// It is not permitted. Ask your leader if you need to.
        case notPermitted = 74
        /// A receipt is not valid. Nothing was deleted. Tell the operator.
        case receiptInvalid = 75
        /// What was shown is not here any more. Read it again, and record it again.
        case viewOutdated = 90
        /// Part of this is not here, so it takes no edit. Sync before you edit, or phone.
        case resourceIncomplete = 91
        /// This was changed in a way that this version cannot read. Phone, and update the app.
        case resourceUnreadable = 92
        /// A reason is needed. Write why.
        case reasonRequired = 93
        /// The value is outside what is possible. Measure again, and check the unit. If the device
        /// did show it, write that in a note.
        case valueOutOfRange = 94
        /// The unit is unknown. Choose one of those shown.
        case unitUnknown = 95
        /// The time is in the future. State when it was done.
        case timeInFuture = 96
        /// The order is not active. Phone the doctor before you give.
        case orderNotActive = 97
        /// Signed text is not altered. Write an addendum.
        case signedTextIsFinal = 98
        /// Only its author can alter it. Ask them, or write an addendum.
        case notTheAuthor = 99
        /// It needs a second look. Confirm it if it is right, or correct it.
        case confirmationRequired = 100
        /// This can be read here, and takes no edit. This came from another system before it could
        /// be changed here. Record it anew, or ask for it to be corrected where it came from.
        case resourceKeptWhole = 101
    }

    /// Of a task that was cancelled before its call began.
    static let cancelled = KariError(
        number: Code.cancelled.rawValue, name: "cancelled", advice: .retry,
        what: "the task was cancelled before its call began",
        sentences: [
            .nb: ("Avbrutt.", "Ingenting er tapt; start det igjen når du vil."),
            .en: ("Cancelled.", "Nothing is lost; start it again when you like."),
        ])
}
