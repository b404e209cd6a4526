// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/transport/tls_server.hpp"

#include <csignal>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "sdk/base/digest.hpp"

namespace kari::transport::test {
namespace {

template <auto Free>
struct Freer {
    template <typename T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using Bio = Owned<BIO, BIO_free>;
using Session = Owned<SSL, SSL_free>;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Bio bio_of(const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

int accept_any(int, X509_STORE_CTX*) {
    return 1;
}

std::string common_name(SSL* session) {
    const Certificate peer(SSL_get1_peer_certificate(session));
    if (!peer) return {};
    char name[128] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name, sizeof name);
    return name;
}

// Reads one request; nothing when the connection ended.
std::optional<SeenRequest> read_request(SSL* session) {
    std::string bytes;
    const auto more = [&] {
        char piece[4096];
        const int got = SSL_read(session, piece, sizeof piece);
        if (got <= 0) return false;
        bytes.append(piece, static_cast<std::size_t>(got));
        return true;
    };
    std::size_t head = 0;
    while ((head = bytes.find("\r\n\r\n")) == std::string::npos) {
        if (!more()) return std::nullopt;
    }
    SeenRequest request;
    std::size_t at = bytes.find("\r\n");
    request.line = bytes.substr(0, at);
    while (at < head) {
        const std::size_t end = bytes.find("\r\n", at + 2);
        const std::string line = bytes.substr(at + 2, end - at - 2);
        const std::size_t colon = line.find(": ");
        std::string name = line.substr(0, colon);
        for (char& c : name)
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        request.headers[name] = line.substr(colon + 2);
        at = end;
    }
    const std::size_t length = std::stoul(request.headers["content-length"]);
    while (bytes.size() < head + 4 + length) {
        if (!more()) return std::nullopt;
    }
    request.body = bytes.substr(head + 4, length);
    request.client = common_name(session);
    return request;
}

bool write_all(SSL* session, const std::string& bytes) {
    return bytes.empty() || SSL_write(session, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

}  // namespace

Credentials make_credentials(const std::string& common_name, long from_s, long until_s) {
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    const Certificate certificate(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until_s);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    Credentials out;
    const Bio pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(pem.get(), certificate.get());
    out.certificate_pem = text_of(pem.get());
    const Bio key_pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    out.private_key_pem = text_of(key_pem.get());
    const Bio spki(BIO_new(BIO_s_mem()));
    i2d_PUBKEY_bio(spki.get(), key.get());
    out.spki = base::sha256(text_of(spki.get()));
    return out;
}

struct TlsServer::Tls {
    Owned<SSL_CTX, SSL_CTX_free> context;
};

TlsServer::TlsServer(ServerOptions options, Handler handler)
    : options_(std::move(options)), handler_(std::move(handler)), tls_(std::make_unique<Tls>()) {
    std::signal(SIGPIPE, SIG_IGN);
    tls_->context.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = tls_->context.get();
    const Bio certificate_pem = bio_of(options_.credentials.certificate_pem);
    const Certificate certificate(
        PEM_read_bio_X509(certificate_pem.get(), nullptr, nullptr, nullptr));
    const Bio key_pem = bio_of(options_.credentials.private_key_pem);
    const Key key(PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr));
    SSL_CTX_use_certificate(context, certificate.get());
    SSL_CTX_use_PrivateKey(context, key.get());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("test"), 4);
    if (options_.tls_1_2) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);

    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* where = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, where, size) != 0 || listen(listener_, 8) != 0 ||
        getsockname(listener_, where, &size) != 0) {
        throw std::runtime_error("no port on the loopback");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

TlsServer::~TlsServer() {
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    const int open = connection_.exchange(-1);
    if (open >= 0) shutdown(open, SHUT_RDWR);
    thread_.join();
    close(listener_);
}

std::vector<SeenRequest> TlsServer::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

void TlsServer::run() {
    while (!stopping_) {
        const int connection = accept(listener_, nullptr, nullptr);
        if (connection < 0) return;
        connection_ = connection;
        if (!stopping_) serve(connection);
        connection_ = -1;
        close(connection);
    }
}

void TlsServer::serve(int connection) {
    if (options_.cut_handshake) {
        char hello[64];
        static_cast<void>(recv(connection, hello, sizeof hello, 0));
        return;
    }
    const Session session(SSL_new(tls_->context.get()));
    SSL_set_fd(session.get(), connection);
    if (SSL_accept(session.get()) <= 0) return;
    ++(SSL_session_reused(session.get()) != 0 ? resumed_ : full_);
    while (auto request = read_request(session.get())) {
        {
            const std::lock_guard lock(mutex_);
            seen_.push_back(*request);
        }
        const Answer answer = handler_(*request);
        if (answer.end == Answer::End::never) {
            char byte = 0;
            static_cast<void>(SSL_read(session.get(), &byte, 1));  // until the client goes
            return;
        }
        std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " X\r\n";
        for (const std::string& line : answer.headers)
            head += line + "\r\n";
        head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
        if (answer.end == Answer::End::cut_in_body) {
            write_all(session.get(), head + answer.body.substr(0, answer.body.size() / 2));
            return;
        }
        if (!write_all(session.get(), head + answer.body)) return;
        if (answer.end == Answer::End::close) {
            SSL_shutdown(session.get());
            return;
        }
    }
}

}  // namespace kari::transport::test
