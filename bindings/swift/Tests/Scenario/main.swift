// SPDX-License-Identifier: Apache-2.0
// One shift, as in the other languages: Scenario FOLDER https://HOST:PORT PERSON begin CODE
// or ... shift, which needs no network, or ... sync. Prints the record, its digest, open findings.
import Foundation
import Kari

func opened(_ words: [String], _ nurse: PersonId) async throws(KariError) -> Tablet {
    let place = Place(directory: words[0])
    let pin = "2468"
    if words[3] == "begin" {
        let enrolment = Enrolment(
            place: place, server: words[1], code: words[4], person: nurse, pin: pin,
            pinMemoryKib: 1024, pinIterations: 1)
        try await Tablet.enrol(enrolment).close()
    }
    let tablet = try await Tablet.open(place)
    try await tablet.unlock(nurse, pin: pin)
    return tablet
}

func shift(_ tablet: Tablet, _ record: RecordId) async throws(KariError) {
    for slot in try await tablet.round(of: record).slots
    where slot.medication.text.contains("Metoprolol") && slot.nominal == "08:00" {
        var dose = DoseEntry(token: slot.token)
        dose.overrides = try await tablet.checkDose(dose).filter(\.needsReason).map {
            RuleOverride(rule: $0.rule, reason: "rang the doctor")
        }
        try await tablet.give(dose)
    }
    try await tablet.writeNote(NoteEntry(title: "Tilsyn", text: "Skrevet i Swift."), in: record)
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count >= 4, let nurse = PersonId(words[2]) else { exit(2) }
do throws(KariError) {
    let tablet = try await opened(words, nurse)
    if words[3] != "shift" { try await tablet.sync() }
    let rows = try await tablet.patients().rows
    guard let record = rows.first(where: { $0.name.contains("Åse") })?.record else { exit(3) }
    _ = try await tablet.chart(of: record)
    if words[3] == "shift" { try await shift(tablet, record) }
    let open = try await tablet.findings(of: record).filter { $0.state == .open }.count
    print(record, try await tablet.stateDigest(of: record), open)
    await tablet.close()
} catch {
    print(error)
    exit(1)
}
exit(KariLibrary.liveObjects == 0 ? 0 : 4)
