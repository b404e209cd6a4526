// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/session_loop.hpp"

#include <istream>
#include <ostream>
#include <string>

#include <boost/json.hpp>

#include "examples/kari/answers.hpp"
#include "examples/kari/commands.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_line_bytes_max = 1024 * 1024;

json::object refusal(const Tablet& tablet, ErrorCode code, const char* what) {
    json::object out{{"ok", false}};
    const json::object rest = answer(Error{code, what}, tablet.options().language);
    out.insert(rest.begin(), rest.end());
    return out;
}

}  // namespace

void run_session(Tablet& tablet, std::istream& in, std::ostream& out) {
    for (std::string line; std::getline(in, line);) {
        if (line.empty()) continue;
        json::object reply;
        boost::system::error_code error;
        json::value command;
        if (line.size() <= k_line_bytes_max) command = json::parse(line, error);
        if (line.size() > k_line_bytes_max) {
            reply = refusal(tablet, ErrorCode::too_large, "a line above 1 MiB");
        } else if (error || !command.is_object()) {
            reply = refusal(tablet, ErrorCode::malformed, "a line that is no JSON object");
        } else {
            const json::value* word = command.get_object().if_contains("do");
            if (word != nullptr && word->is_string() && word->get_string() == "quit") break;
            reply = run_command(tablet, command.get_object());
        }
        out << json::serialize(reply) << '\n' << std::flush;
    }
    if (auto device = tablet.device()) {
        if (!(*device)->locked()) static_cast<void>((*device)->lock());
    }
}

}  // namespace kari::app
