// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Decoder.age(): Age =
    Age(
        asOf = instant(),
        age = length(),
        tier = freshness(),
        leaseEnded = flag(),
        drugFacts = text(),
    )

internal fun Decoder.said(): Said =
    Said(
        change = changeId(),
        person = personId().orNull(),
        personName = text(),
        recorded = moment(),
        byServer = flag(),
    )

internal fun Decoder.nurse(): Nurse =
    Nurse(
        person = personId(),
        name = text(),
        role = text(),
    )

internal fun Decoder.item(): Item =
    Item(
        record = recordId(),
        resource = resourceId(),
        token = text(),
        incomplete = flag(),
        unreadable = flag(),
        keptWhole = flag(),
    )
