// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

import kotlin.time.Duration
import kotlin.time.Instant

/** How far an exchange is. */
public class Progress internal constructor(
    public val requests: Long,
    /** Own changes that the server answered for. */
    public val sent: Long,
    /** Changes applied. */
    public val received: Long,
    /** Brought up to date. */
    public val recordsDone: Long,
    /** Known to be behind. */
    public val recordsWanted: Long,
    /** Of attachments. */
    public val chunksUp: Long,
    public val chunksDown: Long,
)

/** Whose it is, is not said here: the list of patients shows it, and leaves an access entry. */
public class NewFinding internal constructor(
    public val id: Digest,
    public val record: RecordId,
    public val rule: String,
    public val severity: Int,
    public val title: String,
)

/** What came of an exchange. */
public class SyncReport internal constructor(
    /** Nothing was left to send or fetch. */
    public val complete: Boolean,
    public val progress: Progress,
    public val returned: Long,
    public val quarantined: Long,
    public val bytesUp: Long,
    public val bytesDown: Long,
    /** New or more severe; the most severe first. */
    public val findings: List<NewFinding>,
    public val recordsHidden: Long,
    public val recordsPurged: Long,
    public val attachmentsSent: Long,
    public val attachmentsFetched: Long,
    public val attachmentsWaiting: Long,
    public val newEpoch: Boolean,
    public val serverRecovering: Boolean,
    /** A record's id and an error name. */
    public val problems: List<String>,
)

/** A change that the server could not take in; it stays here. */
public class Quarantined internal constructor(
    public val change: ChangeId,
    public val record: RecordId,
    public val reason: String,
    public val advice: String,
)

/** The knowledge pack that the drug facts come from. */
public class DrugFacts internal constructor(
    public val name: String,
    /** What it calls itself; to be shown with it. */
    public val label: String,
    public val date: CalendarDate,
    public val daysOld: Int,
    public val compiledIn: Boolean,
    /** Where the last one offered was not taken, or none is. */
    public val told: String,
    /** What to do about it. */
    public val toldToDo: String,
)

/** What waits on this tablet. */
public class SyncStatus internal constructor(
    /** Changes not acknowledged as stored. */
    public val unsent: Long,
    /** Stored, not yet secured. */
    public val unsecured: Long,
    public val accessUnsent: Long,
    /** Server time, or null. */
    public val lastComplete: Instant?,
    /** Or null. */
    public val serverMinusWall: Duration?,
    public val serverRecovering: Boolean,
    public val pack: DrugFacts,
    public val quarantined: List<Quarantined>,
)

/** What was found when all that is held was computed anew. */
public class Proof internal constructor(
    public val sound: Boolean,
    public val records: Long,
    public val changes: Long,
    public val streams: Long,
    public val seals: Long,
    public val unprovenSeals: Long,
    public val accessEntries: Long,
    public val problems: List<String>,
)
