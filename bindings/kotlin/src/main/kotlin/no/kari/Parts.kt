// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

import kotlin.time.Duration
import kotlin.time.Instant

/** To be shown with whatever it is part of. */
public class Age internal constructor(
    /** Server time of the last complete exchange, or null. */
    public val asOf: Instant?,
    /** Since then, by the clock that does harm. */
    public val age: Duration?,
    public val tier: Freshness,
    public val leaseEnded: Boolean,
    /** What must be said of the drug facts; else empty. */
    public val drugFacts: String,
)

/** Who said something, and when. */
public class Said internal constructor(
    public val change: ChangeId,
    /** Null when a system wrote. */
    public val person: PersonId?,
    public val personName: String,
    public val recorded: Moment,
    public val byServer: Boolean,
)

/** Somebody who works here. */
public class Nurse internal constructor(
    public val person: PersonId,
    public val name: String,
    public val role: String,
)

/**
 * One resource as it stood when it was read. Every edit hands the token back: it says what the
 * author had before their eyes.
 */
public class Item internal constructor(
    public val record: RecordId,
    public val resource: ResourceId,
    public val token: String,
    /** Something it builds on is not here: it takes no edit. */
    public val incomplete: Boolean,
    /** By a newer version, in a way this one cannot read: call. */
    public val unreadable: Boolean,
    /** Taken in before it could be changed here: it takes no edit. */
    public val keptWhole: Boolean,
)
