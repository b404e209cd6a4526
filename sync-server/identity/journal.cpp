// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/journal.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <boost/json.hpp>

#include "sdk/base/id.hpp"
#include "sync-server/identity/journal_lines.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {

namespace json = boost::json;

namespace {

json::object written(const storage::Certificate& one) {
    return json::object{{"spki", one.spki.text()},
                        {"incarnation", one.incarnation.text()},
                        {"use", one.use == storage::CertificateUse::tls ? "tls" : "signing"},
                        {"serial", one.serial},
                        {"not_after", one.not_after.ms},
                        {"der", base::to_hex(one.der)}};
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
    KARI_TRY(read_journal(file_, words));
    return apply(words, storage);
}

Result<std::size_t> Journal::check() const {
    LastWords words;
    return read_journal(file_, words);
}

}  // namespace kari::server::identity
