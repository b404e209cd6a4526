// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sync-server/storage/storage.hpp"

// What an operator typed, looked at before anything is done. Every error names the option and says
// what would do; none repeats a name. Errors: invalid_argument unless said otherwise.
namespace kari::server::admin {

// An id typed by a person.
template <typename Id>
Result<Id> parse_id(std::string_view text, std::string_view option) {
    const auto id = Id::parse(text);
    if (!id || id->is_zero()) {
        return fail(ErrorCode::invalid_argument, std::string(option) + " is no id: an id is " +
                                                     std::to_string(2 * sizeof(Id{}.bytes)) +
                                                     " hexadecimal digits; `status` lists them");
    }
    return *id;
}

// A name for people to read: not blank, no control characters, at most storage::k_name_bytes_max.
Result<void> check_name(std::string_view text, std::string_view option);
// Free text that may be empty: no control characters, at most sync::k_text_bytes.
Result<void> check_text(std::string_view text, std::string_view option);
// An IANA zone that this machine knows.
Result<void> check_zone(std::string_view zone, std::string_view option);
// A code of Volven 9060.
Result<void> check_role(std::string_view role, std::string_view option);
// An absolute URI (RFC 3986: a scheme, a colon, no blanks).
Result<void> check_uri(std::string_view uri, std::string_view option);
// An IPv4 or IPv6 address.
Result<void> check_address(std::string_view address, std::string_view option);
// What a certificate can name: a host name or an address.
Result<void> check_host(std::string_view host, std::string_view option);

// The unit of an id typed by a person. Errors: invalid_argument, not_found.
Result<storage::Unit> find_unit(storage::Storage& storage, std::string_view text);
// A record likewise. Errors: invalid_argument, not_found.
Result<RecordId> find_record(storage::Storage& storage, std::string_view text,
                             std::string_view option);

}  // namespace kari::server::admin
