// SPDX-License-Identifier: Apache-2.0
// From nothing to an offline chart and a dose: FOLDER https://HOST:PORT PERSON [CODE]
// With a code the machine becomes a tablet; without one it needs no network at all.
import Foundation
import Kari

func tablet(_ words: [String], _ nurse: PersonId) async throws(KariError) -> Tablet {
    let place = Place(directory: words[0])
    let pin = "1357"  // an app asks the nurse for it
    if words.count > 3 {
        let tablet = try await Tablet.enrol(
            Enrolment(place: place, server: words[1], code: words[3], person: nurse, pin: pin))
        try await tablet.sync()  // fetches the caseload
        return tablet
    }
    let tablet = try await Tablet.open(place)
    try await tablet.unlock(nurse, pin: pin)
    return tablet
}

func round(_ tablet: Tablet) async throws(KariError) {
    for patient in try await tablet.patients().rows {
        let chart = try await tablet.chart(of: patient.record)
        let round = try await tablet.round(of: patient.record)
        print("\(patient.name): \(chart.orders.count) orders, \(round.slots.count) doses today")
        let lookAt = round.lookAt.count + chart.missing.count
        print("  \(round.age.tier), look at \(lookAt)\(round.whole ? "" : ", NOT WHOLE")")
        for slot in round.slots where slot.state == .due {
            guard slot.mayGive, slot.elsewhere.isEmpty else {
                print("not given: \(slot.medication.text)")  // ring first
                continue
            }
            try await tablet.give(DoseEntry(token: slot.token))
            print("gave \(slot.medication.text)")
        }
    }
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count >= 3, let nurse = PersonId(words[2]) else { exit(2) }
do throws(KariError) {
    let tablet = try await tablet(words, nurse)
    try await round(tablet)  // from here on nothing needs a network
    await tablet.close()
} catch {
    // An error says in words what to do about it.
    print(error.sentence(.en), error.whatToDo(.en))
    exit(1)
}
