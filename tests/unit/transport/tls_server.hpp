// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <kari/ids.hpp>

namespace kari::transport::test {

struct Credentials {
    std::string certificate_pem;
    std::string private_key_pem;
    Digest spki;  // SHA-256 of the SubjectPublicKeyInfo
};
// Self-signed, P-256. The dates are relative to now.
Credentials make_credentials(const std::string& common_name, long from_s = -3600,
                             long until_s = 3600);

struct SeenRequest {
    std::string line;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    std::string client;  // common name of the client's certificate
};

struct Answer {
    enum class End { keep_alive, close, cut_in_body, never };
    int status = 200;
    std::vector<std::string> headers;
    std::string body;
    End end = End::keep_alive;
};

struct ServerOptions {
    Credentials credentials = make_credentials("server");
    bool tls_1_2 = false;        // nothing newer
    bool cut_handshake = false;  // closes as soon as the client has spoken
};

// A TLS server on the loopback that answers one connection at a time with what the test says.
class TlsServer {
public:
    using Handler = std::function<Answer(const SeenRequest&)>;
    TlsServer(ServerOptions options, Handler handler);
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
    const Credentials& credentials() const { return options_.credentials; }
    std::vector<SeenRequest> seen() const;
    int full_handshakes() const { return full_; }
    int resumed_handshakes() const { return resumed_; }

private:
    struct Tls;
    void run();
    void serve(int connection);

    ServerOptions options_;
    Handler handler_;
    std::unique_ptr<Tls> tls_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<int> connection_{-1};
    std::atomic<bool> stopping_{false};
    std::atomic<int> full_{0};
    std::atomic<int> resumed_{0};
    mutable std::mutex mutex_;
    std::vector<SeenRequest> seen_;
    std::thread thread_;
};

}  // namespace kari::transport::test
