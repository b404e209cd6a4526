// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

import kotlin.time.Duration

/** A dose near a slot that nobody said it was for: ask before giving. */
public class DoseElsewhere internal constructor(
    public val administration: ResourceId,
    public val medication: String,
    public val effective: String,
    public val amount: String,
    public val said: Said,
)

/** A dose that is ordered for a date. */
public class Slot internal constructor(
    public val id: Digest,
    /** [give] and [notGiven] take it. */
    public val token: String,
    public val record: RecordId,
    public val order: ResourceId,
    public val orderStatus: String,
    public val medication: Coded,
    public val dosageShown: String,
    /** As ordered; null when given otherwise. */
    public val dose: Quantity?,
    public val route: String,
    public val date: CalendarDate,
    /** "08:00", or a part of the day such as "MORN". */
    public val nominal: String,
    public val ordinal: Int,
    public val planned: Moment,
    public val state: DoseState,
    /** Of a dose not given. */
    public val reason: String,
    /** False: look at the order, and ring, before giving. */
    public val mayGive: Boolean,
    public val possibleDouble: Boolean,
    public val givenAndNotGiven: Boolean,
    public val orderContested: Boolean,
    /** Leaving it out does harm too. */
    public val critical: Boolean,
    public val administrations: List<ResourceId>,
    public val elsewhere: List<DoseElsewhere>,
    /** Of what counts and was not given from here: as an administration's. */
    public val intake: String,
    /** The same in words, with what came of it and what to do then. */
    public val howTaken: String,
    /** When; left out: nobody said so. It counts all the same. */
    public val vomited: String,
)

/**
 * How much one tablet may give of a medicine as needed without asking anybody. `state` is "asked",
 * "granted", "refused", "spent", "returned", "over", "unusable", or "elsewhere" when another
 * tablet holds it.
 */
public class Allowance internal constructor(
    public val record: RecordId,
    public val resource: ResourceId,
    /** [returnAllowance] takes it. */
    public val token: String,
    public val state: String,
    /** Why it is refused or unusable. */
    public val reason: String,
    /** And what to do. */
    public val action: String,
    public val doses: Int,
    public val dosesLeft: Int,
    /** Of them together, in words. */
    public val amount: String,
    public val amountLeft: String,
    /** Empty until it is granted. */
    public val until: String,
    public val asked: Said,
)

/** Given when needed, or an order of which nobody can say what is due. */
public class Unscheduled internal constructor(
    /** Of the order. */
    public val token: String,
    public val record: RecordId,
    public val order: ResourceId,
    public val medication: String,
    public val text: String,
    /** Why it cannot be told; empty when it is given when needed. */
    public val reason: String,
    public val lastGiven: String,
    public val givenLastDay: String,
    /** The pack asks for one of the server before it is given. */
    public val wantsAllowance: Boolean,
    /** Those that there are. */
    public val allowances: List<Allowance>,
)

/** The doses of a date. */
public class Round internal constructor(
    public val date: CalendarDate,
    public val age: Age,
    /** By time. */
    public val slots: List<Slot>,
    public val asNeeded: List<Unscheduled>,
    /** Never silence: read the order. */
    public val lookAt: List<Unscheduled>,
    public val patches: List<Patch>,
    /** So long from the reading the clock alone makes it another; or null. */
    public val changesIn: Duration?,
    /** False: something that it builds on is not here. */
    public val whole: Boolean,
    /** Null: it is not. */
    public val suspended: Suspension?,
    /** Of which somebody is to see whether they helped. */
    public val followUps: List<FollowUp>,
)

/** What to think of before a dose is given. */
public class Warning internal constructor(
    public val rule: String,
    public val severity: Int,
    /** An override of this rule is asked for. */
    public val needsReason: Boolean,
    public val sentence: String,
    public val action: String,
    /** Doses that it is about; a reason is kept with them. */
    public val about: List<ResourceId>,
)

/** What was written, and what it led to. */
public class Written internal constructor(
    public val change: ChangeId,
    public val record: RecordId,
    public val resource: ResourceId,
    /** For the next edit of the same resource. */
    public val token: String,
    /** The others of the same call. */
    public val also: List<ChangeId>,
    /** Open findings that name it, most severe first. */
    public val raised: List<Finding>,
    /** What is to be read, unasked. */
    public val told: List<Warning>,
)
