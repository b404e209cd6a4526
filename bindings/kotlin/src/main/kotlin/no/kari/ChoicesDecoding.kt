// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari

internal fun Decoder.freshness(): Freshness = Freshness.of(int())

internal fun Decoder.findingState(): FindingState = FindingState.of(int())

internal fun Decoder.allergyStatement(): AllergyStatement = AllergyStatement.of(int())

internal fun Decoder.doseState(): DoseState = DoseState.of(int())

internal fun Decoder.purpose(): Purpose = Purpose.of(int())

internal fun Decoder.intake(): Intake = Intake.of(int())

internal fun Decoder.notGiven(): NotGiven = NotGiven.of(int())

internal fun Decoder.seen(): Seen = Seen.of(int())

internal fun Decoder.effect(): Effect = Effect.of(int())

internal fun Decoder.hindrance(): Hindrance = Hindrance.of(int())

internal fun Decoder.actKind(): ActKind = ActKind.of(int())

internal fun Decoder.ending(): Ending = Ending.of(int())

internal fun Decoder.language(): Language = Language.of(int())

internal fun Decoder.followState(): FollowState = FollowState.of(int())

internal fun Decoder.changeKind(): ChangeKind = ChangeKind.of(int())

internal fun Decoder.advice(): Advice = Advice.of(int())
