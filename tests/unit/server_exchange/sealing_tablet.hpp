// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kari/v1/exchange.pb.h"
#include "sdk/crypto/merkle.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

namespace kari::test {

// A tablet that the server knows, with a key of its own: it writes, logs access and seals.
struct SealingTablet {
    Writer writer;
    DeviceIdentity who;
    server::identity::KeyPair key;
    std::map<RecordId, std::pair<std::uint64_t, Digest>> access;
    std::uint64_t seals = 0;
    std::string last_statement;

    SealingTablet(Ward& ward, std::uint32_t number)
        : writer(Writer::tablet(number)), who(ward.device(writer, number)) {
        auto made = server::identity::make_key();
        REQUIRE(made);
        key = std::move(*made);
        server::storage::Device device{who.device, ward.unit, "tablet", ward.clock.now, false};
        REQUIRE(ward.storage->readmit(device, {certificate(ward, writer.incarnation)}));
    }

    server::storage::Certificate certificate(Ward& ward, const IncarnationId& names) const {
        const auto issued = server::identity::certify_server_seals(
            ward.secrets.ca_key.view(), ward.secrets.ca_certificate, key.private_pem, names,
            ward.clock.now, 10);
        REQUIRE(issued);
        server::storage::Certificate row;
        row.spki = issued->spki;
        row.use = server::storage::CertificateUse::signing;
        row.device = who.device;
        row.incarnation = writer.incarnation;
        row.serial = issued->serial;
        row.not_after = issued->not_after;
        row.der = issued->der;
        return row;
    }

    std::string look(const RecordId& record) {
        auto& [seq, digest] = access[record];
        v1::AccessEntry entry;
        entry.set_incarnation(base::to_bytes(writer.incarnation));
        entry.set_record(base::to_bytes(record));
        entry.set_seq(seq + 1);
        entry.set_person(base::to_bytes(id_of<PersonId>(1)));
        entry.set_purpose(v1::PURPOSE_TREATMENT);
        if (seq > 0) entry.set_prev(base::to_bytes(digest));
        ++seq;
        const std::string bytes = entry.SerializeAsString();
        digest = base::sha256(bytes);
        return bytes;
    }

    // Over the heads as they are: a change's when given, and the access log's.
    std::vector<v1::RecordSeal> seal(const RecordId& record, const ChangePtr& head) {
        std::vector<std::string> leaves;
        const auto add = [&](v1::LogKind log, std::uint64_t seq, const std::string& id) {
            v1::StreamHead leaf;
            leaf.set_log(log);
            leaf.set_incarnation(base::to_bytes(writer.incarnation));
            leaf.set_record(base::to_bytes(record));
            leaf.set_seq(seq);
            leaf.set_head(id);
            leaves.push_back(leaf.SerializeAsString());
        };
        if (head) add(v1::LOG_KIND_CHANGE, head->header.seq(), base::to_bytes(head->id));
        if (const auto log = access.find(record); log != access.end()) {
            add(v1::LOG_KIND_ACCESS, log->second.first, base::to_bytes(log->second.second));
        }
        v1::SealStatement statement;
        statement.set_incarnation(base::to_bytes(writer.incarnation));
        statement.set_number(++seals);
        if (seals > 1) statement.set_prev(base::to_bytes(base::sha256(last_statement)));
        statement.set_root(base::to_bytes(crypto::merkle_root(leaves)));
        statement.set_leaves(static_cast<std::uint32_t>(leaves.size()));
        last_statement = statement.SerializeAsString();
        std::vector<v1::RecordSeal> sealed(leaves.size());
        for (std::uint32_t i = 0; i < leaves.size(); ++i) {
            sealed[i].set_statement(last_statement);
            sealed[i].set_signature(
                server::identity::sign(key.private_pem, base::sha256(last_statement)).value());
            sealed[i].set_leaf(leaves[i]);
            sealed[i].set_index(i);
            for (const Digest& sibling : crypto::merkle_path(leaves, i)) {
                sealed[i].add_path(base::to_bytes(sibling));
            }
        }
        return sealed;
    }

    // Pushes all of it and has it answered.
    void push(Ward& ward, const RecordId& record, const std::vector<ChangePtr>& changes,
              const std::vector<std::string>& entries, const std::vector<v1::RecordSeal>& sealed) {
        auto request = request_of(writer);
        auto& wire = push_of(request, record, changes);
        for (const std::string& entry : entries)
            wire.add_access()->set_entry(entry);
        for (const auto& each : sealed)
            *wire.add_seal() = each;
        const auto reply = ward.exchange(who, request);
        REQUIRE(reply);
        REQUIRE(reply->push_size() == 1);
        REQUIRE(reply->push(0).seals_stored() == sealed.size());
        REQUIRE(ward.tally.quarantined == 0);
    }
};

}  // namespace kari::test
