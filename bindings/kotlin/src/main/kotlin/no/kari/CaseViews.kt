// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

import kotlin.time.Duration
import kotlin.time.Instant

/** One atom that a statement wrote. */
public class CasePart internal constructor(
    /** The schema's name: "prescription", "status". */
    public val atom: String,
    /** Whole, in words; empty when it was cleared. */
    public val value: String,
    /** This is what holds now. */
    public val actedOn: Boolean,
)

/** What one author wrote, as a side of a finding. */
public class CaseStatement internal constructor(
    public val said: Said,
    /** Of the author. */
    public val role: String,
    /** Written on this tablet. */
    public val here: Boolean,
    /** The incarnation it was written by. */
    public val machine: DeviceId,
    public val record: RecordId,
    public val resource: ResourceId,
    /** FHIR type. */
    public val kind: String,
    public val parts: List<CasePart>,
    /** How old the data before its author were, or null. */
    public val dataAge: Duration?,
    /** Sides that its author had not seen. */
    public val notSeen: List<ChangeId>,
    /** What it says is not on this tablet. */
    public val withheld: Boolean,
)

/** How somebody answered a finding. */
public class CaseResolution internal constructor(
    public val said: Said,
    public val outcome: String,
    public val reason: String,
    /** As the resolver saw it. */
    public val severity: Int,
    /** Those that the resolver saw. */
    public val inputs: List<ChangeId>,
)

/** A finding in full: who said what, and what they had seen. */
public class FindingCase internal constructor(
    public val finding: Finding,
    /** What all sides had seen. */
    public val base: List<CaseStatement>,
    /** Oldest first within a resource. */
    public val sides: List<CaseStatement>,
    /** Inputs that this tablet does not hold. */
    public val notHere: List<ChangeId>,
    public val resolutions: List<CaseResolution>,
)

/**
 * A place in a record's history: what is older comes next. A chart's part of a kind ends at its
 * [CompleteSince], with a resource of zeros.
 */
public class HistoryMark(
    public val moment: Instant?,
    public val resource: ResourceId,
)

/** A page of the older part of a chart. */
public class History internal constructor(
    /** Of one kind, in its list, with the findings that name them. */
    public val items: Chart,
    /** Null: this tablet has nothing older. */
    public val next: HistoryMark?,
    /** What is older is at the server alone; or null. */
    public val onTabletSince: Instant?,
)

/** What was kept of a note that is not written yet. */
public class Draft internal constructor(
    public val type: String,
    public val title: String,
    public val text: String,
)
