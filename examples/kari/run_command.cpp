// SPDX-License-Identifier: Apache-2.0
//
// From a command as it came to an answer and an exit code.
#include <algorithm>
#include <utility>

#include "examples/kari/answers.hpp"
#include "examples/kari/command.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

std::string normal(std::string_view name) {
    std::string out(name);
    std::replace(out.begin(), out.end(), '-', '_');
    return out;
}

json::object with_ok(bool ok, json::object rest) {
    json::object out{{"ok", ok}};
    out.insert(rest.begin(), rest.end());
    return out;
}

struct Exit {
    ExitCode exit;
    std::vector<std::string_view> errors;
};

const std::vector<Exit>& exits() {
    static const std::vector<Exit> all{
        {{0, Label::exit_0}, {}},
        {{1, Label::exit_1}, {"internal"}},
        {{2, Label::exit_2}, {"invalid_argument"}},
        {{3, Label::exit_3}, {}},  // what no other code names
        {{4, Label::exit_4}, {"offline", "timed_out", "server_busy"}},
        {{5, Label::exit_5},
         {"storage_full", "storage_failed", "storage_corrupt", "storage_truncated",
          "storage_missing", "wrong_key", "not_encrypted", "schema_too_new", "in_use"}},
        {{6, Label::exit_6},
         {"locked", "wrong_pin", "pin_delayed", "wiped", "not_enrolled", "key_store_failed",
          "key_store_missing"}},
        {{7, Label::exit_7},
         {"server_untrusted", "device_unknown", "device_revoked", "device_expired",
          "protocol_unsupported", "quota_exceeded"}},
        {{130, Label::exit_130}, {"cancelled"}},
    };
    return all;
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

std::string typed_name(std::string_view name) {
    std::string out(name);
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
}

json::object refused(const Error& error, Language language) {
    return with_ok(false, answer(error, language));
}

json::object refused(const BadArgument& error, Language language) {
    json::object out =
        refused(Error{ErrorCode::invalid_argument, error.words(Language::en)}, language);
    out["sentence"] = error.words(language);
    out["what_to_do"] = label(Label::see_help, language);
    return out;
}

json::object run_command(Tablet& tablet, const json::object& command) {
    const Language language = tablet.options().language;
    try {
        const Arguments args(command);
        const Command* found = find_command(args.text_or("do"));
        if (found == nullptr || found->run == nullptr) {
            return refused(BadArgument(Label::wrong_command), language);
        }
        Answer result = found->run(tablet, args);
        if (!result) return refused(result.error(), language);
        return with_ok(true, std::move(*result));
    } catch (const BadArgument& error) {
        return refused(error, language);
    } catch (const std::exception&) {
        // A broken invariant: its text may hold anything, so it is not repeated.
        return refused(Error{ErrorCode::internal, "the program failed"}, language);
    }
}

const std::vector<ExitCode>& exit_codes() {
    static const std::vector<ExitCode> codes = [] {
        std::vector<ExitCode> out;
        for (const Exit& one : exits())
            out.push_back(one.exit);
        return out;
    }();
    return codes;
}

int exit_code(const json::object& answer) {
    if (flag(answer, "ok")) return 0;
    const std::string error = text(answer, "error");
    if (error.empty()) return 1;
    for (const Exit& one : exits()) {
        if (std::find(one.errors.begin(), one.errors.end(), error) != one.errors.end()) {
            return one.exit.code;
        }
    }
    return 3;
}

}  // namespace kari::app
