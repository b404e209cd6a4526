// SPDX-License-Identifier: Apache-2.0
//
// One shift on three tablets, told as it happens. See README.md.
#include <cstdlib>
#include <ctime>
#include <exception>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "examples/demo/report.hpp"
#include "examples/demo/story.hpp"
#include "examples/demo/whole_file.hpp"

namespace kari::demo {
namespace {

// The date on the wall in Oslo, so many days ago. Called before there is a second thread.
std::string date_in_oslo(int days_ago) {
    ::setenv("TZ", "Europe/Oslo", 1);
    ::tzset();
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    local.tm_mday -= days_ago;
    local.tm_hour = 12;  // no day lacks its noon
    local.tm_isdst = -1;
    std::mktime(&local);
    ::unsetenv("TZ");
    return fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

// A folder of our own, gone at the end unless it is to be kept.
class Folder {
public:
    explicit Folder(const std::filesystem::path& keep) : kept_(!keep.empty()) {
        if (kept_) {
            if (std::filesystem::exists(keep) && !std::filesystem::is_empty(keep)) {
                throw Trouble(keep.string() + " is not empty");
            }
            std::filesystem::create_directories(keep);
            path_ = std::filesystem::absolute(keep);
            return;
        }
        std::string pattern =
            (std::filesystem::temp_directory_path() / "kari-demo-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw Trouble("no folder for temporary files");
        path_ = pattern;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        if (!kept_) std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

private:
    bool kept_;
    std::filesystem::path path_;
};

int play(const Options& options) {
    const std::string today = date_in_oslo(0);
    const std::string yesterday = date_in_oslo(1);
    const Folder folder(options.keep);
    Stage stage;
    stage.options = options;
    stage.programs = find_programs(build_of_this());
    stage.folder = folder.path();
    stage.system = options.fhir.empty() ? "urn:kari:district" : "urn:kari:demo-import";
    stage.today = today;
    stage.yesterday = yesterday;
    stage.hazards = load_hazards(stage.programs.hazards);
    stage.tell.say(
        "KARI, a demonstration. One shift on three tablets: no network, a killed "
        "tablet, a slow clock, a server that loses its disk. All drug content is made "
        "up: demo, not for clinical use.");
    make_district(stage);
    enrol_tablets(stage);
    work_the_morning(stage);
    cut_the_relay(stage);
    lose_and_restore_the_server(stage);
    work_the_shift(stage);
    kill_a_tablet(stage);
    open_the_relay(stage);
    close_the_recovery(stage);
    const Verdict verdict = compare_all(stage);
    const auto numbers = figures(stage, verdict);
    if (!options.json.empty()) write_whole(options.json, boost::json::serialize(numbers) + "\n");
    const int status = conclude(stage, verdict, numbers);
    for (const auto& [name, tablet] : stage.tablets)
        tablet->leave();
    stage.server->stop();
    return status;
}

}  // namespace
}  // namespace kari::demo

int main(int argc, char** argv) {
    CLI::App app("Plays one shift on three tablets and checks that nothing is lost.");
    kari::demo::Options options;
    app.add_option("--fhir", options.fhir,
                   "import this folder of FHIR R4 bundles instead of the made-up district")
        ->check(CLI::ExistingDirectory);
    app.add_option("--json", options.json, "write the figures to this file");
    app.add_option("--keep", options.keep, "work in this new folder and leave it for inspection");
    CLI11_PARSE(app, argc, argv);
    try {
        return kari::demo::play(options);
    } catch (const std::exception& trouble) {
        fmt::print(stderr, "\nThe demonstration ended early: {}\n", trouble.what());
        return 2;
    }
}
