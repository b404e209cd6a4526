// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/journal_lines.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>
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

}  // namespace

Result<std::size_t> read_journal(const std::filesystem::path& file, LastWords& words) {
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

}  // namespace kari::server::identity
