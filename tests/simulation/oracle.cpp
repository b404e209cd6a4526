// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/oracle.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "sdk/base/id.hpp"

namespace kari::sim {
namespace {

namespace json = boost::json;

// "-S -E": nothing of whoever runs us is read, and it begins sooner.
constexpr std::array k_words = {"python3",
                                "-S",
                                "-E",
                                "-X",
                                "pycache_prefix=" KARI_BUILD_DIR "/python",
                                KARI_SOURCE_DIR "/tests/oracle/oracle.py",
                                "--serve"};

std::string line_of(const ReadLog& log) {
    std::string out = R"({"changes":[)";
    for (const auto& [id, change] : log) {
        if (out.back() == '}') out += ',';
        out += R"({"id":")" + id.text() + R"(","header":")" + base::to_hex(change.header_bytes);
        if (change.body) out += R"(","body":")" + base::to_hex(*change.body);
        out += R"("})";
    }
    return out + "]}\n";
}

template <typename Id>
Id id_of(const json::value& text) {
    return Id::parse(std::string_view(text.as_string())).value();
}

std::set<ChangeId> changes_of(const json::value& list) {
    std::set<ChangeId> out;
    for (const json::value& one : list.as_array())
        out.insert(id_of<ChangeId>(one));
    return out;
}

FoldedAtom atom_of(const json::object& said) {
    FoldedAtom out;
    const auto policy = said.at("policy").as_string();
    out.all_count = policy == "UNION" || policy == "FORK";
    out.contested = said.at("contested").as_bool();
    out.live = changes_of(said.at("live"));
    out.pending = changes_of(said.at("pending"));
    if (!said.at("operative").is_null()) out.operative = id_of<ChangeId>(said.at("operative"));
    return out;
}

FoldedResource resource_of(const json::object& said) {
    FoldedResource out;
    out.complete = said.at("complete").as_bool();
    out.readable = said.at("readable").as_bool();
    out.canonical = said.at("canonical").as_string();
    out.changes = said.at("changes").to_number<std::size_t>();
    for (const json::value& one : said.at("heads").as_array())
        out.heads.push_back(id_of<ChangeId>(one));
    for (const auto& [number, atom] : said.at("atoms").as_object()) {
        const json::string& name = atom.at("name").as_string();
        if (!name.empty()) out.atoms.emplace(name, atom_of(atom.as_object()));
    }
    for (const auto& [id, inputs] : said.at("findings").as_object())
        out.about_atoms.emplace(FindingId::parse(id).value(), changes_of(inputs));
    return out;
}

Folded folded_of(const std::string& answer) {
    const auto said = json::parse(answer).as_object();
    if (const auto* refused = said.if_contains("refused"))
        throw std::runtime_error("the oracle refuses a log: " + std::string(refused->as_string()));
    Folded out;
    out.state = id_of<Digest>(said.at("state"));
    for (const auto& [id, resource] : said.at("resources").as_object())
        out.resources.emplace(ResourceId::parse(id).value(), resource_of(resource.as_object()));
    return out;
}

}  // namespace

Oracle::Oracle() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("no socket");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> words;
    for (const char* word : k_words)
        words.push_back(const_cast<char*>(word));
    words.push_back(nullptr);
    const int failed =
        ::posix_spawnp(&process_, k_words.front(), &actions, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    end_ = ends[0];
    if (failed == ENOENT) {
        process_ = 0;
    } else if (failed != 0) {
        throw std::runtime_error("python3 does not start");
    }
}

Oracle::~Oracle() {
    ::close(end_);  // it ends with its input
    if (process_ != 0) ::waitpid(process_, nullptr, 0);
}

std::string Oracle::ask(const std::string& line) {
    for (std::size_t at = 0; at < line.size();) {
        const ssize_t sent = ::send(end_, line.data() + at, line.size() - at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) throw std::runtime_error("the oracle is gone");
        at += static_cast<std::size_t>(sent);
    }
    std::string answer;
    std::array<char, 65536> part{};
    while (answer.empty() || answer.back() != '\n') {
        const ssize_t came = ::read(end_, part.data(), part.size());
        if (came < 0 && errno == EINTR) continue;
        if (came <= 0) throw std::runtime_error("the oracle does not answer");
        answer.append(part.data(), static_cast<std::size_t>(came));
    }
    return answer;
}

const Folded& Oracle::fold(const RecordId& record, const ReadLog& log) {
    std::string line = line_of(log);
    auto& [asked, folded] = known_[record];
    if (asked != line) {
        folded = folded_of(ask(line));
        asked = std::move(line);
    }
    return folded;
}

Oracle& oracle() {
    static std::unique_ptr<Oracle> one;
    static pid_t whose = 0;
    if (whose != ::getpid()) {  // a fork has its parent's, which it may not speak to
        one = std::make_unique<Oracle>();
        whose = ::getpid();
    }
    return *one;
}

}  // namespace kari::sim
