// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/nurse_code.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/device/exchange_run.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::device {

namespace {

constexpr std::string_view k_begins = "nurse1-";

char small(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Without what stands around it.
std::string_view trimmed(std::string_view typed) {
    constexpr std::string_view k_blank = " \t\r\n";
    typed.remove_prefix(std::min(typed.find_first_not_of(k_blank), typed.size()));
    return typed.substr(0, typed.find_last_not_of(k_blank) + 1);
}

std::string as_made(std::string_view typed) {
    std::string out(trimmed(typed));
    for (char& letter : out)
        letter = small(letter);
    return out;
}

Error of_showing(Error error) {
    if (error.code == ErrorCode::code_refused) {
        error.what = "nurse/code-refused";
    } else if (error.code == ErrorCode::not_permitted) {
        error.what = "nurse/not-listed";
    } else if (error.code == ErrorCode::offline) {
        error.what = "nurse/code-offline: " + error.what;
    } else if (error.code == ErrorCode::timed_out || error.code == ErrorCode::server_busy) {
        error.what = "nurse/code-unanswered: " + error.what;
    } else if (error.code == ErrorCode::not_found) {
        return {ErrorCode::protocol_unsupported, "the server takes no nurse's code"};
    }
    return error;
}

}  // namespace

bool is_nurse_code(std::string_view text) {
    // It may be a PIN: it is looked at and not copied.
    const std::string_view typed = trimmed(text).substr(0, k_begins.size());
    return std::equal(typed.begin(), typed.end(), k_begins.begin(), k_begins.end(),
                      [](char one, char other) { return small(one) == other; });
}

Result<v1::DirectoryPerson> show_code(Core& core, const PersonId& person, std::string_view code) {
    transport::Endpoint endpoint;
    {
        const std::lock_guard guard(core.mutex);
        if (!core.nurse || !core.open) return fail(ErrorCode::locked, "nurse/code-locked");
        endpoint = endpoint_of(core.open->settings);
    }
    if (code.size() > sync::k_code_bytes)
        return fail(ErrorCode::code_refused, "nurse/code-refused");
    v1::NurseRequest request;
    request.set_protocol(sync::k_protocol);
    request.set_person(base::to_bytes(person));
    request.set_code(as_made(code));
    Line line(core.http);
    const auto client = line.to(endpoint);
    if (!client) return tl::unexpected(client.error());
    transport::CancelToken token;
    const auto reply = transport::admit(**client, request, token);
    if (!reply) return tl::unexpected(of_showing(reply.error()));
    if (reply->person().person() != request.person()) {
        return fail(ErrorCode::server_untrusted, "the server let somebody else in");
    }
    return reply->person();
}

Result<void> list_person(OpenStore& open, const v1::DirectoryPerson& person) {
    for (v1::DirectoryPerson& known : open.settings.people) {
        if (known.person() != person.person()) continue;
        if (known.SerializeAsString() == person.SerializeAsString()) return {};
        known = person;
        return save_settings(open.store, open.settings);
    }
    open.settings.people.push_back(person);
    return save_settings(open.store, open.settings);
}

}  // namespace kari::device
