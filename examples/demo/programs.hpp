// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "examples/demo/log_reader.hpp"
#include "examples/demo/process.hpp"

namespace kari::demo {

// Where the programs lie in a build folder.
struct Programs {
    std::filesystem::path server;    // kari-sync-server
    std::filesystem::path kari;      // kari
    std::filesystem::path district;  // kari-district
    std::filesystem::path hazards;   // hazards.json
};
// Trouble names what is not there.
Programs find_programs(const std::filesystem::path& build);
// The build folder that this program was built in.
std::filesystem::path build_of_this();

// libfaketime, wherever the system has it; nothing when it has none.
std::optional<std::filesystem::path> find_faketime();

using Log = std::map<std::string, std::vector<LogEntry>>;  // by record

// A real kari-sync-server with a directory of its own.
class Server {
public:
    Server(std::filesystem::path program, std::filesystem::path directory);

    // Runs a command of the server to its end. The result is what --json printed.
    boost::json::object command(const std::vector<std::string>& words,
                                std::string_view input = {}) const;
    // Starts to serve; returns when it listens.
    void start();
    // SIGTERM; waits until it has drained.
    void stop();
    bool running();
    std::uint16_t port() const { return port_; }
    pid_t pid() const { return serving_ ? serving_->pid() : -1; }
    const std::filesystem::path& directory() const { return directory_; }
    std::filesystem::path log_file() const;

    // The logs of all records, as raw bytes.
    Log dump() const;
    std::map<std::string, std::string> digests() const;

private:
    std::filesystem::path program_;
    std::filesystem::path directory_;
    std::optional<Process> serving_;
    std::uint16_t port_ = 0;
};

// What a tablet answered.
struct Answer {
    bool ok = false;
    std::string error;  // name of errors.def
    std::string what;
    boost::json::object body;
};

// A real `kari session` with a directory of its own.
class Tablet {
public:
    // `program`: the words that start `kari`, before its arguments. Witness and log stand in
    // `outside`, which no fault of the tablet's own disk reaches.
    Tablet(std::string name, std::vector<std::string> program, std::filesystem::path directory,
           std::filesystem::path outside, std::vector<std::string> environment);

    void start();
    void kill();   // SIGKILL
    void leave();  // ends the session in good order
    bool running() { return process_ && process_->alive(); }
    pid_t pid() const { return process_ ? process_->pid() : -1; }

    Answer ask(const boost::json::object& command);
    // Trouble when the answer is an error.
    boost::json::object must(const boost::json::object& command);
    // For writes in a loop: sends without waiting, then reads what has come.
    bool send(const boost::json::object& command);
    bool send_text(std::string_view text);  // bytes as they are
    std::optional<Answer> answer(std::chrono::milliseconds patience);

    const std::string& name() const { return name_; }
    const std::filesystem::path& directory() const { return directory_; }
    std::filesystem::path witness_file() const;
    std::filesystem::path log_file() const;
    // Ids of every change whose call returned.
    std::vector<std::string> witness() const;

    std::vector<std::string> held();
    std::vector<LogEntry> log(const std::string& record);
    std::string digest(const std::string& record);
    std::vector<SeenFinding> findings(const std::string& record);

private:
    std::string name_;
    std::vector<std::string> program_;
    std::filesystem::path directory_;
    std::filesystem::path outside_;
    std::vector<std::string> environment_;
    std::optional<Process> process_;
};

std::string text_at(const boost::json::object& object, std::string_view key);
const boost::json::array& list_at(const boost::json::object& object, std::string_view key);

}  // namespace kari::demo
