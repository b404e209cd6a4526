// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.

/// A dose near a slot that nobody said it was for: ask before giving.
public struct DoseElsewhere: Sendable, Unlogged {
    public let administration: ResourceId
    public let medication: String
    public let effective: String
    public let amount: String
    public let said: Said
}

/// A dose that is ordered for a date.
public struct Slot: Sendable, Unlogged {
    public let id: Digest
    /// `give` and `notGiven` take it.
    public let token: String
    public let record: RecordId
    public let order: ResourceId
    public let orderStatus: String
    public let medication: Coded
    public let dosageShown: String
    /// As ordered; nil when given otherwise.
    public let dose: Quantity?
    public let route: String
    public let date: CalendarDate
    /// "08:00", or a part of the day such as "MORN".
    public let nominal: String
    public let ordinal: Int
    public let planned: Moment
    public let state: DoseState
    /// Of a dose not given.
    public let reason: String
    /// False: look at the order, and ring, before giving.
    public let mayGive: Bool
    public let possibleDouble: Bool
    public let givenAndNotGiven: Bool
    public let orderContested: Bool
    /// Leaving it out does harm too.
    public let critical: Bool
    public let administrations: [ResourceId]
    public let elsewhere: [DoseElsewhere]
    /// Of what counts and was not given from here: as an administration's.
    public let intake: String
    /// The same in words, with what came of it and what to do then.
    public let howTaken: String
    /// When; left out: nobody said so. It counts all the same.
    public let vomited: String
}

/// How much one tablet may give of a medicine as needed without asking anybody. `state` is "asked",
/// "granted", "refused", "spent", "returned", "over", "unusable", or "elsewhere" when another
/// tablet holds it.
public struct Allowance: Sendable, Unlogged {
    public let record: RecordId
    public let resource: ResourceId
    /// `returnAllowance` takes it.
    public let token: String
    public let state: String
    /// Why it is refused or unusable.
    public let reason: String
    /// And what to do.
    public let action: String
    public let doses: Int
    public let dosesLeft: Int
    /// Of them together, in words.
    public let amount: String
    public let amountLeft: String
    /// Empty until it is granted.
    public let until: String
    public let asked: Said
}

/// Given when needed, or an order of which nobody can say what is due.
public struct Unscheduled: Sendable, Unlogged {
    /// Of the order.
    public let token: String
    public let record: RecordId
    public let order: ResourceId
    public let medication: String
    public let text: String
    /// Why it cannot be told; empty when it is given when needed.
    public let reason: String
    public let lastGiven: String
    public let givenLastDay: String
    /// The pack asks for one of the server before it is given.
    public let wantsAllowance: Bool
    /// Those that there are.
    public let allowances: [Allowance]
}

/// The doses of a date.
public struct Round: Sendable, Unlogged {
    public let date: CalendarDate
    public let age: Age
    /// By time.
    public let slots: [Slot]
    public let asNeeded: [Unscheduled]
    /// Never silence: read the order.
    public let lookAt: [Unscheduled]
    public let patches: [Patch]
    /// So long from the reading the clock alone makes it another; or nil.
    public let changesIn: Duration?
    /// False: something that it builds on is not here.
    public let whole: Bool
    /// Nil: it is not.
    public let suspended: Suspension?
    /// Of which somebody is to see whether they helped.
    public let followUps: [FollowUp]
}

/// What to think of before a dose is given.
public struct Warning: Sendable, Unlogged {
    public let rule: String
    public let severity: Int
    /// An override of this rule is asked for.
    public let needsReason: Bool
    public let sentence: String
    public let action: String
    /// Doses that it is about; a reason is kept with them.
    public let about: [ResourceId]
}

/// What was written, and what it led to.
public struct Written: Sendable, Unlogged {
    public let change: ChangeId
    public let record: RecordId
    public let resource: ResourceId
    /// For the next edit of the same resource.
    public let token: String
    /// The others of the same call.
    public let also: [ChangeId]
    /// Open findings that name it, most severe first.
    public let raised: [Finding]
    /// What is to be read, unasked.
    public let told: [Warning]
}
