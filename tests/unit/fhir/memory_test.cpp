// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <istream>
#include <streambuf>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;

namespace {

// A Bundle that is made while it is read, and can be read again.
class GeneratedBundle : public std::streambuf {
public:
    explicit GeneratedBundle(std::uint64_t bytes) : bytes_(bytes) {}
    std::uint64_t entries() const { return made_; }

protected:
    int_type underflow() override {
        if (done_) return traits_type::eof();
        if (written_ == 0) {
            piece_ = R"({"resourceType":"Bundle","type":"collection","entry":[)";
            piece_ += R"({"resource":{"resourceType":"Patient","id":"p"}})";
            made_ = 1;
        } else if (written_ < bytes_) {
            const std::string number = std::to_string(made_++);
            piece_ = R"(,{"fullUrl":"urn:uuid:url-)" + number +
                     R"(","resource":{"resourceType":"Observation","id":"o)" + number +
                     R"(","status":"final","code":{"text":")" + std::string(made_ % 2000, 'x') +
                     R"("},"subject":{"reference":"Patient/p"},)"
                     R"("valueQuantity":{"value":72.10,"unit":"kg"}}})";
        } else {
            piece_ = "]}";
            done_ = true;
        }
        written_ += piece_.size();
        setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
        return traits_type::to_int_type(piece_.front());
    }
    pos_type seekpos(pos_type, std::ios_base::openmode) override {
        written_ = made_ = 0;
        done_ = false;
        setg(nullptr, nullptr, nullptr);
        return 0;
    }

private:
    std::uint64_t bytes_;
    std::uint64_t written_ = 0;
    std::uint64_t made_ = 0;
    bool done_ = false;
    std::string piece_;
};

// Counts, and keeps nothing.
class Counter : public ImportSink {
public:
    Result<std::optional<RecordId>> record_of(const PatientKey&, bool) override {
        return RecordId{};
    }
    Result<Stored> store(Imported) override {
        ++count;
        return Stored::written;
    }
    std::uint64_t count = 0;
};

long peak_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    }
    return -1;
}

// Peak resident memory above what the child had, in KiB; negative when the import went wrong.
long measured(const std::function<bool()>& work) {
    int ends[2];
    if (pipe(ends) != 0) return -2;
    const pid_t child = fork();
    if (child < 0) return -3;
    if (child == 0) {
        std::ofstream("/proc/self/clear_refs") << '5';  // the peak so far is the parent's
        const long before = peak_kib();
        const bool good = work();
        const long grown = good ? peak_kib() - before : -1;
        const bool told = write(ends[1], &grown, sizeof grown) == sizeof grown;
        _exit(told ? 0 : 1);
    }
    close(ends[1]);
    long grown = -4;
    const bool heard = read(ends[0], &grown, sizeof grown) == sizeof grown;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return heard && status == 0 ? grown : -5;
}

constexpr long k_limit_kib = 64 * 1024;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool k_inflated = true;
#else
constexpr bool k_inflated = false;
#endif

}  // namespace

TEST_CASE("200 MB of entries are imported in less than 64 MiB") {
    if (k_inflated) SKIP("a sanitizer's own memory drowns the measurement");
    const long grown = measured([] {
        GeneratedBundle made(200'000'000);
        std::istream input(&made);
        Counter sink;
        const auto report = import_resources(input, {.system = k_system}, sink);
        return report.rejected_count == 0 && !report.stopped && report.in == sink.count &&
               sink.count == made.entries() && sink.count > 100'000;
    });
    CAPTURE(grown);
    CHECK(grown >= 0);
    CHECK(grown < k_limit_kib);
}

TEST_CASE("one resource that is hard on memory is refused in less than 64 MiB") {
    if (k_inflated) SKIP("a sanitizer's own memory drowns the measurement");
    for (const std::string unit : {"0,", "{},", "[[]],", "\"x\",", "\"a\\u0001\","}) {
        CAPTURE(unit);
        std::string text = R"({"resourceType":"Bundle","entry":[{"resource":)"
                           R"({"resourceType":"Basic","id":"b","x":[)";
        while (text.size() < 15'000'000)
            text += unit;
        text += "0]}},{\"resource\":{\"resourceType\":\"Location\",\"id\":\"l\"}}]}";
        std::istringstream input(std::move(text));
        const long grown = measured([&] {
            Counter sink;
            const auto report = import_resources(input, {.system = k_system}, sink);
            return report.rejected_count == 1 && sink.count == 1;
        });
        CAPTURE(grown);
        CHECK(grown >= 0);
        CHECK(grown < k_limit_kib);
    }
}
