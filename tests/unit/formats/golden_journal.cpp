// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/formats/golden_journal.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "kari/v1/change.pb.h"
#include "platform/simulated/simulated_platform.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/clinical/schedule.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sdk/crypto/secret.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/sync/chain.hpp"

namespace json = boost::json;
using namespace kari;
using kari::base::to_bytes;
using kari::base::to_hex;
using kari::merge::Change;

namespace {

template <typename Id>
Id filled(std::uint8_t byte) {
    Id id;
    id.bytes.fill(byte);
    return id;
}

const auto k_record = filled<RecordId>(0xa1);
const auto k_other_record = filled<RecordId>(0xa2);
const auto k_device = filled<IncarnationId>(0xd1);
const auto k_server = filled<IncarnationId>(0x51);
const auto k_order = filled<ResourceId>(0x01);
const auto k_pulse = filled<ResourceId>(0x02);
const auto k_allergy = filled<ResourceId>(0x03);
const auto k_epoch = filled<EpochId>(0xe0);
constexpr std::int64_t k_start_ms = 1'792'915'200'000;  // 2026-10-25T08:00:00Z

v1::RecordedTime recorded(int minute) {
    v1::RecordedTime time;
    time.set_wall_ms(k_start_ms + minute * 60'000);
    time.set_offset_s(3600);
    time.set_zone("Europe/Oslo");
    time.set_boot(std::string(16, '\xb0'));
    time.set_boot_clock_ms(static_cast<std::uint64_t>(1'000 + minute * 60'000));
    time.set_server_minus_wall_ms(-1500);
    time.set_server_known_age_ms(30'000);
    return time;
}

// Writes a stream's changes one after another, each with the digest of the one before.
class Stream {
public:
    Stream(IncarnationId incarnation, RecordId record, v1::Origin origin)
        : incarnation_(incarnation), record_(record), origin_(origin) {}

    merge::Draft draft(v1::Kind kind, const ResourceId& resource, std::uint64_t tick) {
        merge::Draft made;
        v1::ChangeHeader& header = made.header;
        header.set_incarnation(to_bytes(incarnation_));
        header.set_record(to_bytes(record_));
        header.set_seq(seq_ + 1);
        header.set_resource(to_bytes(resource));
        header.set_kind(kind);
        header.set_tick(tick);
        *header.mutable_recorded() = recorded(static_cast<int>(tick));
        header.set_origin(origin_);
        if (seq_ > 0) header.set_prev(to_bytes(head_));
        if (origin_ == v1::ORIGIN_DEVICE) {
            header.mutable_author()->set_practitioner(std::string(16, '\x77'));
            header.mutable_author()->set_role("SP");
            header.mutable_author()->set_organisation(std::string(16, '\x88'));
            header.mutable_author()->set_assurance(v1::ASSURANCE_OFFLINE_UNLOCK);
        } else {
            header.mutable_author()->set_assurance(v1::ASSURANCE_SYSTEM);
        }
        made.salt = std::string(15, '\x5a') + static_cast<char>(tick);
        return made;
    }

    Change write(const merge::Draft& draft) {
        auto change = merge::author_change(draft);
        if (!change) throw std::runtime_error(change.error().what);
        head_ = change->id;
        ++seq_;
        return *change;
    }

    std::string leaf() const {
        v1::StreamHead head;
        head.set_log(v1::LOG_KIND_CHANGE);
        head.set_incarnation(to_bytes(incarnation_));
        head.set_record(to_bytes(record_));
        head.set_seq(seq_);
        head.set_head(to_bytes(head_));
        return head.SerializeAsString();
    }

private:
    IncarnationId incarnation_;
    RecordId record_;
    v1::Origin origin_;
    std::uint64_t seq_ = 0;
    ChangeId head_;
};

v1::Observation pulse(std::string_view value, v1::ObservationStatus status) {
    v1::Observation observation;
    v1::Measurement& measurement = *observation.mutable_observation();
    measurement.set_status(status);
    v1::Coding& coding = *measurement.mutable_code()->add_coding();
    coding.set_system("http://loinc.org");
    coding.set_code("8867-4");
    v1::Quantity& quantity = *measurement.mutable_value()->mutable_quantity();
    quantity.set_value(std::string(value));
    quantity.set_unit("/min");
    quantity.set_code("/min");
    measurement.set_effective("2026-10-25T09:01:00+01:00");
    return observation;
}

Change import_order(Stream& server) {
    v1::MedicationRequest order;
    v1::Prescription& prescription = *order.mutable_prescription();
    prescription.mutable_medication()->set_text("Metoprolol 50 mg");
    prescription.add_dosage()->set_text("1 tablet in the morning");
    order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    order.mutable_lineage()->set_first_order(to_bytes(k_order));
    auto draft = server.draft(v1::KIND_MEDICATION_REQUEST, k_order, 1);
    draft.resource = &order;
    return server.write(draft);
}

Change measure(Stream& device) {
    const auto observation = pulse("71.50", v1::OBSERVATION_STATUS_FINAL);
    auto draft = device.draft(v1::KIND_OBSERVATION, k_pulse, 2);
    draft.resource = &observation;
    draft.header.mutable_effective()->set_start_ms(k_start_ms + 60'000);
    draft.header.mutable_effective()->set_end_ms(k_start_ms + 60'000);
    draft.header.mutable_effective()->set_offset_s(3600);
    draft.header.mutable_effective()->set_zone("Europe/Oslo");
    return device.write(draft);
}

Change correct(Stream& device, const Change& wrong) {
    const auto observation = pulse("17.50", v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
    auto draft = device.draft(v1::KIND_OBSERVATION, k_pulse, 3);
    draft.resource = &observation;
    draft.header.add_parent(to_bytes(wrong.id));
    draft.header.add_must_understand(1);
    return device.write(draft);
}

Change propose_stop(Stream& device, const Change& order) {
    v1::MedicationRequest stop;
    stop.set_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    stop.mutable_status_reason()->set_text("Pulse below 50");
    auto draft = device.draft(v1::KIND_MEDICATION_REQUEST, k_order, 4);
    draft.resource = &stop;
    draft.header.add_parent(to_bytes(order.id));
    draft.basis.add_order_version(to_bytes(order.id));
    draft.basis.set_pack("demo 1");
    draft.basis.set_data_age_ms(3'600'000);
    return device.write(draft);
}

Change accept_stop(Stream& server, const Change& proposal) {
    v1::MedicationRequest stop;
    stop.set_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    auto draft = server.draft(v1::KIND_MEDICATION_REQUEST, k_order, 5);
    draft.resource = &stop;
    draft.header.add_parent(to_bytes(proposal.id));
    draft.accepts.push_back(proposal.id);
    return server.write(draft);
}

// Its body will not be in the file: withheld. It writes the code and clears criticality and note.
Change allergy(Stream& device) {
    v1::AllergyIntolerance penicillin;
    penicillin.mutable_code()->set_text("Penicillin");
    auto draft = device.draft(v1::KIND_ALLERGY_INTOLERANCE, k_allergy, 6);
    draft.resource = &penicillin;
    draft.cleared = {4, 9};
    return device.write(draft);
}

json::array hex_list(const std::vector<std::string>& all) {
    json::array list;
    for (const auto& bytes : all)
        list.push_back(json::string(to_hex(bytes)));
    return list;
}

template <typename Numbers>
json::array number_list(const Numbers& numbers) {
    json::array list;
    for (const auto number : numbers)
        list.push_back(static_cast<std::uint64_t>(number));
    return list;
}

// The bytes, and beside them what a reader must get out of them.
json::object shown(const Change& change, bool withheld) {
    const v1::ChangeHeader& header = change.header;
    std::vector<std::string> parents(header.parent().begin(), header.parent().end());
    json::object out;
    out["header"] = to_hex(change.header_bytes);
    out["body"] = withheld ? json::value() : json::value(to_hex(*change.body_bytes));
    out["id"] = change.id.text();
    out["incarnation"] = change.incarnation.text();
    out["record"] = change.record.text();
    out["resource"] = change.resource.text();
    out["seq"] = header.seq();
    out["prev"] = to_hex(header.prev());
    out["kind"] = header.kind();
    out["atom"] = number_list(header.atom());
    out["must_understand"] = number_list(header.must_understand());
    out["parent"] = hex_list(parents);
    out["tick"] = header.tick();
    out["origin"] = static_cast<int>(header.origin());
    out["wall_ms"] = header.recorded().wall_ms();
    out["server_minus_wall_ms"] = header.recorded().server_minus_wall_ms();
    out["body_sha256"] = to_hex(header.body_sha256());
    return out;
}

std::string access_entry(std::uint64_t seq, const std::string& prev) {
    v1::AccessEntry entry;
    entry.set_incarnation(to_bytes(k_device));
    entry.set_record(to_bytes(k_record));
    entry.set_seq(seq);
    entry.set_person(std::string(16, '\x77'));
    entry.set_role("SP");
    entry.set_organisation(std::string(16, '\x88'));
    entry.set_sign_in(std::string(16, '\x99'));
    entry.set_purpose(v1::PURPOSE_TREATMENT);
    *entry.mutable_recorded() = recorded(static_cast<int>(seq));
    if (!prev.empty()) entry.set_prev(prev);
    return entry.SerializeAsString();
}

std::string access_leaf(std::uint64_t seq, const std::string& last_entry) {
    v1::StreamHead head;
    head.set_log(v1::LOG_KIND_ACCESS);
    head.set_incarnation(to_bytes(k_device));
    head.set_record(to_bytes(k_record));
    head.set_seq(seq);
    head.set_head(to_bytes(base::sha256(last_entry)));
    return head.SerializeAsString();
}

struct Sealed {
    std::string statement;
    json::array seals;  // one RecordSeal for each leaf
};

Sealed seal(std::uint64_t number, const std::string& prev, const std::vector<std::string>& leaves,
            const crypto::KeyPair& key, Entropy& entropy) {
    v1::SealStatement statement;
    statement.set_incarnation(to_bytes(k_device));
    statement.set_number(number);
    if (!prev.empty()) statement.set_prev(to_bytes(base::sha256(prev)));
    statement.set_root(to_bytes(crypto::merkle_root(leaves)));
    statement.set_leaves(static_cast<std::uint32_t>(leaves.size()));
    *statement.mutable_made() = recorded(static_cast<int>(10 + number));
    Sealed out;
    out.statement = statement.SerializeAsString();
    const auto signature = crypto::sign(key.private_der, base::sha256(out.statement), entropy);
    for (std::uint32_t index = 0; index < leaves.size(); ++index) {
        v1::RecordSeal record_seal;
        record_seal.set_statement(out.statement);
        record_seal.set_signature(signature.value());
        record_seal.set_leaf(leaves[index]);
        record_seal.set_index(index);
        for (const auto& sibling : crypto::merkle_path(leaves, index)) {
            record_seal.add_path(to_bytes(sibling));
        }
        out.seals.push_back(json::string(to_hex(record_seal.SerializeAsString())));
    }
    return out;
}

json::object receipts(const std::vector<Change>& log) {
    const crypto::Secret key(std::string(32, '\x4b'));
    sync::Point end;
    std::vector<sync::PositionAndId> pairs;
    for (const Change& change : log) {
        end = sync::extend(end, change.id);
        pairs.emplace_back(end.position, change.id);
    }
    const std::vector<sync::PositionAndId> some{pairs[1], pairs[4]};
    json::object out;
    out["key"] = to_hex(key.view());
    out["epoch"] = k_epoch.text();
    out["range_end"] = end.position;
    out["range_mac"] = to_hex(
        crypto::hmac_sha256(key, sync::range_receipt_input(k_epoch, k_record, sync::Point{}, end)));
    out["pairs_positions"] = json::array{2, 5};
    out["pairs_mac"] =
        to_hex(crypto::hmac_sha256(key, sync::pairs_receipt_input(k_epoch, k_record, some)));
    return out;
}

// What only the holder of a private key opens: docs/formats/keys.md.
json::object sealed_to(Entropy& entropy) {
    const crypto::KeyPair recipient = crypto::generate_key(entropy).value();
    json::object out;
    out["private_der"] = to_hex(recipient.private_der);
    out["plain"] = to_hex("a database key");
    out["sealed"] =
        to_hex(crypto::seal_to(recipient.public_point, "a database key", entropy).value());
    return out;
}

json::object derived_ids() {
    const auto imported =
        base::sha256_of("kari import", {"http://example.org/epj", "Patient", "17"});
    const auto subject = chart::Subject::pair(k_pulse, k_order);
    json::object out;
    out["imported Patient 17 of http://example.org/epj"] =
        base::shorten<ResourceId>(imported).text();
    out["slot of order 2026-10-25 08:00 0"] =
        clinical::slot_id(k_order, {2026, 10, 25}, "08:00", 0).text();
    out["link of the two records"] = chart::link_resource(k_other_record, k_record).text();
    out["finding dose/possible-double of the pair pulse, order"] =
        chart::finding_id("dose/possible-double", subject).text();
    return out;
}

json::array chain_of(const std::vector<Change>& log) {
    json::array out;
    sync::Point point;
    for (const Change& change : log) {
        point = sync::extend(point, change.id);
        out.push_back(json::string(point.chain.text()));
    }
    return out;
}

}  // namespace

json::value golden_journal() {
    platform_simulated::SeededEntropy entropy(20'261'025);
    const crypto::KeyPair key = crypto::generate_key(entropy).value();
    Stream server(k_server, k_record, v1::ORIGIN_SERVER);
    Stream device(k_device, k_record, v1::ORIGIN_DEVICE);
    Stream elsewhere(k_device, k_other_record, v1::ORIGIN_DEVICE);

    std::vector<Change> log{import_order(server)};
    log.push_back(measure(device));
    const Sealed first = seal(1, "", {device.leaf()}, key, entropy);
    log.push_back(correct(device, log[1]));
    log.push_back(propose_stop(device, log[0]));
    log.push_back(accept_stop(server, log[3]));
    log.push_back(allergy(device));
    const Change other = measure(elsewhere);
    const std::string entry_1 = access_entry(1, "");
    const std::string entry_2 = access_entry(2, to_bytes(base::sha256(entry_1)));
    const Sealed second =
        seal(2, first.statement, {device.leaf(), access_leaf(2, entry_2), elsewhere.leaf()}, key,
             entropy);

    json::object out;
    out["about"] = "See tests/unit/formats/golden_journal.hpp. All values are hexadecimal.";
    json::array changes;
    for (const Change& change : log)
        changes.push_back(shown(change, &change == &log[5]));
    out["record"] = k_record.text();
    out["log"] = std::move(changes);
    out["chain"] = chain_of(log);
    out["elsewhere"] = json::array{shown(other, false)};
    out["access"] = hex_list({entry_1, entry_2});
    out["device"] =
        json::object{{"incarnation", k_device.text()}, {"public_point", to_hex(key.public_point)}};
    out["seals"] = json::array{first.seals, second.seals};
    out["receipts"] = receipts(log);
    out["sealed_to"] = sealed_to(entropy);
    out["derived_ids"] = derived_ids();
    return out;
}
