// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/workers.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <map>
#include <stdexcept>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace kari::sim {
namespace {

std::string written(const Outcome& outcome) {
    return boost::json::serialize(
        boost::json::object{{"digest", outcome.digest.text()},
                            {"violations", boost::json::value_from(outcome.violations)},
                            {"history", boost::json::value_from(outcome.history)},
                            {"tally", boost::json::value_from(outcome.tally)}});
}

Outcome read(const std::string& text, std::uint64_t seed) {
    const auto json = boost::json::parse(text);
    Outcome out;
    out.seed = seed;
    out.digest = Digest::parse(json.at("digest").as_string()).value();
    out.violations = boost::json::value_to<std::vector<std::string>>(json.at("violations"));
    out.history = boost::json::value_to<std::vector<std::string>>(json.at("history"));
    out.tally = boost::json::value_to<std::map<std::string, unsigned>>(json.at("tally"));
    return out;
}

// One seed in its process, and what it has said so far.
struct Worker {
    pid_t process = 0;
    int end = -1;
    std::string said;
};

Worker begin(const Options& options) {
    std::array<int, 2> ends{};
    std::fflush(nullptr);
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t process = ::fork();
    if (process < 0) throw std::runtime_error("no process");
    if (process > 0) {
        ::close(ends[1]);
        return {process, ends[0], {}};
    }
    ::close(ends[0]);
    const std::string text = written(run_seed(options));
    std::fflush(nullptr);
    std::size_t at = 0;
    while (at < text.size()) {
        const ssize_t step = ::write(ends[1], text.data() + at, text.size() - at);
        if (step <= 0) ::_exit(1);
        at += static_cast<std::size_t>(step);
    }
    ::_exit(0);
}

Outcome finish(const Worker& worker, std::uint64_t seed) {
    ::close(worker.end);
    int status = 0;
    ::waitpid(worker.process, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return read(worker.said, seed);
    Outcome out;
    out.seed = seed;
    out.violations.push_back(WIFSIGNALED(status)
                                 ? fmt::format("the process died of signal {}", WTERMSIG(status))
                                 : std::string("the process gave up"));
    return out;
}

// Waits until one of them has ended; its seed.
std::uint64_t next_to_end(std::map<std::uint64_t, Worker>& workers) {
    for (;;) {
        std::vector<pollfd> ends;
        for (const auto& [seed, worker] : workers)
            ends.push_back({worker.end, POLLIN, 0});
        if (::poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) {
            throw std::runtime_error("poll");
        }
        auto at = ends.begin();
        for (auto& [seed, worker] : workers) {
            if ((at++)->revents == 0) continue;
            std::array<char, 65536> part{};
            const ssize_t length = ::read(worker.end, part.data(), part.size());
            if (length <= 0) return seed;
            worker.said.append(part.data(), static_cast<std::size_t>(length));
        }
    }
}

}  // namespace

void each_seed(const Options& first, unsigned seeds, unsigned jobs,
               const std::function<bool()>& another,
               const std::function<void(const Outcome&)>& take) {
    std::map<std::uint64_t, Worker> workers;
    std::map<std::uint64_t, Outcome> ended;
    std::uint64_t to_take = first.seed;
    std::uint64_t next = first.seed;
    bool more = seeds > 0;
    while (more || !workers.empty()) {
        while (more && workers.size() < std::max(jobs, 1U)) {
            more = another();
            if (!more) break;
            Options options = first;
            options.seed = next;
            workers.emplace(next, begin(options));
            more = ++next < first.seed + seeds;
        }
        if (workers.empty()) return;
        const std::uint64_t seed = next_to_end(workers);
        ended.emplace(seed, finish(workers.at(seed), seed));
        workers.erase(seed);
        for (auto at = ended.find(to_take); at != ended.end(); at = ended.find(++to_take)) {
            take(at->second);
            ended.erase(at);
        }
    }
}

}  // namespace kari::sim
