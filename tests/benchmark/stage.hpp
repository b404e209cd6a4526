// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <kari/device.hpp>
#include <kari/http.hpp>

#include "sync-server/admin/runtime.hpp"
#include "sync-server/http/service.hpp"

namespace kari::bench {

// A folder that goes with its owner.
class Folder {
public:
    Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A server of one unit with one nurse: the parts that kari-sync-server is composed of, with real
// files and a real key folder. It answers requests by call; `listen` puts it behind real TLS.
class Server {
public:
    explicit Server(const std::filesystem::path& folder);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    // What an operator does: import a journal of about so many changes, and assign it.
    RecordId import_journal(unsigned changes);
    RecordId import_round_journal(unsigned days);
    std::string invite();
    // On a free port of this machine, in a thread of its own.
    void listen();
    // As if the process had ended and begun anew: nothing that memory kept is there.
    void restart();
    // A copy of the database, and what `restore` does with one: a new epoch begins with it.
    void copy_to(const std::filesystem::path& file);
    void put_back(const std::filesystem::path& file);

    std::uint16_t port() const { return port_; }
    const PersonId& nurse() const { return nurse_; }
    server::http::Service& service() { return *service_; }
    server::admin::Runtime& runtime() { return *runtime_; }

private:
    std::filesystem::path folder_;
    UnitId unit_;
    PersonId nurse_;
    std::unique_ptr<server::admin::Runtime> runtime_;
    std::unique_ptr<server::identity::Registrar> registrar_;
    std::unique_ptr<server::http::Service> service_;
    std::thread serving_;
    std::uint16_t port_ = 0;
    unsigned journals_ = 0;
    unsigned ends_asked_before_ = 0;
    RecordId import_bundle(const std::string& bundle);
    int today() const;
    void compose();
};

// Carries a tablet's requests to a server by call, in the tablet's own thread.
class Courier final : public HttpClient {
public:
    explicit Courier(Server& server) : server_(server) {}
    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override;

    // From now on the first request that pushes something is kept instead of delivered, and the
    // session ends there; a later one will say the same again.
    void hold_back() { hold_back_ = true; }
    std::optional<server::http::Request> held();

    // What happens to a reply on its way; nothing unless set.
    std::function<void(std::string& body)> on_the_way;

private:
    Server& server_;
    bool hold_back_ = false;
    std::optional<server::http::Request> held_;
};

// A tablet, enrolled and signed in.
struct Tablet {
    std::filesystem::path directory;
    Platform platform;
    std::shared_ptr<Courier> courier;  // none: real TLS
    PersonId nurse;
    std::optional<Device> device;

    Device* operator->() { return &*device; }
    // Closes it and opens it again, so that nothing is in memory.
    void reopen();
};
std::unique_ptr<Tablet> enrol(Server& server, const std::filesystem::path& directory, bool by_tls);

ObservationEntry pulse(unsigned value);

}  // namespace kari::bench
