// SPDX-License-Identifier: Apache-2.0
#include "sdk/merge/change.hpp"
#include "sdk/sync/limits_table.hpp"
#include "sync-server/config/config.hpp"
#include "sync-server/http/limits.hpp"
#include "sync-server/identity/enrolment.hpp"
#include "sync-server/storage/types.hpp"

namespace kari::server::http {
namespace {

// What sync must not include and yet must say alike.
static_assert(sync::k_header_bytes == merge::k_header_bytes_max);
static_assert(sync::k_body_bytes == merge::k_body_bytes_max);

constexpr std::string_view k_head =
    "# Limits\n\n"
    "Everything that comes from outside is bounded. This page is what `kari-sync-server limits`\n"
    "prints: it is made from `sdk/sync/limits.def` (what both sides know) and\n"
    "`sync-server/http/limits.def` (the server alone), from which the programs take their figures\n"
    "too. A test compares it with them, and others send a request just within and just beyond\n"
    "each row. At the figure a thing is still taken; one more is refused as the last column says:\n"
    "an HTTP status and the name of the error (`kari/errors.def`), or that name alone where one\n"
    "thing in a request is refused and the rest goes on.\n";

std::vector<sync::LimitRow> server_rows() {
    const config::Config usual = config::first_config();
    return {
#define KARI_LIMITS(title) {"", "", 0, title, ""},
#define KARI_LIMIT(unit, name, value, what, beyond) {#unit, #name, k_##name, what, beyond},
#define KARI_LIMIT_OF(unit, name, value, what, beyond) {#unit, #name, value, what, beyond},
#define KARI_LIMIT_SET(unit, name, what, beyond) {#unit, #name, usual.name, what, beyond},
#include "sync-server/http/limits.def"
#undef KARI_LIMIT
#undef KARI_LIMIT_SET
#undef KARI_LIMIT_OF
#undef KARI_LIMITS
    };
}

}  // namespace

std::string limits_page() {
    return std::string(k_head) + sync::to_markdown(sync::limit_rows()) +
           sync::to_markdown(server_rows());
}

}  // namespace kari::server::http
