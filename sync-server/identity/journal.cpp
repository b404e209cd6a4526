// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/journal.hpp"

#include <map>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <boost/json.hpp>

#include "sdk/base/id.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {

namespace json = boost::json;

namespace {

template <typename Id>
Result<Id> id_of(const json::object& entry, std::string_view key) {
    const auto* value = entry.if_contains(key);
    const auto id = value != nullptr && value->is_string()
                        ? Id::parse(std::string_view(value->as_string()))
                        : std::nullopt;
    if (!id) return fail(ErrorCode::malformed, fmt::format("journal: {}", key));
    return *id;
}

std::string text_of(const json::object& entry, std::string_view key) {
    const auto* value = entry.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::int64_t number_of(const json::object& entry, std::string_view key) {
    const auto* value = entry.if_contains(key);
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

// What the journal amounts to: the last word on each thing.
struct LastWords {
    std::map<std::pair<UnitId, RecordId>, bool> removed;
    std::vector<DeviceId> revoked;
    std::map<DeviceId, std::pair<storage::Device, std::vector<storage::Certificate>>> enrolled;
    std::vector<storage::Certificate> served;
};

Result<storage::Certificate> read_certificate(const json::value& value) {
    if (!value.is_object()) return fail(ErrorCode::malformed, "journal: certificates");
    const auto& one = value.as_object();
    storage::Certificate read;
    KARI_LET(read.spki, id_of<Digest>(one, "spki"));
    KARI_LET(read.incarnation, id_of<IncarnationId>(one, "incarnation"));
    read.use = text_of(one, "use") == "tls" ? storage::CertificateUse::tls
                                            : storage::CertificateUse::signing;
    read.serial = text_of(one, "serial");
    read.not_after = Instant{number_of(one, "not_after")};
    const auto der = base::from_hex(text_of(one, "der"));
    if (!der) return fail(ErrorCode::malformed, "journal: certificates");
    read.der = *der;
    return read;
}

json::object written(const storage::Certificate& one) {
    return json::object{{"spki", one.spki.text()},
                        {"incarnation", one.incarnation.text()},
                        {"use", one.use == storage::CertificateUse::tls ? "tls" : "signing"},
                        {"serial", one.serial},
                        {"not_after", one.not_after.ms},
                        {"der", base::to_hex(one.der)}};
}

Result<void> read_enrolled(const json::object& entry, LastWords& words) {
    storage::Device device;
    KARI_LET(device.id, id_of<DeviceId>(entry, "device"));
    KARI_LET(device.unit, id_of<UnitId>(entry, "unit"));
    device.name = text_of(entry, "name");
    device.enrolled = Instant{number_of(entry, "enrolled")};
    auto& known = words.enrolled[device.id];
    if (known.second.empty()) known.first = device;
    const auto* certificates = entry.if_contains("certificates");
    if (certificates == nullptr || !certificates->is_array()) {
        return fail(ErrorCode::malformed, "journal: certificates");
    }
    for (const auto& value : certificates->as_array()) {
        KARI_LET(auto added, read_certificate(value));
        added.device = device.id;
        known.second.push_back(std::move(added));
    }
    return {};
}

Result<void> read_line(std::string_view line, LastWords& words) {
    boost::system::error_code error;
    const json::value value = json::parse(line, error);
    if (error || !value.is_object()) return fail(ErrorCode::malformed, "journal: no JSON");
    const auto& entry = value.as_object();
    const std::string event = text_of(entry, "event");
    if (event == "revoked") {
        KARI_LET(const auto device, id_of<DeviceId>(entry, "device"));
        words.revoked.push_back(device);
        return {};
    }
    if (event == "removed" || event == "granted") {
        KARI_LET(const auto unit, id_of<UnitId>(entry, "unit"));
        KARI_LET(const auto record, id_of<RecordId>(entry, "record"));
        words.removed[{unit, record}] = event == "removed";
        return {};
    }
    if (event == "enrolled") return read_enrolled(entry, words);
    if (event == "served") {
        const auto* certificate = entry.if_contains("certificate");
        if (certificate == nullptr) return fail(ErrorCode::malformed, "journal: certificate");
        KARI_LET(auto read, read_certificate(*certificate));
        words.served.push_back(std::move(read));
        return {};
    }
    return fail(ErrorCode::malformed, "journal: event of another version");
}

// Returns how many lines there are.
Result<std::size_t> read_all(const std::filesystem::path& file, LastWords& words) {
    auto text = read_whole_file(file);
    if (!text) {
        if (text.error().code == ErrorCode::not_found) return std::size_t{0};
        return tl::unexpected(text.error());
    }
    std::size_t number = 0;
    std::string_view rest = *text;
    // A line without its end was never confirmed to anybody.
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        ++number;
        const auto read = read_line(rest.substr(0, end), words);
        if (!read)
            return fail(read.error().code, fmt::format("{}, line {}", read.error().what, number));
        rest.remove_prefix(end + 1);
    }
    return number;
}

Result<std::size_t> apply(const LastWords& words, storage::Storage& storage) {
    std::size_t applied = 0;
    for (const storage::Certificate& own : words.served) {
        KARI_LET(const auto known, storage.signing_certificate(own.incarnation));
        if (known) continue;
        KARI_TRY(storage.add_server_certificate(own));
        ++applied;
    }
    for (const auto& [id, entry] : words.enrolled) {
        KARI_LET(const auto known, storage.device(id));
        KARI_LET(const auto unit, storage.unit(entry.first.unit));
        if (!unit) continue;  // the unit itself was lost: its tablets enrol anew
        if (!known) {
            KARI_TRY(storage.readmit(entry.first, entry.second));
            ++applied;
        } else {
            KARI_TRY(storage.add_certificates(entry.second));
        }
    }
    for (const DeviceId& device : words.revoked) {
        KARI_LET(const auto known, storage.device(device));
        if (!known || known->revoked) continue;
        KARI_TRY(storage.revoke(device));
        ++applied;
    }
    for (const auto& [where, is_removed] : words.removed) {
        KARI_LET(const auto unit, storage.unit(where.first));
        if (!unit) continue;
        const auto last =
            is_removed ? storage::CaseloadState::removed : storage::CaseloadState::granted;
        KARI_LET(const auto state, storage.caseload_state(where.first, where.second));
        if (state == last) continue;
        // A record that the backup lacks will come back from the tablets: to this caseload, or to
        // none.
        KARI_LET(auto record, storage.begin_or_create(where.second, false));
        KARI_TRY(record->commit());
        record.reset();
        KARI_TRY(is_removed ? storage.remove(where.first, where.second)
                            : storage.grant(where.first, where.second));
        ++applied;
    }
    return applied;
}

}  // namespace

Result<void> Journal::append(const std::string& line) {
    const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return fail(ErrorCode::storage_failed, file_.string());
    const std::string whole = line + "\n";
    const bool written =
        ::write(file, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size()) &&
        ::fsync(file) == 0;
    ::close(file);
    if (!written) return fail(ErrorCode::storage_failed, file_.string());
    return {};
}

Result<void> Journal::revoked(const DeviceId& device) {
    return append(json::serialize(json::object{{"event", "revoked"}, {"device", device.text()}}));
}

Result<void> Journal::removed(const UnitId& unit, const RecordId& record) {
    return append(json::serialize(
        json::object{{"event", "removed"}, {"unit", unit.text()}, {"record", record.text()}}));
}

Result<void> Journal::granted(const UnitId& unit, const RecordId& record) {
    return append(json::serialize(
        json::object{{"event", "granted"}, {"unit", unit.text()}, {"record", record.text()}}));
}

Result<void> Journal::enrolled(const storage::Device& device,
                               const std::vector<storage::Certificate>& certificates) {
    json::array list;
    for (const auto& one : certificates)
        list.push_back(written(one));
    return append(json::serialize(json::object{{"event", "enrolled"},
                                               {"device", device.id.text()},
                                               {"unit", device.unit.text()},
                                               {"name", device.name},
                                               {"enrolled", device.enrolled.ms},
                                               {"certificates", std::move(list)}}));
}

Result<void> Journal::served(const storage::Certificate& certificate) {
    return append(
        json::serialize(json::object{{"event", "served"}, {"certificate", written(certificate)}}));
}

Result<std::size_t> Journal::replay(storage::Storage& storage) const {
    LastWords words;
    KARI_TRY(read_all(file_, words));
    return apply(words, storage);
}

Result<std::size_t> Journal::check() const {
    LastWords words;
    return read_all(file_, words);
}

}  // namespace kari::server::identity
