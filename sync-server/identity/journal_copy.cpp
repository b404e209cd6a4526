// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/journal_copy.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "sync-server/identity/journal_lines.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {

namespace fs = std::filesystem;

namespace {

// A journal that is not there has no lines; a line without its end is none.
Result<std::string> whole_lines(const fs::path& file) {
    auto text = read_whole_file(file);
    if (!text && text.error().code == ErrorCode::not_found) return std::string();
    if (text) text->resize(text->rfind('\n') + 1);
    return text;
}

}  // namespace

Result<JournalGaps> find_gaps(const fs::path& journal, storage::Storage& storage) {
    LastWords words;
    KARI_TRY(read_journal(journal, words));
    std::set<UnitId> missing;
    const auto lacks = [&](const UnitId& unit) -> Result<bool> {
        KARI_LET(const auto known, storage.unit(unit));
        if (!known) missing.insert(unit);
        return !known;
    };
    const std::set<DeviceId> revoked(words.revoked.begin(), words.revoked.end());
    JournalGaps gaps;
    for (const auto& [device, entry] : words.enrolled) {
        KARI_LET(const bool lost, lacks(entry.first.unit));
        if (lost && !revoked.contains(device)) gaps.tablets.push_back(device);
    }
    for (const auto& [where, is_removed] : words.removed) {
        KARI_LET(const bool lost, lacks(where.first));
        if (lost) ++gaps.caseload;
    }
    gaps.units.assign(missing.begin(), missing.end());
    return gaps;
}

Result<void> keep_journal(const fs::path& journal, const fs::path& copy) {
    KARI_LET(const auto lines, whole_lines(journal));
    return write_private_file(copy, lines);
}

Result<bool> reaches(const fs::path& journal, const fs::path& copy) {
    std::error_code gone;
    if (!fs::exists(copy, gone)) return false;
    KARI_LET(const auto own, whole_lines(journal));
    KARI_LET(const auto kept, whole_lines(copy));
    if (own.starts_with(kept)) return true;
    const auto parted = std::mismatch(own.begin(), own.end(), kept.begin(), kept.end());
    const auto line = 1 + std::count(kept.begin(), parted.second, '\n');
    if (parted.first == own.end()) {
        return fail(ErrorCode::not_permitted,
                    fmt::format("{} is older than this backup: it lacks {} lines, and what they "
                                "revoke, assign or unassign would be undone. Put {} in its place",
                                journal.string(), std::count(parted.second, kept.end(), '\n'),
                                copy.string()));
    }
    return fail(ErrorCode::not_permitted,
                fmt::format("{} is not the one that this backup was made with: they part at line "
                            "{}. Keep it aside, put {} in its place, and append to that the lines "
                            "that only yours has",
                            journal.string(), line, copy.string()));
}

}  // namespace kari::server::identity
