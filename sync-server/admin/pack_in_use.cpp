// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/pack_in_use.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sdk/base/id.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;

namespace {

fs::path note_of(const config::Layout& layout) {
    return layout.database().parent_path() / "reviewed-with";
}

constexpr std::string_view k_signed = "signed ";
constexpr std::string_view k_compiled_in = "compiled in ";

// What stands in the note of records that were reviewed by the pack in use.
std::string noted(const exchange::Parts& parts) {
    return std::string(parts.offered_pack.envelope.empty() ? k_compiled_in : k_signed) +
           base::to_hex(base::to_bytes(parts.pack.content));
}

// Of a pack that is refused: the sentence and the part of the pack, for who runs the server.
Error in_words(const fs::path& file, const Error& error) {
    const std::string rule = error.what.substr(0, error.what.find(": "));
    const auto* said = clinical::sentences(rule, clinical::Language::english);
    if (said == nullptr) return {error.code, file.string() + ": " + error.what};
    return {error.code,
            fmt::format("{}: {}{}", file.string(), said->title, error.what.substr(rule.size()))};
}

Result<std::string> read_file(const fs::path& file, std::size_t most) {
    std::ifstream input(file, std::ios::binary);
    if (!input) return fail(ErrorCode::not_found, file.string() + ": cannot be read");
    std::string bytes(most + 1, '\0');
    input.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (input.bad()) return fail(ErrorCode::storage_failed, file.string() + ": cannot be read");
    bytes.resize(static_cast<std::size_t>(input.gcount()));
    return bytes;
}

}  // namespace

Result<exchange::OfferedPack> load_pack(const config::Layout& layout,
                                        const config::Config& config) {
    exchange::OfferedPack offered;
    if (config.pack_file.empty()) return offered;
    if (config.pack_keys.size() > sync::k_pack_keys) {
        return fail(ErrorCode::value_out_of_range,
                    fmt::format("pack.trusted: {} keys, {} are the limit", config.pack_keys.size(),
                                sync::k_pack_keys));
    }
    const fs::path file = layout.root / config.pack_file;
    KARI_LET(offered.envelope, read_file(file, clinical::k_signed_pack_bytes_max));
    for (const std::string& key : config.pack_keys)
        offered.keys.push_back(base::from_hex(key).value_or(""));
    return offered;
}

Result<clinical::KnowledgePack> open_offered(const config::Layout& layout,
                                             const config::Config& config,
                                             const exchange::OfferedPack& offered) {
    auto pack = clinical::open_pack(offered.envelope, offered.keys, crypto::verify);
    const fs::path file = layout.root / config.pack_file;
    if (!pack) return tl::unexpected(in_words(file, pack.error()));
    identity::MachineClock clock(config.zone);
    if (clinical::is_to_come(*pack, clock.wall())) {
        return tl::unexpected(in_words(file, {ErrorCode::not_permitted, "pack/to-come"}));
    }
    return pack;
}

Result<void> use_configured_pack(const config::Layout& layout, exchange::Parts& parts) {
    if (parts.config.pack_file.empty()) return {};
    KARI_LET(auto offered, load_pack(layout, parts.config));
    KARI_LET(parts.pack, open_offered(layout, parts.config, offered));
    parts.offered_pack = std::move(offered);
    return {};
}

bool reviewed_by(const config::Layout& layout, const exchange::Parts& parts) {
    const std::string now = noted(parts);
    const auto before = read_file(note_of(layout), now.size());
    return before && *before == now;
}

Result<void> check_no_step_down(const config::Layout& layout, const exchange::Parts& parts) {
    const fs::path note = note_of(layout);
    const auto before = read_file(note, 2 * k_signed.size() + 64);
    if (!before || !before->starts_with(k_signed) || !parts.offered_pack.envelope.empty()) {
        return {};
    }
    return fail(ErrorCode::not_permitted,
                "the records were reviewed by a signed knowledge pack, and the configuration "
                "names none: put [pack] back, or, to go on with the demo, delete " +
                    note.string());
}

Result<void> review_by_pack(const config::Layout& layout, exchange::Parts& parts) {
    KARI_TRY(check_no_step_down(layout, parts));
    const bool same = reviewed_by(layout, parts);
    if (!same) KARI_TRY(parts.storage.owe_reviews());
    KARI_LET(const auto reviewed, exchange::review_owed(parts));
    if (same) return {};
    spdlog::info(R"({{"event":"pack.reviewed","records":{}}})", reviewed);
    std::ofstream(note_of(layout), std::ios::binary | std::ios::trunc) << noted(parts);
    return {};
}

void drop_reviewed_pack(const config::Layout& layout) {
    std::error_code gone;
    fs::remove(note_of(layout), gone);
}

}  // namespace kari::server::admin
