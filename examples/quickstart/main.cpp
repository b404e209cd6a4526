// SPDX-License-Identifier: Apache-2.0
// From nothing to an offline chart and a sync: quickstart FOLDER https://HOST:PORT PERSON < code
// The first run enrols this machine as a tablet; later runs need no network until the last call.
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <kari/device.hpp>
#include <kari/linux_platform.hpp>

// Every call answers a value or an error; explain() says in words what to do about the error.
template <typename T>
T must(kari::Result<T> result) {
    if (result) return *std::move(result);
    const auto why = kari::explain(result.error(), kari::Language::en);
    std::cerr << why.sentence << " " << why.what_to_do << "\n";
    std::exit(1);
}

int main(int count, char** words) {
    if (count != 4) {
        std::cerr << "quickstart FOLDER https://HOST:PORT PERSON < code\n";
        return 2;
    }
    const std::filesystem::path folder = words[1];
    const auto nurse = kari::PersonId::parse(words[3]).value_or(kari::PersonId{});
    const std::string pin = "1357";  // an app asks the nurse for it
    std::filesystem::create_directories(folder);
    const auto platform = must(kari::platform_linux::make_platform(folder / "keys"));
    if (!std::filesystem::exists(folder / "tablet")) {
        kari::EnrolOptions options;
        options.directory = folder / "tablet";
        options.server = words[2];
        options.person = nurse;
        options.pin = pin;
        std::getline(std::cin, options.code);
        auto tablet = must(kari::Device::enrol(options, platform));
        must(tablet.sync({}));  // fetches the caseload
    }
    auto tablet = must(kari::Device::open(folder / "tablet", platform));
    must(tablet.unlock(nurse, pin));

    // From here on nothing needs a network. Each reading leaves an access entry first.
    const auto patients = must(tablet.my_patients({}));
    for (const auto& row : patients.rows) {
        const auto chart = must(tablet.open_chart(row.record, {}));
        std::cout << row.name << ": " << chart.orders.size() << " orders, "
                  << chart.observations.size() << " observations\n";
    }
    if (!patients.rows.empty()) {
        kari::ObservationEntry pulse;
        pulse.code = {"http://loinc.org", "8867-4", "Puls"};
        pulse.value = kari::Quantity{kari::Decimal::of(72), "/min", ""};
        must(tablet.record_observation(patients.rows.front().record, pulse));
    }
    std::cout << "waiting for a network: " << must(tablet.sync_status()).unsent << "\n";
    const auto report = must(tablet.sync({}));
    std::cout << report.progress.sent << " sent, " << report.progress.received << " received\n";
}
