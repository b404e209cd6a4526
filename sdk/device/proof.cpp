// SPDX-License-Identifier: Apache-2.0
//
// Device::verify, export_log, state_digest: what is held, proved and shown as exact bytes.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/device/access.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/seal_proof.hpp"
#include "sdk/sync/chain.hpp"

namespace kari {

namespace {

using namespace device;

// What is here of a record: changes, and what has only its place in the chain: named by its id
// alone, or unreadable to this build.
struct Held {
    std::vector<store::StoredChange> log;
    std::vector<store::Quarantined> apart;
};

class Verifier {
public:
    explicit Verifier(Session& session) : session_(session) {}

    Result<VerifyReport> run();

private:
    void problem(const RecordId& record, std::string_view what) {
        report_.problems.push_back(fmt::format("{} {}", record.text(), what));
    }
    Result<void> check_record(const RecordId& record);
    void check_bytes(const RecordId& record, const store::StoredChange& stored);
    void check_streams(const RecordId& record, const Held& held);
    void check_chain(const RecordId& record, const store::RecordMeta& meta, const Held& held);
    Result<void> check_access(const RecordId& record);
    Result<void> check_received_seals(const RecordId& record, const Held& held);
    Result<bool> check_received_seal(const RecordId& record, const v1::RecordSeal& seal,
                                     const Held& held);
    Result<void> check_own_seals();

    Session& session_;
    SealProof seals_;
    SigningKeys keys_;
    VerifyReport report_;
};

// The id is the digest of the header, the header commits to the body.
void Verifier::check_bytes(const RecordId& record, const store::StoredChange& stored) {
    const merge::Change& change = stored.change;
    if (base::to_bytes(base::sha256(change.header_bytes)) != base::to_bytes(change.id)) {
        problem(record, "change " + change.id.text() + ": header has another digest");
    }
    if (change.body_bytes &&
        base::to_bytes(base::sha256(*change.body_bytes)) != change.header.body_sha256()) {
        problem(record, "change " + change.id.text() + ": body has another digest");
    }
}

// Each change names the one before it in its stream, where that is held. Of two at one address one
// may stand here by its id alone.
void Verifier::check_streams(const RecordId& record, const Held& held) {
    std::map<std::pair<IncarnationId, std::uint64_t>, std::set<std::string>> at;
    std::set<IncarnationId> streams;
    std::set<std::string> apart;
    for (const store::Quarantined& one : held.apart)
        apart.insert(base::to_bytes(one.id));
    for (const store::StoredChange& stored : held.log) {
        at[{stored.change.incarnation, stored.change.header.seq()}].insert(
            base::to_bytes(stored.change.id));
        streams.insert(stored.change.incarnation);
    }
    report_.streams += streams.size();
    for (const store::StoredChange& stored : held.log) {
        const std::uint64_t seq = stored.change.header.seq();
        const std::string& prev = stored.change.header.prev();
        const auto before = at.find({stored.change.incarnation, seq - 1});
        if (seq == 1) {
            if (!prev.empty()) {
                problem(record, "stream " + stored.change.incarnation.text() + ": first with prev");
            }
        } else if (before != at.end() && !before->second.contains(prev) && !apart.contains(prev)) {
            problem(record, fmt::format("stream {}: link {} broken",
                                        stored.change.incarnation.text(), seq));
        }
    }
}

// From the base to the cursor the server's digests must come out of the ids held.
void Verifier::check_chain(const RecordId& record, const store::RecordMeta& meta,
                           const Held& held) {
    std::map<std::uint64_t, ChangeId> by_position;
    const auto place = [&](std::uint64_t position, const ChangeId& id) {
        if (position > meta.base.position && position <= meta.cursor.position) {
            by_position[position] = id;
        }
    };
    for (const store::Quarantined& one : held.apart)
        place(one.position, one.id);
    for (const store::StoredChange& stored : held.log)
        place(stored.position, stored.change.id);
    sync::Point point{meta.base.position, meta.base.chain};
    for (const auto& [position, id] : by_position) {
        if (position != point.position + 1) break;
        point = sync::extend(point, id);
    }
    if (point.position != meta.cursor.position || point.chain != meta.cursor.chain) {
        problem(record, fmt::format("chain broken after position {}", point.position));
    }
}

Result<void> Verifier::check_access(const RecordId& record) {
    const auto entries = session_.store.access_log(record);
    if (!entries) return tl::unexpected(entries.error());
    std::map<std::pair<IncarnationId, std::uint64_t>, Digest> at;
    for (const store::StoredAccess& stored : *entries) {
        ++report_.access_entries;
        at[{stored.incarnation, stored.seq}] = base::sha256(stored.bytes);
        v1::AccessEntry entry;
        if (!entry.ParseFromString(stored.bytes) || entry.seq() != stored.seq) {
            problem(record, "an access entry cannot be read");
            continue;
        }
        const auto before = at.find({stored.incarnation, stored.seq - 1});
        if (stored.seq > 1 && before != at.end() &&
            entry.prev() != base::to_bytes(before->second)) {
            problem(record, fmt::format("access log: link {} broken", stored.seq));
        }
    }
    return {};
}

// A received seal proves itself: the certificate names the incarnation and is of our authority, its
// key made the signature, the path leads from the leaf to the signed root, and the leaf is what
// stands at its place. False: its certificate has not come, so nothing can be said.
Result<bool> Verifier::check_received_seal(const RecordId& record, const v1::RecordSeal& seal,
                                           const Held& held) {
    const auto path = SealProof::check_path(seal, record);
    v1::SealStatement statement;
    v1::StreamHead head;
    statement.ParseFromString(seal.statement());
    head.ParseFromString(seal.leaf());
    const auto incarnation = base::from_bytes<IncarnationId>(statement.incarnation());
    if (!incarnation || (!path && path.error().code == ErrorCode::malformed)) {
        problem(record, "a seal cannot be read");
        return true;
    }
    const std::string name = fmt::format("seal {} of {}", statement.number(), incarnation->text());
    const auto certificate = session_.store.certificate(*incarnation);
    if (!certificate) return tl::unexpected(certificate.error());
    if (!*certificate) return false;
    const auto key = keys_.key_of(**certificate, session_.settings.ca_certificate_der);
    if (!key || key->incarnation != *incarnation) {
        problem(record, name + ": its certificate is not sound");
        return true;
    }
    if (const auto ok = seals_.check_signature(seal, key->public_point); !ok) {
        problem(record, name + ": " + ok.error().what);
        return true;
    }
    if (!path) {
        problem(record, name + ": " + path.error().what);
        return true;
    }
    if (head.log() != v1::LOG_KIND_CHANGE) return true;
    // The seal may cover more than is held, and what is named by its id alone.
    bool at_address = false;
    bool is_head = false;
    for (const store::StoredChange& stored : held.log) {
        if (stored.change.incarnation != *incarnation || stored.change.header.seq() != head.seq()) {
            continue;
        }
        at_address = true;
        is_head = is_head || base::to_bytes(stored.change.id) == head.head();
    }
    for (const store::Quarantined& one : held.apart)
        is_head = is_head || base::to_bytes(one.id) == head.head();
    if (at_address && !is_head) {
        problem(record,
                fmt::format("{}: change {} is not the one that was sealed", name, head.seq()));
    }
    return true;
}

Result<void> Verifier::check_received_seals(const RecordId& record, const Held& held) {
    const auto seals = session_.store.received_seals(record);
    if (!seals) return tl::unexpected(seals.error());
    for (const v1::RecordSeal& seal : *seals) {
        ++report_.seals;
        const auto proven = check_received_seal(record, seal, held);
        if (!proven) return tl::unexpected(proven.error());
        if (!*proven) ++report_.unproven_seals;
    }
    return {};
}

Result<void> Verifier::check_own_seals() {
    constexpr std::size_t k_all = 100'000;
    const auto seals = session_.store.unsent_seals(k_all);
    if (!seals) return tl::unexpected(seals.error());
    for (const store::StoredSeal& seal : *seals) {
        ++report_.seals;
        const auto point =
            session_.platform.key_store->public_key(signing_key_name(seal.incarnation));
        v1::SealStatement statement;
        const bool sound =
            point && statement.ParseFromString(seal.statement) &&
            statement.root() == base::to_bytes(crypto::merkle_root(seal.leaves)) &&
            crypto::verify(*point, base::sha256(seal.statement), seal.signature).has_value();
        if (!sound) {
            report_.problems.push_back(
                fmt::format("seal {} of {} is not sound", seal.number, seal.incarnation.text()));
        }
    }
    return {};
}

Result<void> Verifier::check_record(const RecordId& record) {
    const auto meta = session_.store.record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    if (!*meta) return {};
    auto log = session_.store.log(record);
    if (!log) return tl::unexpected(log.error());
    auto apart = session_.store.quarantined(record);
    if (!apart) return tl::unexpected(apart.error());
    const Held held{std::move(*log), std::move(*apart)};
    ++report_.records;
    report_.changes += held.log.size();
    for (const store::StoredChange& stored : held.log)
        check_bytes(record, stored);
    check_streams(record, held);
    check_chain(record, **meta, held);
    if (auto ok = check_access(record); !ok) return ok;
    return check_received_seals(record, held);
}

Result<VerifyReport> Verifier::run() {
    if (auto ok = session_.store.check(); !ok) {
        report_.problems.push_back(fmt::format("{}: {}", name(ok.error().code), ok.error().what));
    }
    const auto records = session_.store.records(true);
    if (!records) return tl::unexpected(records.error());
    for (const RecordId& record : *records) {
        if (auto ok = check_record(record); !ok) return tl::unexpected(ok.error());
    }
    if (auto ok = check_own_seals(); !ok) return tl::unexpected(ok.error());
    const auto folded = session_.store.verify();
    if (!folded) return tl::unexpected(folded.error());
    for (const store::Mismatch& mismatch : *folded) {
        problem(mismatch.record, "stored state differs from the log: " + mismatch.resource.text());
    }
    return std::move(report_);
}

LogLine log_line(const store::StoredChange& stored) {
    LogLine out;
    out.id = stored.change.id;
    out.position = stored.position;
    out.header_hex = base::to_hex(stored.change.header_bytes);
    if (stored.change.body_bytes) out.body_hex = base::to_hex(*stored.change.body_bytes);
    return out;
}

}  // namespace

Result<VerifyReport> Device::verify() {
    return impl_->run([](Session& session) { return Verifier(session).run(); });
}

Result<std::vector<LogLine>> Device::export_log(const RecordId& record) {
    return impl_->run([&](Session& session) -> Result<std::vector<LogLine>> {
        const auto meta = session.store.record_meta(record);
        if (!meta) return tl::unexpected(meta.error());
        if (!*meta) return fail(ErrorCode::not_found, "the record is not on this tablet");
        if (auto logged = log_access(session, record, v1::PURPOSE_EXPORT, ""); !logged) {
            return tl::unexpected(logged.error());
        }
        const auto log = session.store.log(record);
        if (!log) return tl::unexpected(log.error());
        std::vector<LogLine> out;
        for (const store::StoredChange& stored : *log)
            out.push_back(log_line(stored));
        return out;
    });
}

Result<Digest> Device::state_digest(const RecordId& record) {
    return impl_->run([&](Session& session) -> Result<Digest> {
        const auto resources = session.store.resources(record);
        if (!resources) return tl::unexpected(resources.error());
        return merge::state_digest(*resources);
    });
}

Result<std::vector<RecordId>> Device::held_records() {
    return impl_->run([](Session& session) -> Result<std::vector<RecordId>> {
        auto records = session.store.records(true);
        if (!records) return records;
        std::erase(*records, session.settings.unit_record());
        return records;
    });
}

DeviceId Device::device_id() const {
    const std::lock_guard guard(impl_->mutex);
    return impl_->open ? impl_->open->store.identity().device : DeviceId{};
}

IncarnationId Device::incarnation() const {
    const std::lock_guard guard(impl_->mutex);
    return impl_->open ? impl_->open->store.identity().incarnation : IncarnationId{};
}

}  // namespace kari
