// SPDX-License-Identifier: Apache-2.0
// One shift, as in the other languages: scenario FOLDER https://HOST:PORT PERSON begin CODE
// or ... shift, which needs no network, or ... sync. Prints the record, its digest, open findings.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>

#include <kari/device.hpp>
#include <kari/linux_platform.hpp>

namespace {

template <typename T>
T must(kari::Result<T> result) {
    if (result) return *std::move(result);
    std::cerr << kari::name(result.error().code) << ": " << result.error().what << "\n";
    std::exit(1);
}

kari::RecordId record_of(kari::Device& tablet) {
    for (const auto& row : must(tablet.my_patients({})).rows)
        if (row.name.find("Åse") != std::string::npos) return row.record;
    std::exit(3);
}

void shift(kari::Device& tablet, const kari::RecordId& record) {
    const auto round = must(tablet.doses_due(record, must(tablet.today())));
    for (const auto& slot : round.slots) {
        if (slot.medication.text.find("Metoprolol") == std::string::npos || slot.nominal != "08:00")
            continue;
        kari::DoseEntry dose;
        dose.token = slot.token;
        for (const auto& warning : must(tablet.check_dose(dose)))
            if (warning.needs_reason) dose.overrides.push_back({warning.rule, "rang the doctor"});
        must(tablet.give(dose));
    }
    kari::NoteEntry note;
    note.title = "Tilsyn";
    note.text = "Skrevet i C++.";
    must(tablet.write_note(record, note));
}

}  // namespace

int main(int count, char** words) {
    if (count < 5) return 2;
    const std::filesystem::path folder = words[1];
    const auto nurse = kari::PersonId::parse(words[3]).value_or(kari::PersonId{});
    const std::string what = words[4], pin = "2468";
    const auto platform =
        must(kari::platform_linux::make_platform(words[1] + std::string(".keys")));
    if (what == "begin") {
        kari::EnrolOptions options;
        options.directory = folder;
        options.server = words[2];
        options.code = words[5];
        options.person = nurse;
        options.pin = pin;
        options.pin_memory_kib = 1024;
        options.pin_iterations = 1;
        must(kari::Device::enrol(options, platform));
    }
    auto tablet = must(kari::Device::open(folder, platform));
    must(tablet.unlock(nurse, pin));
    if (what != "shift") must(tablet.sync({}));
    const auto record = record_of(tablet);
    must(tablet.open_chart(record, {}));
    if (what == "shift") shift(tablet, record);
    const auto findings = must(tablet.findings(record));
    const auto open = std::count_if(findings.begin(), findings.end(),
                                    [](const auto& finding) { return finding.state == "open"; });
    std::cout << record.text() << " " << must(tablet.state_digest(record)).text() << " " << open
              << "\n";
}
