// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmark/stage.hpp"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <future>

#include <fmt/format.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>
#include <kari/linux_platform.hpp>

#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/fhir/import_files.hpp"
#include "sync-server/http/server.hpp"
#include "sync-server/identity/certificates.hpp"
#include "tests/benchmark/journal.hpp"
#include "tests/benchmark/operation.hpp"

namespace kari::bench {

namespace fs = std::filesystem;
using namespace server;

namespace {

constexpr const char* k_pin = "2468-b";
constexpr const char* k_system = "urn:kari:benchmark";
constexpr std::int64_t k_day_ms = 86'400'000;

// How often the servers of this process were told to end.
unsigned ends_asked = 0;

}  // namespace

Folder::Folder() {
    std::string pattern = (fs::temp_directory_path() / "kari-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
    path_ = pattern;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Server::Server(const fs::path& folder) : folder_(folder) {
    static const auto quiet = spdlog::null_logger_mt("benchmark");
    spdlog::set_default_logger(quiet);
    const config::Layout layout{folder};
    fs::create_directories(layout.database().parent_path());
    config::Config config = config::first_config();
    config.port = 0;
    config.workers = 16;
    config.stored_is_secured = true;
    identity::MachineEntropy entropy;
    identity::MachineClock clock(config.zone);
    must(
        identity::make_secrets(layout.secrets(), {"localhost", "127.0.0.1"}, clock.wall(), entropy),
        "secrets");
    must(identity::write_private_file(layout.config(), config::text_of(config)), "configuration");
    const auto secrets = must(identity::load_secrets(layout.secrets()), "secrets");
    must(storage::EmbeddedStorage::create(layout.database().string(), secrets.database_key.view(),
                                          identity::random_id<EpochId>(entropy)),
         "database");
    compose();
    unit_ = identity::random_id<UnitId>(entropy);
    nurse_ = identity::random_id<PersonId>(entropy);
    must(runtime_->storage->add_unit(
             {unit_, identity::random_id<RecordId>(entropy), "Nord", "Europe/Oslo"}),
         "unit");
    must(runtime_->storage->add_person({nurse_, unit_, "SP", "Nora", true}), "nurse");
}

void Server::compose() {
    service_.reset();
    registrar_.reset();
    runtime_.reset();
    runtime_ = must(admin::Runtime::open(folder_), "server");
    registrar_ = std::make_unique<identity::Registrar>(
        *runtime_->storage, runtime_->secrets, runtime_->journal(), *runtime_->clock,
        runtime_->entropy, static_cast<int>(runtime_->config.certificate_days));
    service_ = std::make_unique<http::Service>(*runtime_->parts, *registrar_);
}

void Server::restart() {
    if (serving_.joinable()) throw std::logic_error("it is serving");
    compose();
}

void Server::copy_to(const fs::path& file) {
    must(runtime_->storage->copy_to(file.string(), runtime_->secrets.database_key.view()), "copy");
}

void Server::put_back(const fs::path& file) {
    if (serving_.joinable()) throw std::logic_error("it is serving");
    const std::string database = runtime_->layout.database().string();
    service_.reset();
    registrar_.reset();
    runtime_.reset();
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::remove(database + suffix);
    fs::copy_file(file, database);
    compose();
    must(runtime_->storage->begin_epoch(identity::random_id<EpochId>(runtime_->entropy),
                                        runtime_->clock->wall()),
         "epoch");
    must(runtime_->storage->close_recovery(), "recovery");
}

Server::~Server() {
    if (!serving_.joinable()) return;
    // What `serve` waits for: it drains and returns. One signal reaches all that serve.
    if (ends_asked == ends_asked_before_) {
        ++ends_asked;
        ::kill(::getpid(), SIGTERM);
    }
    serving_.join();
}

int Server::today() const {
    return static_cast<int>(runtime_->clock->wall().ms / k_day_ms);
}

RecordId Server::import_journal(unsigned changes) {
    return import_bundle(make_journal(++journals_, changes, today()));
}

RecordId Server::import_round_journal(unsigned days) {
    return import_bundle(make_round_journal(++journals_, days, today()));
}

RecordId Server::import_bundle(const std::string& bundle) {
    const fs::path file = folder_ / fmt::format("journal-{}.json", journals_);
    std::ofstream(file) << bundle;
    const auto outcome =
        must(server::fhir::import_path(*runtime_->parts, file, k_system), "import");
    fs::remove(file);
    if (!outcome.complete() || outcome.records.size() != 1) {
        throw std::runtime_error("import: not all of a journal is in");
    }
    const RecordId record = outcome.records.begin()->second;
    must(runtime_->storage->grant(unit_, record), "assign");
    return record;
}

std::string Server::invite() {
    const auto code = identity::make_code(runtime_->secrets.server_pin, runtime_->entropy);
    must(runtime_->storage->add_invitation(
             {code.secret, unit_, runtime_->clock->wall() + Duration::hours(1)}),
         "invitation");
    return code.text;
}

void Server::listen() {
    ends_asked_before_ = ends_asked;
    std::promise<std::uint16_t> listening;
    auto told = listening.get_future();
    serving_ = std::thread([this, listening = std::move(listening)]() mutable {
        must(http::serve(*service_, runtime_->config, runtime_->secrets,
                         [&](std::uint16_t port) { listening.set_value(port); }),
             "serve");
    });
    port_ = told.get();
}

Result<HttpReply> Courier::post(const HttpPost& post, const Cancel&) {
    http::Request request;
    request.method = "POST";
    request.target = post.url.substr(post.url.find('/', std::string_view("https://").size()));
    request.content_type = "application/x-protobuf";
    request.address = "127.0.0.1";
    request.body = std::string(post.body);
    if (!post.certificate_pem.empty()) {
        const auto der = identity::pem_to_der(post.certificate_pem);
        if (!der) return tl::unexpected(der.error());
        const auto key = identity::spki_digest_of_certificate(*der);
        if (!key) return tl::unexpected(key.error());
        request.client_key = *key;
    }
    v1::ExchangeRequest read;
    if (hold_back_ && request.target == "/v1/exchange" && read.ParseFromString(request.body) &&
        read.push_size() > 0) {
        held_ = std::move(request);
        hold_back_ = false;
        return fail(ErrorCode::cancelled, "held back");
    }
    auto response = server_.service().answer(request);
    if (on_the_way) on_the_way(response.body);
    return HttpReply{static_cast<int>(response.status), std::move(response.body), std::nullopt};
}

std::optional<http::Request> Courier::held() {
    return std::exchange(held_, std::nullopt);
}

void Tablet::reopen() {
    device.reset();
    device.emplace(must(Device::open(directory, platform, courier), "open a tablet"));
    must(device->unlock(nurse, k_pin), "unlock");
}

std::unique_ptr<Tablet> enrol(Server& server, const fs::path& directory, bool by_tls) {
    auto tablet = std::make_unique<Tablet>();
    fs::create_directories(directory.parent_path());
    tablet->directory = directory;
    platform_linux::Options options;
    options.log_file = directory.string() + ".log";
    tablet->platform =
        must(platform_linux::make_platform(directory.string() + ".keys", options), "platform");
    if (!by_tls) tablet->courier = std::make_shared<Courier>(server);
    tablet->nurse = server.nurse();
    EnrolOptions enrolment;
    enrolment.directory = directory;
    enrolment.server = fmt::format("https://127.0.0.1:{}", by_tls ? server.port() : 1);
    enrolment.code = server.invite();
    enrolment.device_name = directory.filename().string();
    enrolment.person = server.nurse();
    enrolment.pin = k_pin;
    enrolment.pin_memory_kib = 64;  // a benchmark is not attacked
    enrolment.pin_iterations = 1;
    tablet->device.emplace(
        must(Device::enrol(enrolment, tablet->platform, tablet->courier), "enrol"));
    return tablet;
}

ObservationEntry pulse(unsigned value) {
    ObservationEntry entry;
    entry.code = {"http://loinc.org", "8867-4", "Puls"};
    entry.value = Quantity{Decimal::of(value), "/min", "/min"};
    return entry;
}

}  // namespace kari::bench
