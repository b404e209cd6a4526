// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "examples/district/district.hpp"

namespace {

namespace district = kari::district;

bool write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text << '\n';
    out.close();
    if (!out) std::cerr << "cannot write " << path.string() << '\n';
    return static_cast<bool>(out);
}

// DIR/bundles/*.json and DIR/districts.json. File names number people; they do not name them.
bool write_folder(const district::District& made, const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder / "bundles", failed);
    if (failed) {
        std::cerr << "cannot make " << folder.string() << ": " << failed.message() << '\n';
        return false;
    }
    bool written = write_file(folder / "districts.json", district::roster(made)) &&
                   write_file(folder / "bundles" / "000-directory.json", made.directory);
    for (std::size_t i = 0; i < made.citizens.size() && written; ++i) {
        std::string number = std::to_string(i + 1);
        number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
        written = write_file(folder / "bundles" / ("citizen-" + number + ".json"),
                             made.citizens[i].bundle);
    }
    return written;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Makes a small synthetic Norwegian home-care district as FHIR R4 bundles.\n"
        "Nobody in it exists, and its drugs are a demo, not for clinical use.");
    district::Options options;
    std::string out;
    app.add_option("--patients", options.citizens, "how many citizens")
        ->default_val(40)
        ->check(CLI::Range(1, 100'000));
    app.add_option("--seed", options.seed, "the same seed makes the same district")->default_val(1);
    app.add_option("--day", options.day, "the last day of the journals, YYYY-MM-DD")
        ->default_val(options.day)
        ->check([](const std::string& day) {
            const bool shaped = day.size() == 10 && day[4] == '-' && day[7] == '-' &&
                                day.find_first_not_of("0123456789-") == std::string::npos;
            return shaped ? std::string() : std::string("not a date: YYYY-MM-DD");
        });
    app.add_option("--out", out,
                   "a folder (bundles/*.json, districts.json), or - for one bundle "
                   "a line on standard output")
        ->required();
    CLI11_PARSE(app, argc, argv);

    const district::District made = district::make_district(options);
    if (out == "-") {
        std::cout << made.directory << '\n';
        for (const district::Citizen& citizen : made.citizens)
            std::cout << citizen.bundle << '\n';
        std::cout.flush();
        return std::cout ? 0 : 1;
    }
    return write_folder(made, out) ? 0 : 1;
}
