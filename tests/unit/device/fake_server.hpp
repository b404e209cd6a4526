// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include <kari/device.hpp>
#include <kari/http.hpp>

#include "kari/v1/nurse.pb.h"
#include "kari/v1/pack.pb.h"
#include "kari/v1/pack_exchange.pb.h"
#include "platform/simulated/simulated_platform.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/sync/reply_end.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/unit/device/der_certificate.hpp"
#include "tests/unit/sync/model_server.hpp"

namespace kari::test {

inline constexpr const char* k_pin = "2580";
// Ten o'clock in Oslo on a day in May: near the time of a dose at eight, far from midnight.
inline constexpr Instant k_morning{1'779'955'200'000};
inline const Digest k_server_pin = id_of<Digest>(77);
inline const PersonId k_ingrid = id_of<PersonId>(501);
inline const PersonId k_bjorn = id_of<PersonId>(502);
inline const RecordId k_unit_record = id_of<RecordId>(900);

inline std::string a_code() {
    return "kari1-00112233445566778899aabbccddeeff-" + k_server_pin.text();
}

// The other end of the network: enrols, and answers exchanges as the model server does.
class FakeServer : public HttpClient {
public:
    FakeServer() : recovery_(take(crypto::generate_key(entropy_))) {}

    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override {
        if (while_waiting) while_waiting();
        const std::lock_guard guard(mutex_);
        if (cancel.asked()) return fail(ErrorCode::cancelled, "test");
        if (offline) return fail(ErrorCode::offline, "test");
        if (request.url.ends_with("/v1/pack")) return pack_answer(request.body);
        bodies.emplace_back(request.body);
        last_pins = request.pins;
        if (request.url.ends_with("/v1/nurse")) return admitted(request.body);
        if (request.url.ends_with("/v1/enrol")) return enrolled<v1::EnrolRequest>(request.body);
        if (request.url.ends_with("/v1/renew")) {
            ++renewals;
            if (revoked) return refusal(ErrorCode::device_revoked);
            if (!renews || refuses(request.body)) return refusal(renews_not_for);
            expired = false;
            return enrolled<v1::RenewRequest>(request.body);
        }
        v1::ExchangeRequest asked;
        if (!asked.ParseFromString(std::string(request.body))) return HttpReply{400, "", {}};
        if (revoked || expired) {
            pushes_refused += static_cast<std::size_t>(asked.push_size());
            return refusal(revoked ? ErrorCode::device_revoked : ErrorCode::device_expired);
        }
        note_names(asked);
        v1::ExchangeReply reply = model.answer(asked);
        store_seals(asked, reply);
        reply.set_server_ms(server_now.ms);
        if (directory_version_ > 0) tell_people(reply);
        return HttpReply{200, reply.SerializeAsString(), {}};
    }

    // What an operator gives her alone.
    std::string nurse_code(const PersonId& person) {
        const std::string code = "nurse1-0011-2233-4455-" + std::to_string(1000 + ++nurse_codes_);
        codes_[code] = person;
        return code;
    }
    bool loses_answer_to_code = false;
    // As an operator takes her off the unit's list; tablets are told at their next exchange.
    void leaves(const PersonId& person) {
        left_.insert(person);
        ++directory_version_;
    }
    void comes_back(const PersonId& person) {
        left_.erase(person);
        ++directory_version_;
    }

    // What an import or another tablet left on the server.
    template <typename Message>
    ChangeId put(Writer& writer, const RecordId& record, const ResourceId& resource,
                 const Message& message, const std::vector<ChangeId>& parents = {}) {
        const merge::Change change = writer.write(resource, message, parents);
        model.append(record, {0, change.id, change.header_bytes, change.body_bytes});
        return change.id;
    }

    // Nothing: a server from before there were packs.
    std::optional<v1::PackReply> packs;
    std::vector<v1::PackRequest> packs_asked;
    std::string pack_end;       // instead of the digest that an answer ends with
    std::size_t pack_body = 0;  // so long the whole answer is made, by a field that nobody knows

    sync::test::ModelServer model;
    Instant server_now = k_morning;
    std::string zone = "Europe/Oslo";  // of the unit
    bool offline = false;
    bool certifies_another_key = false;
    bool revoked = false;
    bool expired = false;  // the tablet's certificate, until it is renewed
    bool renews = true;
    ErrorCode renews_not_for = ErrorCode::quota_exceeded;
    std::size_t renewals = 0;
    std::string renews_not;  // this incarnation
    std::size_t pushes_refused = 0;
    std::size_t under_unknown_names = 0;  // changes pushed that a server would keep apart
    std::function<void()> while_waiting;
    std::vector<std::string> bodies;
    std::vector<v1::RecordSeal> seals;
    std::vector<Digest> last_pins;
    std::string recovery_private() const { return recovery_.private_der; }

private:
    bool refuses(std::string_view body) const {
        v1::RenewRequest asked;
        return asked.ParseFromString(std::string(body)) && asked.incarnation() == renews_not;
    }

    Result<HttpReply> admitted(std::string_view body) {
        v1::NurseRequest asked;
        REQUIRE(asked.ParseFromString(std::string(body)));
        const auto code = codes_.find(asked.code());
        if (revoked) return refusal(ErrorCode::device_revoked);
        if (code == codes_.end() || base::to_bytes(code->second) != asked.person()) {
            return refusal(ErrorCode::code_refused);
        }
        codes_.erase(code);
        if (loses_answer_to_code) return fail(ErrorCode::timed_out, "test");
        v1::NurseReply reply;
        const bool ingrid = asked.person() == base::to_bytes(k_ingrid);
        *reply.mutable_person() =
            person_of(ingrid ? k_ingrid : k_bjorn, ingrid ? "Ingrid" : "Bjorn");
        return HttpReply{200, reply.SerializeAsString(), {}};
    }

    v1::DirectoryUnit unit() const {
        v1::DirectoryUnit out;
        out.set_unit(base::to_bytes(id_of<UnitId>(600)));
        out.set_record(base::to_bytes(k_unit_record));
        out.set_display("Home care north");
        out.set_zone(zone);
        return out;
    }

    void tell_people(v1::ExchangeReply& reply) const {
        *reply.mutable_unit() = unit();
        reply.set_directory_version(directory_version_);
        for (const auto& [id, name] : {std::pair{k_ingrid, "Ingrid"}, {k_bjorn, "Bjorn"}}) {
            v1::DirectoryPerson& person = *reply.add_person();
            person = person_of(id, name);
            person.set_active(!left_.contains(id));
        }
    }

    static v1::DirectoryPerson person_of(const PersonId& id, const char* name) {
        v1::DirectoryPerson person;
        person.set_person(base::to_bytes(id));
        person.set_role("SP");
        person.set_display(name);
        person.set_active(true);
        return person;
    }

    Result<HttpReply> pack_answer(std::string_view body) {
        v1::PackRequest asked;
        REQUIRE(asked.ParseFromString(std::string(body)));
        packs_asked.push_back(asked);
        if (!packs) {
            v1::ErrorReply none;
            none.set_error(static_cast<std::uint32_t>(ErrorCode::not_found));
            return HttpReply{404, none.SerializeAsString(), {}};
        }
        v1::PackReply reply = *packs;
        v1::SignedPack envelope;
        if (envelope.ParseFromString(reply.pack()) &&
            base::to_bytes(base::sha256(envelope.pack())) == asked.content()) {
            reply.clear_pack();
        }
        if (pack_body > 0) {
            const std::size_t rest = reply.ByteSizeLong() + sync::ended("").size();
            constexpr std::size_t k_tag_and_length = 6;  // of some megabytes
            reply.GetReflection()->MutableUnknownFields(&reply)->AddLengthDelimited(2'000)->assign(
                pack_body - rest - k_tag_and_length, 'x');
        }
        const std::string bytes = reply.SerializeAsString();
        return HttpReply{200, pack_end.empty() ? sync::ended(bytes) : bytes + pack_end, {}};
    }

    static HttpReply refusal(ErrorCode code) {
        v1::ErrorReply reply;
        reply.set_error(static_cast<std::uint32_t>(code));
        return HttpReply{403, reply.SerializeAsString(), {}};
    }

    void note_names(const v1::ExchangeRequest& asked) {
        for (const v1::RecordPush& push : asked.push()) {
            for (const v1::WireChange& wire : push.change()) {
                v1::ChangeHeader header;
                REQUIRE(header.ParseFromString(wire.header()));
                if (!certified_.contains(header.incarnation())) ++under_unknown_names;
            }
        }
    }

    // The model keeps no seals; a server does.
    void store_seals(const v1::ExchangeRequest& asked, v1::ExchangeReply& reply) {
        for (const v1::RecordPush& push : asked.push()) {
            if (push.seal_size() == 0) continue;
            v1::PushReply* answer = nullptr;
            for (v1::PushReply& one : *reply.mutable_push()) {
                if (one.record() == push.record()) answer = &one;
            }
            if (answer == nullptr) {
                answer = reply.add_push();
                answer->set_record(push.record());
            }
            answer->set_seals_stored(static_cast<std::uint32_t>(push.seal_size()));
            seals.insert(seals.end(), push.seal().begin(), push.seal().end());
        }
    }

    template <typename Request>
    Result<HttpReply> enrolled(std::string_view body) {
        Request request;
        if (!request.ParseFromString(std::string(body))) return HttpReply{400, "", {}};
        certified_.insert(request.incarnation());
        v1::EnrolReply reply;
        const std::string signing = certifies_another_key ? recovery_.public_point
                                                          : point_in_request(request.signing_csr());
        reply.set_signing_certificate(certificate_of(signing));
        reply.set_tls_certificate(certificate_of(point_in_request(request.tls_csr())));
        reply.set_ca_certificate(certificate_of(recovery_.public_point));
        reply.add_server_pin(base::to_bytes(k_server_pin));
        reply.set_recovery_public_key(recovery_.public_point);
        reply.set_device(base::to_bytes(id_of<DeviceId>(++devices_)));
        *reply.mutable_unit() = unit();
        for (const auto& [id, name] : {std::pair{k_ingrid, "Ingrid"}, {k_bjorn, "Bjorn"}})
            *reply.add_person() = person_of(id, name);
        reply.set_server_ms(server_now.ms);
        reply.set_epoch(base::to_bytes(model.epoch));
        return HttpReply{200, reply.SerializeAsString(), {}};
    }

    std::mutex mutex_;
    platform_simulated::SeededEntropy entropy_{4711};
    crypto::KeyPair recovery_;
    std::uint64_t devices_ = 0;
    int nurse_codes_ = 0;
    std::set<PersonId> left_;
    std::uint64_t directory_version_ = 0;
    std::map<std::string, PersonId> codes_;
    std::set<std::string> certified_;
};

// A tablet with its own machine and directory.
struct Bench {
    explicit Bench(std::uint64_t seed, std::shared_ptr<FakeServer> with = nullptr)
        : machine(seed, k_morning),
          server(with ? std::move(with) : std::make_shared<FakeServer>()) {}

    std::filesystem::path directory() const { return folder.path() / "tablet"; }

    EnrolOptions options() const {
        EnrolOptions out;
        out.directory = directory();
        out.server = "https://server.test";
        out.code = a_code();
        out.device_name = "tablet";
        out.person = k_ingrid;
        out.pin = k_pin;
        out.pin_memory_kib = 64;  // a test need not wait
        out.pin_iterations = 1;
        return out;
    }
    Device enrolled() { return take(Device::enrol(options(), machine.platform(), server)); }
    Device opened() { return take(Device::open(directory(), machine.platform(), server)); }

    ScratchFolder folder;
    platform_simulated::Machine machine;
    std::shared_ptr<FakeServer> server;
};

// As it happens: whoever is signed in hands the tablet over, and takes it back.
inline void let_in(Device& device, FakeServer& server, const PersonId& who, const char* pin) {
    const PersonId before = device.signed_in()->person;
    REQUIRE(device.unlock(who, server.nurse_code(who)).has_value());
    REQUIRE(device.add_nurse(who, pin).has_value());
    REQUIRE(device.unlock(before, k_pin).has_value());
}

// One citizen as an import would have made her: a name, and an order of one tablet at 08:00.
struct Citizen {
    RecordId record;
    ResourceId patient;
    ResourceId order;
    std::shared_ptr<Writer> writer;
    ChangeId order_change;
};

inline v1::MedicationRequest order_of(const std::string& atc, const std::string& text) {
    v1::MedicationRequest order;
    v1::Prescription& prescription = *order.mutable_prescription();
    v1::Coding* coding = prescription.mutable_medication()->add_coding();
    coding->set_system("http://www.whocc.no/atc");
    coding->set_code(atc);
    prescription.mutable_medication()->set_text(text);
    v1::Dosage* dosage = prescription.add_dosage();
    dosage->set_text("1 tablet at 08:00");
    dosage->mutable_timing()->mutable_repeat()->add_time_of_day("08:00");
    v1::Quantity* dose = dosage->add_dose_and_rate()->mutable_dose_quantity();
    dose->set_value("1");
    dose->set_unit("tablet");
    dose->set_code("{tablet}");
    order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    return order;
}

inline Citizen put_citizen(FakeServer& server, std::uint64_t number) {
    Citizen out;
    out.record = id_of<RecordId>(number);
    out.patient = id_of<ResourceId>(number * 10 + 1);
    out.order = id_of<ResourceId>(number * 10 + 2);
    out.writer = std::make_shared<Writer>(id_of<IncarnationId>(number * 10 + 3), out.record,
                                          v1::ORIGIN_SERVER);
    server.model.assign(out.record);
    v1::Patient patient;
    v1::HumanName* name = patient.mutable_name()->add_items();
    name->set_family("Testesen " + std::to_string(number));
    name->add_given("Kari");
    patient.set_birth_date("1925-01-02");
    server.put(*out.writer, out.record, out.patient, patient);
    v1::MedicationRequest order = order_of("C07AB02", "Metoprolol 50 mg");
    order.mutable_lineage()->set_first_order(base::to_bytes(out.order));
    out.order_change = server.put(*out.writer, out.record, out.order, order);
    return out;
}

inline ObservationEntry weight(const std::string& kg) {
    ObservationEntry out;
    out.code = {"http://loinc.org", "29463-7", "Body weight"};
    out.value = Quantity{*Decimal::parse(kg), "kg", "kg"};
    return out;
}

}  // namespace kari::test
