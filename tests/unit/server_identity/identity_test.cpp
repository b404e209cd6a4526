// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/signature.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/enrolment.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/identity/nurse_code.hpp"
#include "sync-server/identity/signing_keys.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

using namespace kari;
using namespace kari::server;
using namespace kari::server::identity;

namespace {

namespace fs = std::filesystem;

class HandClock final : public Clock {
public:
    Instant wall() override { return now; }
    std::uint64_t boot_clock_ms() override { return 1; }
    BootId boot() override { return {}; }
    std::string zone() override { return "Europe/Oslo"; }
    Instant now{1'767'600'000'000};
};

struct Office {
    fs::path folder;
    HandClock clock;
    MachineEntropy entropy;
    Secrets secrets;
    std::unique_ptr<storage::EmbeddedStorage> storage;
    storage::Unit unit;

    Office() {
        static int number = 0;
        folder = fs::temp_directory_path() /
                 ("kari-office-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        REQUIRE(make_secrets(folder / "secrets", {"localhost"}, clock.now, entropy));
        auto loaded = load_secrets(folder / "secrets");
        REQUIRE(loaded);
        secrets = std::move(*loaded);
        fresh_database();
    }
    ~Office() {
        storage.reset();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    // As a restored backup from before anything happened: only the unit is there.
    void fresh_database() {
        static int number = 0;
        auto made = storage::EmbeddedStorage::create(
            (folder / (std::to_string(++number) + ".db")).string(), secrets.database_key.view(),
            random_id<EpochId>(entropy));
        REQUIRE(made);
        storage = std::move(*made);
        if (unit.id.is_zero()) {
            unit = {random_id<UnitId>(entropy), random_id<RecordId>(entropy), "Unit",
                    "Europe/Oslo"};
        }
        REQUIRE(storage->add_unit(unit));
    }
    Journal journal() const { return Journal(folder / "journal.jsonl"); }
    Registrar registrar() { return Registrar(*storage, secrets, journal(), clock, entropy, 30); }
    std::string csr() {
        const auto pair = crypto::generate_key(entropy);
        REQUIRE(pair);
        const auto made = crypto::make_csr(
            "00112233445566778899aabbccddeeff", pair->public_point,
            [&](const Digest& digest) { return crypto::sign(pair->private_der, digest, entropy); });
        REQUIRE(made);
        return *made;
    }
    v1::EnrolRequest request() {
        const auto code = make_code(secrets.server_pin, entropy);
        REQUIRE(storage->add_invitation({code.secret, unit.id, clock.now + Duration::minutes(5)}));
        v1::EnrolRequest enrol;
        enrol.set_code(code.text);
        enrol.set_incarnation(random_bytes(entropy, 16));
        enrol.set_signing_csr(csr());
        enrol.set_tls_csr(csr());
        return enrol;
    }
    DeviceIdentity who(const v1::EnrolReply& reply) {
        const auto spki = spki_digest_of_certificate(reply.tls_certificate());
        REQUIRE(spki);
        auto found = identify(*storage, *spki, clock.now);
        REQUIRE(found);
        return *found;
    }
};

}  // namespace

TEST_CASE("A tablet that shows a code gets certificates and is known by them") {
    Office office;
    const auto reply = office.registrar().enrol(office.request());
    REQUIRE(reply);
    CHECK(reply->server_pin(0) == base::to_bytes(office.secrets.server_pin));
    CHECK(reply->recovery_public_key().size() == 65);
    const auto who = office.who(*reply);
    CHECK(base::to_bytes(who.device) == reply->device());
    CHECK(who.unit == office.unit.id);
    CHECK(who.incarnations.size() == 1);
    CHECK_FALSE(who.expired);
    office.clock.now = office.clock.now + Duration::hours(24 * 31);
    CHECK(office.who(*reply).expired);
    // The signing certificate opens no door.
    const auto signing = spki_digest_of_certificate(reply->signing_certificate());
    REQUIRE(signing);
    const auto refused = identify(*office.storage, *signing, office.clock.now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::device_unknown);
}

TEST_CASE("A signing certificate that was read before reads the same; another authority's never") {
    Office office;
    const auto first = office.registrar().enrol(office.request());
    const auto second = office.registrar().enrol(office.request());
    REQUIRE((first && second));
    // Room for one: each reading of the other is the first again.
    SigningKeys keys(office.secrets.ca_certificate, 1);
    for (const auto* reply : {&*first, &*first, &*second, &*first}) {
        const auto key = keys.read(reply->signing_certificate());
        REQUIRE(key);
        CHECK(key->public_point ==
              read_signing_certificate(reply->signing_certificate(), office.secrets.ca_certificate)
                  ->public_point);
    }
    Office elsewhere;
    SigningKeys theirs(elsewhere.secrets.ca_certificate);
    for (int twice = 0; twice < 2; ++twice) {
        const auto refused = theirs.read(first->signing_certificate());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::signature_invalid);
    }
}

TEST_CASE("A request for a certificate that does not prove its key is refused") {
    Office office;
    auto enrol = office.request();
    SECTION("altered") {
        (*enrol.mutable_tls_csr())[enrol.tls_csr().size() - 3] ^= 1;
    }
    SECTION("no request at all") {
        enrol.set_tls_csr("nonsense");
    }
    SECTION("one key for both") {
        enrol.set_tls_csr(enrol.signing_csr());
    }
    SECTION("no incarnation") {
        enrol.clear_incarnation();
    }
    const auto refused = office.registrar().enrol(enrol);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::malformed);
    CHECK(office.storage->devices().value().empty());
}

TEST_CASE("A code is as good as before when the unit does not list the person who enrols") {
    Office office;
    storage::Person nora;
    nora.id = random_id<PersonId>(office.entropy);
    nora.unit = office.unit.id;
    nora.display = "Nora";
    nora.active = false;
    REQUIRE(office.storage->add_person(nora));
    auto enrol = office.request();
    const auto refusal = [&](const std::string& person) {
        enrol.set_person(person);
        const auto refused = office.registrar().enrol(enrol);
        REQUIRE_FALSE(refused);
        return refused.error().code;
    };
    CHECK(refusal(base::to_bytes(random_id<PersonId>(office.entropy))) == ErrorCode::not_permitted);
    CHECK(refusal(base::to_bytes(nora.id)) == ErrorCode::not_permitted);  // has left
    CHECK(refusal("nonsense") == ErrorCode::malformed);
    CHECK(office.storage->devices().value().empty());
    nora.id = random_id<PersonId>(office.entropy);
    nora.active = true;
    REQUIRE(office.storage->add_person(nora));
    enrol.set_person(base::to_bytes(nora.id));
    CHECK(office.registrar().enrol(enrol));
    CHECK(refusal(base::to_bytes(nora.id)) == ErrorCode::code_refused);
}

TEST_CASE("A renewal is a new incarnation of the same tablet; another's incarnation is refused") {
    Office office;
    const auto first = office.registrar().enrol(office.request());
    const auto second = office.registrar().enrol(office.request());
    REQUIRE(first);
    REQUIRE(second);
    v1::RenewRequest renewal;
    renewal.set_incarnation(random_bytes(office.entropy, 16));
    renewal.set_signing_csr(office.csr());
    renewal.set_tls_csr(office.csr());
    const auto renewed = office.registrar().renew(office.who(*first), renewal);
    REQUIRE(renewed);
    CHECK(renewed->device() == first->device());
    CHECK(office.who(*renewed).incarnations.size() == 2);
    renewal.set_signing_csr(office.csr());
    renewal.set_tls_csr(office.csr());
    const auto stolen = office.registrar().renew(office.who(*second), renewal);
    REQUIRE_FALSE(stolen);
    CHECK(stolen.error().code == ErrorCode::already_exists);
}

// Row incarnations of docs/formats/limits.md.
TEST_CASE("A tablet that renews without end is stopped at its quota, and may still repeat itself") {
    Office office;
    const auto first = office.registrar().enrol(office.request());
    REQUIRE(first);
    v1::RenewRequest renewal;
    for (std::size_t count = 2; count <= k_incarnations_max + 1; ++count) {
        renewal.set_incarnation(random_bytes(office.entropy, 16));
        renewal.set_signing_csr(office.csr());
        renewal.set_tls_csr(office.csr());
        const auto renewed = office.registrar().renew(office.who(*first), renewal);
        REQUIRE(renewed.has_value() == (count <= k_incarnations_max));
        if (!renewed) CHECK(renewed.error().code == ErrorCode::quota_exceeded);
    }
    CHECK(office.who(*first).incarnations.size() == k_incarnations_max);
    renewal.set_incarnation(base::to_bytes(office.who(*first).incarnations.front()));
    CHECK(office.registrar().renew(office.who(*first), renewal));
}

TEST_CASE("A nurse's code is hers alone, on a tablet of her unit, once") {
    Office office;
    const auto who = office.who(*office.registrar().enrol(office.request()));
    const auto person = [&](bool active) {
        const auto id = random_id<PersonId>(office.entropy);
        REQUIRE(office.storage->add_person({id, office.unit.id, "SP", "Nora", active}));
        return id;
    };
    const PersonId nora = person(true), other = person(true), gone = person(false);
    const auto code_of = [&](const PersonId& id) {
        const auto code = make_nurse_code(id, office.entropy);
        REQUIRE(office.storage->add_invitation(
            {code.secret, office.unit.id, office.clock.now + Duration::minutes(5)}));
        return code.text;
    };
    const auto shown = [&](const PersonId& id, std::string text, const DeviceIdentity& tablet) {
        v1::NurseRequest request;
        request.set_protocol(1);
        request.set_person(base::to_bytes(id));
        request.set_code(std::move(text));
        return admit(*office.storage, tablet, request, office.clock.now);
    };
    const std::string code = code_of(nora);
    CHECK(code.size() == 26);
    CHECK(shown(other, code, who).error().code == ErrorCode::code_refused);
    CHECK(shown(gone, code_of(gone), who).error().code == ErrorCode::not_permitted);
    CHECK(shown(nora, "nurse1-", who).error().code == ErrorCode::code_refused);
    CHECK(shown(nora, code.substr(7), who).error().code == ErrorCode::code_refused);
    DeviceIdentity elsewhere = who;
    elsewhere.unit = random_id<UnitId>(office.entropy);
    CHECK(shown(nora, code, elsewhere).error().code == ErrorCode::not_permitted);
    DeviceIdentity revoked = who;
    revoked.revoked = true;
    CHECK(shown(nora, code, revoked).error().code == ErrorCode::device_revoked);
    // It makes no tablet, and a tablet's code lets no nurse in.
    auto enrolment = office.request();
    CHECK(shown(nora, enrolment.code(), who).error().code == ErrorCode::code_refused);
    enrolment.set_code(code);
    CHECK(office.registrar().enrol(enrolment).error().code == ErrorCode::code_refused);
    // As it is typed by hand.
    std::string typed = code;
    std::erase(typed, '-');
    std::transform(typed.begin(), typed.end(), typed.begin(), ::toupper);
    typed = "nurse1-" + typed.substr(6);
    const auto let_in = shown(nora, typed, who);
    REQUIRE(let_in);
    CHECK(let_in->person().display() == "Nora");
    CHECK(shown(nora, code, who).error().code == ErrorCode::code_refused);
    const std::string late = code_of(nora);
    office.clock.now = office.clock.now + Duration::minutes(5);
    CHECK(shown(nora, late, who).error().code == ErrorCode::code_refused);
}

TEST_CASE("A code is read as it was written or typed, and as nothing else") {
    Office office;
    const auto code = make_code(office.secrets.server_pin, office.entropy);
    CHECK(code.text.ends_with(office.secrets.server_pin.text()));
    CHECK(digest_of_code(code.text) == code.secret);
    CHECK(digest_of_code(code.text.substr(6, 32)) == code.secret);
    for (const std::string text : {"", "kari1-", "kari1-zz", "kari1-00"}) {
        CHECK_FALSE(digest_of_code(text));
    }
    CHECK_FALSE(digest_of_code(code.text.substr(0, 30)));
    CHECK_FALSE(digest_of_code(code.text.substr(0, 38) + "0"));
}

TEST_CASE("A restored database is brought up to the journal, once") {
    Office office;
    const auto lost = office.registrar().enrol(office.request());
    const auto kept = office.registrar().enrol(office.request());
    REQUIRE(lost);
    REQUIRE(kept);
    const auto device = office.who(*lost).device;
    const auto gone = random_id<RecordId>(office.entropy);
    const auto back = random_id<RecordId>(office.entropy);
    REQUIRE(office.journal().revoked(device));
    REQUIRE(office.journal().removed(office.unit.id, gone));
    REQUIRE(office.journal().removed(office.unit.id, back));
    REQUIRE(office.journal().granted(office.unit.id, back));
    office.fresh_database();
    CHECK(office.journal().replay(*office.storage).value() == 5);
    CHECK(office.who(*lost).revoked);
    CHECK_FALSE(office.who(*kept).revoked);
    CHECK(office.storage->caseload_state(office.unit.id, gone).value() ==
          storage::CaseloadState::removed);
    CHECK(office.storage->caseload_state(office.unit.id, back).value() ==
          storage::CaseloadState::granted);
    CHECK(office.journal().replay(*office.storage).value() == 0);
}

TEST_CASE("A journal's last line without its end counts for nothing; a broken line is told") {
    Office office;
    REQUIRE(office.journal().revoked(random_id<DeviceId>(office.entropy)));
    std::ofstream(office.folder / "journal.jsonl", std::ios::app) << "{\"event\":\"revo";
    CHECK(office.journal().replay(*office.storage));
    std::ofstream(office.folder / "journal.jsonl", std::ios::app) << "\n";
    const auto broken = office.journal().replay(*office.storage);
    REQUIRE_FALSE(broken);
    CHECK(broken.error().what.find("line 2") != std::string::npos);
}

TEST_CASE("Secrets that others may read are refused, and are never made twice") {
    Office office;
    const auto folder = office.folder / "secrets";
    for (const auto& entry : fs::directory_iterator(folder)) {
        CHECK((entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
              fs::perms::none);
    }
    CHECK_FALSE(make_secrets(folder, {"localhost"}, office.clock.now, office.entropy));
    fs::permissions(folder, fs::perms::owner_all | fs::perms::group_read);
    const auto refused = load_secrets(folder);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_permitted);
}

TEST_CASE("What the tablet's library signs the server verifies, and the other way round") {
    MachineEntropy entropy;
    const auto tablet = crypto::generate_key(entropy);
    REQUIRE(tablet);
    Digest digest = base::sha256("statement");
    auto signature = crypto::sign(tablet->private_der, digest, entropy);
    REQUIRE(signature);
    CHECK(verify(tablet->public_point, digest, *signature));
    digest.bytes[0] ^= 1;
    const auto wrong = verify(tablet->public_point, digest, *signature);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::signature_invalid);
    CHECK(verify(tablet->public_point, digest, "short").error().code == ErrorCode::malformed);
    const auto own = make_key();
    REQUIRE(own);
    const auto by_server = sign(own->private_pem, digest);
    REQUIRE(by_server);
    CHECK(crypto::verify(own->public_point, digest, *by_server));
}
