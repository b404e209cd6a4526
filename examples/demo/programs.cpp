// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/programs.hpp"

#include <signal.h>

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "examples/demo/whole_file.hpp"

namespace kari::demo {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto k_command_patience = minutes(10);
constexpr int k_damaged = 3;
constexpr int k_partly = 4;
constexpr auto k_start_patience = seconds(60);
constexpr auto k_answer_patience = minutes(5);
constexpr auto k_end_patience = seconds(30);

fs::path beside(const fs::path& folder, const fs::path& relative) {
    const fs::path found = (folder / relative).lexically_normal();
    if (!fs::exists(found)) {
        throw Trouble(
            fmt::format("{} is not there: build it first (./dev demo does)", found.string()));
    }
    return found;
}

json::object parsed(const std::string& line, const std::string& who) {
    boost::system::error_code error;
    auto value = json::parse(line, error);
    if (error || !value.is_object()) {
        throw Trouble(
            fmt::format("{} answered what is no JSON object: {}", who, line.substr(0, 200)));
    }
    return std::move(value.get_object());
}

// The last line that is not empty: what a command with --json prints may have words before it.
std::string last_line(const std::string& output) {
    std::string text = output;
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    const auto at = text.rfind('\n');
    return at == std::string::npos ? text : text.substr(at + 1);
}

LogEntry entry_of(const json::object& line) {
    std::optional<std::string> body;
    if (const json::value* held = line.if_contains("body"); held != nullptr && held->is_string()) {
        body = std::string(held->get_string());
    }
    const json::value* position = line.if_contains("position");
    auto entry = read_entry(text_at(line, "id"),
                            position != nullptr ? position->to_number<std::uint64_t>() : 0,
                            text_at(line, "header"), body);
    if (line.contains("chain")) entry.chain = text_at(line, "chain");
    return entry;
}

}  // namespace

std::string text_at(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_string()) {
        throw Trouble(fmt::format("an answer has no text '{}'", key));
    }
    return std::string(found->get_string());
}

const json::array& list_at(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_array()) {
        throw Trouble(fmt::format("an answer has no list '{}'", key));
    }
    return found->get_array();
}

Programs find_programs(const fs::path& build) {
    Programs programs;
    programs.server = beside(build, "sync-server/kari-sync-server");
    programs.kari = beside(build, "examples/kari/kari");
    programs.district = beside(build, "examples/district/kari-district");
    programs.hazards = beside(build, "examples/demo/hazards.json");
    return programs;
}

fs::path build_of_this() {
    return fs::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path();
}

std::optional<fs::path> find_faketime() {
    for (const char* root : {"/usr/lib", "/usr/lib64", "/usr/local/lib"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(root, error)) {
            const fs::path found = entry.path() / "faketime" / "libfaketime.so.1";
            if (fs::exists(found, error)) return found;
        }
        const fs::path plain = fs::path(root) / "faketime" / "libfaketime.so.1";
        if (fs::exists(plain, error)) return plain;
    }
    return std::nullopt;
}

Server::Server(fs::path program, fs::path directory)
    : program_(std::move(program)), directory_(std::move(directory)) {}

fs::path Server::log_file() const {
    return directory_.parent_path() / "server.log";
}

json::object Server::command(const std::vector<std::string>& words, std::string_view input) const {
    Command command;
    command.words = {program_.string()};
    command.words.insert(command.words.end(), words.begin(), words.end());
    command.words.insert(command.words.end(), {"--dir", directory_.string(), "--json"});
    const Completed done = run(command, input, k_command_patience);
    // An import of which something was rejected is one: what, its report says.
    const bool partly = words.front() == "import" && done.status == k_partly;
    // One that looks ends with how it looks.
    const bool looks = words.front() == "status" && done.status >= k_damaged;
    if (done.status != 0 && !partly && !looks) {
        throw Trouble(fmt::format("kari-sync-server {} ended with {}: {}{}", words.front(),
                                  done.status, done.output, done.errors));
    }
    return parsed(last_line(done.output), "kari-sync-server " + words.front());
}

void Server::start() {
    Command command;
    command.words = {program_.string(),   "serve",  "--dir",
                     directory_.string(), "--port", std::to_string(port_)};
    command.errors = log_file();
    serving_.emplace(command);
    while (const auto line = serving_->read_line(k_start_patience)) {
        const auto at = line->rfind(':');
        if (line->find("listening on") == std::string::npos || at == std::string::npos) continue;
        port_ = static_cast<std::uint16_t>(std::stoul(line->substr(at + 1)));
        return;
    }
    throw Trouble("the server does not start; see " + log_file().string());
}

void Server::stop() {
    if (!serving_) return;
    serving_->signal(SIGTERM);
    const int status = serving_->wait(k_end_patience);
    serving_.reset();
    if (status != 0) throw Trouble(fmt::format("the server ended with {}", status));
}

bool Server::running() {
    return serving_ && serving_->alive();
}

Log Server::dump() const {
    Command command;
    command.words = {program_.string(), "dump-log",          "--all",
                     "--dir",           directory_.string(), "--json"};
    const Completed done = run(command, {}, k_command_patience);
    if (done.status != 0) throw Trouble("kari-sync-server dump-log: " + done.errors);
    Log logs;
    std::size_t at = 0;
    while (at < done.output.size()) {
        const auto end = std::min(done.output.find('\n', at), done.output.size());
        if (end > at) {
            const auto line = parsed(done.output.substr(at, end - at), "dump-log");
            // The access log comes with it; it goes up and never down, so nobody compares it.
            if (line.contains("header")) {
                auto entry = entry_of(line);
                logs[entry.record].push_back(std::move(entry));
            }
        }
        at = end + 1;
    }
    return logs;
}

std::map<std::string, std::string> Server::digests() const {
    std::map<std::string, std::string> digests;
    const auto answer = command({"state-digest"});
    for (const auto& [record, told] : answer.at("records").as_object()) {
        digests[record] = text_at(told.as_object(), "state");
    }
    return digests;
}

Tablet::Tablet(std::string name, std::vector<std::string> program, fs::path directory,
               fs::path outside, std::vector<std::string> environment)
    : name_(std::move(name)),
      program_(std::move(program)),
      directory_(std::move(directory)),
      outside_(std::move(outside)),
      environment_(std::move(environment)) {}

fs::path Tablet::witness_file() const {
    return outside_ / ("tablet-" + name_ + ".witness");
}

fs::path Tablet::log_file() const {
    return outside_ / ("tablet-" + name_ + ".log");
}

void Tablet::start() {
    Command command;
    command.words = program_;
    command.words.insert(command.words.end(), {"session", "--dir", directory_.string(), "--witness",
                                               witness_file().string()});
    command.environment = environment_;
    command.errors = log_file();
    process_.emplace(command);
}

void Tablet::kill() {
    process_->signal(SIGKILL);
    process_->wait(k_end_patience);
    process_.reset();
}

void Tablet::leave() {
    if (!process_) return;
    process_->close_input();
    process_->wait(k_end_patience);
    process_.reset();
}

bool Tablet::send_text(std::string_view text) {
    return process_ && process_->write(text);
}

bool Tablet::send(const json::object& command) {
    return send_text(json::serialize(command) + "\n");
}

std::optional<Answer> Tablet::answer(std::chrono::milliseconds patience) {
    const auto line = process_->read_line(patience);
    if (!line) return std::nullopt;
    Answer answer;
    answer.body = parsed(*line, "tablet " + name_);
    const json::value* ok = answer.body.if_contains("ok");
    answer.ok = ok != nullptr && ok->is_bool() && ok->get_bool();
    if (!answer.ok) {
        const auto word = [&](std::string_view key) {
            const json::value* found = answer.body.if_contains(key);
            return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
        };
        answer.error = word("error");
        answer.what = word("what");
    }
    return answer;
}

Answer Tablet::ask(const json::object& command) {
    if (!send(command)) {
        throw Trouble(fmt::format("tablet {} is gone; see {}", name_, log_file().string()));
    }
    auto given = answer(k_answer_patience);
    if (!given) {
        throw Trouble(fmt::format("tablet {} does not answer; see {}", name_, log_file().string()));
    }
    return std::move(*given);
}

json::object Tablet::must(const json::object& command) {
    Answer answer = ask(command);
    if (!answer.ok) {
        throw Trouble(fmt::format("tablet {} refused '{}': {} ({})", name_, text_at(command, "do"),
                                  answer.error, answer.what));
    }
    return std::move(answer.body);
}

std::vector<std::string> Tablet::witness() const {
    std::string text = read_whole(witness_file());
    // A last line without its end is of a call that did not return.
    text.resize(text.find_last_of('\n') + 1);
    std::istringstream lines(text);
    std::vector<std::string> ids;
    for (std::string line; std::getline(lines, line);) {
        if (line.size() < 64) throw Trouble("a line of the witness file is cut short");
        ids.push_back(line.substr(0, 64));
    }
    return ids;
}

std::vector<std::string> Tablet::held() {
    std::vector<std::string> records;
    const auto answer = must({{"do", "held"}});
    for (const auto& one : list_at(answer, "records"))
        records.emplace_back(one.as_string());
    return records;
}

std::vector<LogEntry> Tablet::log(const std::string& record) {
    std::vector<LogEntry> entries;
    const auto answer = must({{"do", "log"}, {"record", record}});
    for (const auto& one : list_at(answer, "log"))
        entries.push_back(entry_of(one.as_object()));
    return entries;
}

std::string Tablet::digest(const std::string& record) {
    return text_at(must({{"do", "digest"}, {"record", record}}), "digest");
}

std::vector<SeenFinding> Tablet::findings(const std::string& record) {
    std::vector<SeenFinding> found;
    const auto answer = must({{"do", "findings"}, {"record", record}});
    for (const auto& one : list_at(answer, "findings")) {
        const auto& item = one.as_object();
        SeenFinding seen;
        seen.rule = text_at(item, "rule");
        seen.severity = static_cast<int>(item.at("severity").to_number<std::int64_t>());
        for (const auto& input : list_at(item, "inputs")) {
            seen.inputs.emplace_back(input.as_string());
        }
        std::sort(seen.inputs.begin(), seen.inputs.end());
        found.push_back(std::move(seen));
    }
    return found;
}

}  // namespace kari::demo
