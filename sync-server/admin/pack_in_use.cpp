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
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;

namespace {

fs::path note_of(const config::Layout& layout) {
    return layout.database().parent_path() / "reviewed-with";
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
    if (!pack) return tl::unexpected(in_words(layout.root / config.pack_file, pack.error()));
    return pack;
}

Result<void> use_configured_pack(const config::Layout& layout, exchange::Parts& parts) {
    if (parts.config.pack_file.empty()) return {};
    KARI_LET(auto offered, load_pack(layout, parts.config));
    KARI_LET(parts.pack, open_offered(layout, parts.config, offered));
    parts.offered_pack = std::move(offered);
    return {};
}

Result<void> review_by_pack(const config::Layout& layout, exchange::Parts& parts) {
    const fs::path note = note_of(layout);
    const std::string now = base::to_hex(base::to_bytes(parts.pack.content));
    const auto before = read_file(note, now.size());
    const bool same = before && *before == now;
    if (!same) KARI_TRY(parts.storage.owe_reviews());
    KARI_LET(const auto reviewed, exchange::review_owed(parts));
    if (same) return {};
    spdlog::info(R"({{"event":"pack.reviewed","records":{}}})", reviewed);
    std::ofstream(note, std::ios::binary | std::ios::trunc) << now;
    return {};
}

void forget_reviewed_pack(const config::Layout& layout) {
    std::error_code gone;
    fs::remove(note_of(layout), gone);
}

}  // namespace kari::server::admin
