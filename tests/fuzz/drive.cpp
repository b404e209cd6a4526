// SPDX-License-Identifier: Apache-2.0
//
// Runs a target: over its corpus, in every build; by libFuzzer, in a build of the preset fuzz,
// where KARI_FUZZ_ARGUMENTS holds libFuzzer's own arguments, one to a line.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/fuzz/target.hpp"

#ifdef KARI_FUZZ
extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv,
                                   int (*callback)(const std::uint8_t* data, std::size_t size));
#endif

namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("Every input of the corpus is read or refused, and what is promised of it holds") {
    std::size_t inputs = 0;
    for (const auto& file : fs::directory_iterator(fs::path(KARI_SOURCE_DIR) / "tests" / "fuzz" /
                                                   KARI_FUZZ_TARGET / "corpus")) {
        INFO(file.path().filename().string());
        kari::fuzz::take(bytes_of(file.path()));
        ++inputs;
    }
    REQUIRE(inputs > 0);
}

#ifdef KARI_FUZZ
// What a target REQUIREs throws; nothing may be thrown through the driver, so the program ends
// there. libFuzzer keeps the input when it sees the signal, which Catch2 must not take from it.
TEST_CASE("No input breaks what is promised", "[.fuzz]") {
    std::vector<std::string> words{KARI_FUZZ_TARGET};
    const char* given = std::getenv("KARI_FUZZ_ARGUMENTS");
    std::istringstream lines(given == nullptr ? "" : given);
    for (std::string line; std::getline(lines, line);)
        words.push_back(line);
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGTERM, SIGINT})
        std::signal(signal, SIG_DFL);
    int count = static_cast<int>(words.size());
    char** arguments = pointers.data();
    LLVMFuzzerRunDriver(&count, &arguments,
                        [](const std::uint8_t* data, std::size_t size) noexcept {
                            kari::fuzz::take({data, size});
                            return 0;
                        });
}
#endif
