// SPDX-License-Identifier: Apache-2.0
//
// From a command as it came to an answer and an exit code.
#include <algorithm>
#include <utility>

#include "examples/kari/answers.hpp"
#include "examples/kari/commands.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

std::string normal(std::string_view name) {
    std::string out(name);
    std::replace(out.begin(), out.end(), '-', '_');
    return out;
}

Error bad_argument(std::string what) {
    return {ErrorCode::invalid_argument, std::move(what)};
}

}  // namespace

const Command* find_command(std::string_view name) {
    const std::string wanted = normal(name);
    for (const Command& command : all_commands()) {
        if (command.name == wanted || (!command.alias.empty() && command.alias == wanted)) {
            return &command;
        }
    }
    return nullptr;
}

json::object run_command(Tablet& tablet, const json::object& command) {
    Result<json::object> result = tl::unexpected(bad_argument("'do' names no command"));
    try {
        const Arguments args(command);
        if (const Command* found = find_command(args.text_or("do"))) {
            result = found->run(tablet, args);
        }
    } catch (const BadArgument& error) {
        result = tl::unexpected(bad_argument(error.what()));
    } catch (const std::exception&) {
        // A broken invariant: its text may hold anything, so it is not repeated.
        result = tl::unexpected(Error{ErrorCode::internal, "the program failed"});
    }
    json::object out{{"ok", result.has_value()}};
    const json::object rest =
        result ? std::move(*result) : answer(result.error(), tablet.options().language);
    out.insert(rest.begin(), rest.end());
    return out;
}

int exit_code(const json::object& answer) {
    const json::value* ok = answer.if_contains("ok");
    if (ok != nullptr && ok->is_bool() && ok->get_bool()) return 0;
    const json::value* found = answer.if_contains("error");
    const std::string error =
        found != nullptr && found->is_string() ? std::string(found->get_string()) : "internal";
    static const std::vector<std::pair<int, std::vector<std::string_view>>> codes{
        {1, {"internal"}},
        {2, {"invalid_argument"}},
        {4, {"offline", "timed_out", "server_busy"}},
        {5,
         {"storage_full", "storage_failed", "storage_corrupt", "storage_truncated",
          "storage_missing", "wrong_key", "not_encrypted", "schema_too_new", "in_use"}},
        {6,
         {"locked", "wrong_pin", "pin_delayed", "wiped", "not_enrolled", "key_store_failed",
          "key_store_missing"}},
        {7,
         {"server_untrusted", "device_unknown", "device_revoked", "device_expired",
          "protocol_unsupported", "quota_exceeded"}},
    };
    for (const auto& [code, names] : codes) {
        if (std::find(names.begin(), names.end(), error) != names.end()) return code;
    }
    return 3;
}

}  // namespace kari::app
