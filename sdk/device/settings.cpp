// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/settings.hpp"

#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sdk/crypto/wipe.hpp"

namespace kari::device {

namespace {

constexpr std::size_t k_point_bytes = 65;  // uncompressed, of P-256

std::optional<sync::Moment> moment_in(std::istringstream& in) {
    sync::Moment out;
    std::string boot;
    in >> out.wall.ms >> boot >> out.boot_clock_ms;
    const auto id = BootId::parse(boot);
    if (!in || !id) return std::nullopt;
    out.boot = *id;
    return out;
}

// A value that is not there is the default; one that cannot be read is an error, so that a broken
// database is not taken for a fresh one.
class Loader {
public:
    explicit Loader(store::DeviceStore& store) : store_(store) {}

    std::string text(std::string_view name) {
        auto value = store_.setting(name);
        if (!value) {
            if (!error_) error_ = value.error();
            return {};
        }
        return *value ? std::move(**value) : std::string();
    }

    template <typename T>
    T number(std::string_view name, T otherwise = 0) {
        const std::string value = text(name);
        T out = otherwise;
        if (value.empty()) return out;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), out);
        if (read.ec != std::errc() || read.ptr != value.data() + value.size()) broken(name);
        return out;
    }

    template <typename T>
    std::vector<T> ids(std::string_view name) {
        const std::string value = text(name);
        std::vector<T> out;
        constexpr std::size_t size = sizeof(T::bytes);
        if (value.size() % size != 0) broken(name);
        for (std::size_t at = 0; at + size <= value.size(); at += size) {
            out.push_back(*base::from_bytes<T>(std::string_view(value).substr(at, size)));
        }
        return out;
    }

    std::vector<std::string> points(std::string_view name) {
        const std::string value = text(name);
        std::vector<std::string> out;
        if (value.size() % k_point_bytes != 0) broken(name);
        for (std::size_t at = 0; at + k_point_bytes <= value.size(); at += k_point_bytes) {
            out.push_back(value.substr(at, k_point_bytes));
        }
        return out;
    }

    std::optional<sync::Moment> moment(std::string_view name) {
        const std::string value = text(name);
        if (value.empty()) return std::nullopt;
        std::istringstream in(value);
        auto out = moment_in(in);
        if (!out) broken(name);
        return out;
    }

    // A line for each record, as behind_text() writes it.
    std::map<RecordId, LastFresh> behind(std::string_view name) {
        std::map<RecordId, LastFresh> out;
        std::istringstream lines(text(name));
        for (std::string line; std::getline(lines, line);) {
            std::istringstream in(line);
            std::string record;
            std::int64_t server = 0;
            LastFresh last;
            in >> record;
            if (in >> server) {
                last = {Instant{server}, moment_in(in)};
                if (!last.asked) broken(name);
            }
            const auto id = RecordId::parse(record);
            if (!id) broken(name);
            if (id) out.emplace(*id, last);
        }
        return out;
    }

    void broken(std::string_view name) {
        if (!error_) error_ = Error{ErrorCode::malformed, "the setting " + std::string(name)};
    }
    const std::optional<Error>& error() const { return error_; }

private:
    store::DeviceStore& store_;
    std::optional<Error> error_;
};

template <typename T>
std::string joined(const std::vector<T>& ids) {
    std::string out;
    for (const T& id : ids)
        out += base::to_bytes(id);
    return out;
}

std::string joined_points(const std::vector<std::string>& points) {
    std::string out;
    for (const std::string& point : points)
        out += point;
    return out;
}

std::string moment_text(const std::optional<sync::Moment>& moment) {
    if (!moment) return {};
    return fmt::format("{} {} {}", moment->wall.ms, moment->boot.text(), moment->boot_clock_ms);
}

std::string behind_text(const std::map<RecordId, LastFresh>& behind) {
    std::string out;
    for (const auto& [record, last] : behind) {
        out += record.text();
        if (last.server && last.asked) {
            out += fmt::format(" {} {}", last.server->ms, moment_text(last.asked));
        }
        out += "\n";
    }
    return out;
}

}  // namespace

RecordId Settings::unit_record() const {
    return base::from_bytes<RecordId>(unit.record()).value_or(RecordId{});
}

UnitId Settings::unit_id() const {
    return base::from_bytes<UnitId>(unit.unit()).value_or(UnitId{});
}

const v1::DirectoryPerson* Settings::person(const PersonId& id) const {
    const std::string bytes = base::to_bytes(id);
    for (const v1::DirectoryPerson& person : people) {
        if (person.person() == bytes) return &person;
    }
    return nullptr;
}

Result<Settings> load_settings(store::DeviceStore& store) {
    Loader from(store);
    Settings out;
    out.server = from.text("server");
    out.pins = from.ids<Digest>("pins");
    out.tls_key_der = from.text("tls_key");
    out.tls_certificate_der = from.text("tls_certificate");
    out.signing_certificate_der = from.text("signing_certificate");
    out.ca_certificate_der = from.text("ca_certificate");
    out.renew = from.text("renew") == "1";
    out.former_incarnations = from.ids<IncarnationId>("former_incarnations");
    out.uncertified = from.ids<IncarnationId>("uncertified");
    // A tablet of before 2026-11-29 has none, and gets the cost that is meant.
    if (!from.text("pin_memory_kib").empty()) {
        out.pin_memory_kib = from.number<std::uint32_t>("pin_memory_kib");
        out.pin_iterations = from.number<std::uint32_t>("pin_iterations");
    }
    v1::ExchangeReply directory;
    if (!directory.ParseFromString(from.text("directory"))) from.broken("directory");
    out.unit = directory.unit();
    out.people.assign(directory.person().begin(), directory.person().end());
    out.directory_version = directory.directory_version();
    out.pack_keys = from.points("pack_keys");
    out.pack_told = from.text("pack_told");
    if (const auto epoch = from.ids<EpochId>("epoch"); !epoch.empty()) out.epoch = epoch.front();
    out.feed_position = from.number<std::uint64_t>("feed_position");
    out.recovering = from.text("recovering") == "1";
    out.complete_at = from.moment("complete_at");
    if (const std::string text = from.text("fresh_server"); !text.empty()) {
        out.fresh_server = Instant{from.number<std::int64_t>("fresh_server")};
    }
    out.fresh_asked = from.moment("fresh_asked");
    out.behind = from.behind("behind");
    if (const std::string text = from.text("server_minus_wall"); !text.empty()) {
        out.server_minus_wall_ms = from.number<std::int64_t>("server_minus_wall");
    }
    out.server_known_at = from.moment("server_known_at");
    if (const std::string text = from.text("server_doubt"); !text.empty()) {
        out.server_doubt_ms = from.number<std::int64_t>("server_doubt");
    }
    out.highest_time_ms = from.number<std::int64_t>("highest_time");
    if (from.error()) return tl::unexpected(*from.error());
    return out;
}

Result<void> save_settings(store::DeviceStore& store, const Settings& settings) {
    v1::ExchangeReply directory;
    *directory.mutable_unit() = settings.unit;
    for (const v1::DirectoryPerson& person : settings.people)
        *directory.add_person() = person;
    directory.set_directory_version(settings.directory_version);
    std::map<std::string, std::string> values{
        {"server", settings.server},
        {"pins", joined(settings.pins)},
        {"tls_certificate", settings.tls_certificate_der},
        {"signing_certificate", settings.signing_certificate_der},
        {"ca_certificate", settings.ca_certificate_der},
        {"renew", settings.renew ? "1" : "0"},
        {"former_incarnations", joined(settings.former_incarnations)},
        {"uncertified", joined(settings.uncertified)},
        {"pin_memory_kib", std::to_string(settings.pin_memory_kib)},
        {"pin_iterations", std::to_string(settings.pin_iterations)},
        {"directory", directory.SerializeAsString()},
        {"pack_keys", joined_points(settings.pack_keys)},
        {"pack_told", settings.pack_told},
        {"epoch", base::to_bytes(settings.epoch)},
        {"feed_position", std::to_string(settings.feed_position)},
        {"recovering", settings.recovering ? "1" : "0"},
        {"complete_at", moment_text(settings.complete_at)},
        {"fresh_asked", moment_text(settings.fresh_asked)},
        {"behind", behind_text(settings.behind)},
        {"server_known_at", moment_text(settings.server_known_at)},
        {"highest_time", std::to_string(settings.highest_time_ms)},
    };
    if (settings.fresh_server) values["fresh_server"] = std::to_string(settings.fresh_server->ms);
    if (settings.server_minus_wall_ms) {
        values["server_minus_wall"] = std::to_string(*settings.server_minus_wall_ms);
    }
    if (settings.server_doubt_ms) {
        values["server_doubt"] = std::to_string(*settings.server_doubt_ms);
    }
    // Not in the list above, whose strings are copied once more.
    std::string& tls_key = values["tls_key"];
    tls_key = settings.tls_key_der;
    auto saved = store.save_settings(values);
    crypto::wipe(tls_key);
    return saved;
}

}  // namespace kari::device
