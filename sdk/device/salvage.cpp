// SPDX-License-Identifier: Apache-2.0
//
// Device::salvage: a tablet whose database or keys fail is set aside, so that it can be enrolled
// anew, and what was not sent is told as far as it can be read.
#include <system_error>
#include <utility>

#include "sdk/base/id.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/views.hpp"
#include "sdk/fhir/lift.hpp"
#include "sdk/store/salvage.hpp"

namespace kari {

namespace {

using namespace device;

constexpr std::size_t k_listed_max = 1'000;

std::string fhir_name(std::uint32_t kind) {
    if (!v1::Kind_IsValid(static_cast<int>(kind))) return "?";
    std::string out;
    bool upper = true;
    for (const char c : fhir_code(v1::Kind_Name(static_cast<v1::Kind>(kind)), "KIND_")) {
        if (c == '-') {
            upper = true;
            continue;
        }
        out.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
        upper = false;
    }
    return out;
}

// The key of the database, when a PIN was given and can still open it.
// Errors: those that the person at the tablet can mend.
Result<std::optional<crypto::Secret>> key_of(const std::filesystem::path& directory,
                                             const Platform& platform,
                                             const std::optional<PersonId>& person,
                                             std::string_view pin, SalvageReport& report) {
    const auto none = [&](const Error& why) {
        report.trouble = name(why.code);
        return std::optional<crypto::Secret>();
    };
    if (auto there = require_token(platform); !there) return none(there.error());
    auto keyring = Keyring::load(directory / k_keys_file, platform);
    if (!keyring) return none(keyring.error());
    if (keyring->empty()) return none({ErrorCode::wiped, {}});
    if (!person) return fail(ErrorCode::locked, "a nurse of this tablet must give the PIN");
    auto key = keyring->unlock(*person, pin);
    if (key) return std::optional<crypto::Secret>(std::move(*key));
    switch (key.error().code) {
        case ErrorCode::wrong_pin:
        case ErrorCode::pin_delayed:
        case ErrorCode::not_found:
            return tl::unexpected(key.error());
        case ErrorCode::wiped:
            if (!keyring->empty()) return tl::unexpected(key.error());  // another nurse can
            return none(key.error());
        default:
            return none(key.error());
    }
}

// Nothing when the database is sound.
std::optional<Error> trouble_of(const std::filesystem::path& database, const crypto::Secret& key) {
    auto store = store::DeviceStore::open(database.string(), key, fhir::lift);
    if (!store) return store.error();
    const auto checked = store->check();
    if (!checked) return checked.error();
    return std::nullopt;
}

void read(const std::filesystem::path& database, const crypto::Secret& key, SalvageReport& report) {
    const auto read = store::read_damaged(database.string(), key, k_listed_max);
    if (!read) return;
    report.readable = true;
    report.changes_read = read->changes;
    report.unsent_read = read->unsent;
    report.unsent_lost = read->lost;
    for (const merge::Change& change : read->listed) {
        const auto& recorded = change.header.recorded();
        report.unsent.push_back(
            {change.id,
             change.record,
             fhir_name(change.header.kind()),
             {Instant{recorded.wall_ms()}, recorded.offset_s(), recorded.zone()},
             base::from_bytes<PersonId>(change.header.author().practitioner())
                 .value_or(PersonId{})});
    }
}

// The database goes first: a directory without it opens as nothing, whatever comes between.
Result<void> set_aside(const std::filesystem::path& directory, SalvageReport& report) {
    std::string ending;
    std::error_code code;
    if (std::filesystem::exists(directory / k_database_file, code)) {
        const auto path = (directory / k_database_file).string();
        auto aside = store::DeviceStore::set_aside(path);
        if (!aside) return tl::unexpected(aside.error());
        ending = aside->substr(path.size());
        report.set_aside.emplace_back(*aside);
    }
    for (int n = 1; ending.empty(); ++n) {
        const std::string one = ".aside-" + std::to_string(n);
        const bool taken = std::filesystem::exists(directory / (k_keys_file + one), code) ||
                           std::filesystem::exists(directory / (k_database_file + one), code);
        if (!taken) ending = one;
    }
    for (const char* name : {k_recovery_file, k_keys_file}) {
        const auto from = directory / name;
        if (!std::filesystem::exists(from, code)) continue;
        const auto to = directory / (name + ending);
        std::filesystem::rename(from, to, code);
        if (code) return fail(ErrorCode::storage_failed, std::string("cannot rename ") + name);
        report.set_aside.push_back(to);
    }
    return {};
}

}  // namespace

Result<SalvageReport> Device::salvage(const std::filesystem::path& directory,
                                      const Platform& platform,
                                      const std::optional<PersonId>& person, std::string_view pin) {
    const bool keys = std::filesystem::exists(directory / k_keys_file);
    const auto database = directory / k_database_file;
    const bool there = std::filesystem::exists(database);
    if (!keys && !there) {
        return fail(ErrorCode::not_enrolled, "there is no device in this directory");
    }
    auto lock = DirectoryLock::take(directory);
    if (!lock) return tl::unexpected(lock.error());
    SalvageReport report;
    if (!there) report.trouble = name(ErrorCode::storage_missing);
    if (!keys) report.trouble = name(ErrorCode::key_store_missing);
    if (keys && there) {
        const auto key = key_of(directory, platform, person, pin, report);
        if (!key) return tl::unexpected(key.error());
        if (*key) {
            const auto trouble = trouble_of(database, **key);
            if (!trouble) return fail(ErrorCode::not_permitted, "salvage/not-needed");
            report.trouble = name(trouble->code);
            read(database, **key, report);
        }
    }
    if (auto aside = set_aside(directory, report); !aside) return tl::unexpected(aside.error());
    return report;
}

}  // namespace kari
