// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "examples/district/folder.hpp"

namespace {

constexpr int k_years_max = 10;

constexpr const char* k_about =
    "Makes a synthetic Norwegian home-care district as FHIR R4 bundles that `kari-sync-server "
    "import`\n"
    "takes. Nobody in it exists: national identifiers have 80 added to the month, family names "
    "say\n"
    "that they are made up, every resource carries the label HTEST. Its drugs and doses are a "
    "demo,\n"
    "not for clinical use.\n\n"
    "The same options make the same bytes on every machine. A longer history (--years, --days,\n"
    "--resources) adds what was before and changes nothing of what holds now or was done lately; "
    "more\n"
    "patients change nothing of the others; a later --day goes on where an earlier one ended.\n\n"
    "A patient has some 10 to 25 resources a day, 30 to 70 beside them, and 1 KB each. For a "
    "history\n"
    "of a given size: --patients 1 --resources 2000.";

}  // namespace

int main(int argc, char** argv) {
    namespace district = kari::district;
    CLI::App app(k_about);
    district::Options options;
    std::string out;
    std::string day = district::text_of(options.day);
    int years = 0;
    app.add_option("--patients", options.citizens, "how many citizens")
        ->capture_default_str()
        ->check(CLI::Range(1u, district::k_citizens_max));
    auto* of_years = app.add_option("--years", years, "how many years of history")
                         ->check(CLI::Range(1, k_years_max));
    auto* of_days = app.add_option("--days", options.days, "how many days of history")
                        ->capture_default_str()
                        ->check(CLI::Range(1, district::k_days_max))
                        ->excludes(of_years);
    app.add_option(
           "--resources", options.resources,
           "as many whole days of history as give each citizen a journal of no more than so "
           "many resources")
        ->check(CLI::Range(1u, 100'000u))
        ->excludes(of_years)
        ->excludes(of_days);
    app.add_option("--seed", options.seed, "the same seed makes the same people")
        ->capture_default_str();
    app.add_option("--day", day, "the last day of the journals, YYYY-MM-DD")
        ->capture_default_str()
        ->check([](const std::string& text) {
            const auto parsed = district::parse_day(text);
            const bool fits = parsed && *parsed >= district::day_of({2024, 1, 1}) &&
                              *parsed < district::day_of({2100, 1, 1});
            return fits ? std::string() : std::string("no date of 2024 to 2099: YYYY-MM-DD");
        });
    app.add_option("--out", out, "a folder: bundles/*.json to import, district.json with the list")
        ->required();
    CLI11_PARSE(app, argc, argv);

    options.day = district::parse_day(day).value_or(options.day);
    if (years > 0) options.days = years * 365 + years / 4;
    const std::string failed = district::write_folder(district::District(options), out);
    if (!failed.empty()) {
        std::cerr << failed << '\n';
        return 1;
    }
    std::cout << "citizens: " << options.citizens
              << ", the last day: " << district::text_of(options.day) << "\n"
              << "written to " << out << "/bundles; next: kari-sync-server import " << out
              << "/bundles --system urn:kari:district\n";
    return 0;
}
