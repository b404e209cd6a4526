// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <memory>
#include <utility>

#include <curl/curl.h>

#include "sdk/base/id.hpp"
#include "sdk/transport/http.hpp"
#include "sdk/transport/zstd_body.hpp"

namespace kari::transport {
namespace {

constexpr std::size_t k_compress_above = 1024;
constexpr std::size_t k_pins_most = 2;
constexpr long k_stalled_below = 64;  // bytes a second

std::string base64(std::string_view bytes) {
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            const auto byte = i + j < bytes.size() ? static_cast<std::uint8_t>(bytes[i + j]) : 0u;
            group = group << 8 | byte;
        }
        for (std::size_t j = 0; j < 4; ++j) {
            const bool there = i + j <= bytes.size();
            out.push_back(there ? digits[group >> (18 - 6 * j) & 63] : '=');
        }
    }
    return out;
}

bool plain_authority(std::string_view authority) {
    return !authority.empty() && std::all_of(authority.begin(), authority.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) ||
               std::string_view(".-_:[]").find(c) != std::string_view::npos;
    });
}

Result<void> check(const Endpoint& endpoint) {
    constexpr std::string_view scheme = "https://";
    const std::string_view url = endpoint.url;
    if (url.substr(0, scheme.size()) != scheme || !plain_authority(url.substr(scheme.size()))) {
        return fail(ErrorCode::invalid_argument, "the server's address is not https://host:port");
    }
    if (endpoint.pins.empty() || endpoint.pins.size() > k_pins_most) {
        return fail(ErrorCode::invalid_argument, "one or two pins of the server's key are needed");
    }
    if (endpoint.certificate_pem.empty() != endpoint.private_key_pem.empty()) {
        return fail(ErrorCode::invalid_argument, "a certificate and its key belong together");
    }
    return {};
}

// What one transfer collects.
struct Transfer {
    std::size_t most = 0;
    bool overflow = false;
    std::string body;
    std::string encoding;
    std::optional<Duration> retry_after;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::size_t bytes = size * count;
    if (transfer.body.size() + bytes > transfer.most) {
        transfer.overflow = true;
        return 0;
    }
    transfer.body.append(data, bytes);
    return bytes;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string_view line(data, size * count);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return line.size();
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-encoding") transfer.encoding = lower(value);
    if (name == "retry-after") {
        std::uint32_t seconds = 0;  // a date is not understood, and then nothing is known
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), seconds);
        if (parsed.ec == std::errc() && parsed.ptr == value.data() + value.size()) {
            transfer.retry_after = Duration::seconds(seconds);
        }
    }
    return line.size();
}

struct FreeHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

// Nothing when memory is short.
Headers list_of(const std::vector<const char*>& lines) {
    curl_slist* list = nullptr;
    for (const char* line : lines) {
        curl_slist* longer = curl_slist_append(list, line);
        if (!longer) {
            curl_slist_free_all(list);
            return nullptr;
        }
        list = longer;
    }
    return Headers(list);
}

curl_blob blob(std::string& bytes) {
    return {bytes.data(), bytes.size(), CURL_BLOB_NOCOPY};
}

class CurlClient final : public HttpClient {
public:
    CurlClient(Endpoint endpoint, Timeouts timeouts)
        : endpoint_(std::move(endpoint)),
          timeouts_(timeouts),
          multi_(curl_multi_init()),
          handle_(curl_easy_init()) {}

    Result<void> prepare() {
        if (!handle_ || !multi_) return fail(ErrorCode::internal, "HTTP client");
        for (const Digest& pin : endpoint_.pins) {
            if (!pins_.empty()) pins_ += ';';
            pins_ += "sha256//" + base64(base::to_bytes(pin));
        }
        bool good = set(CURLOPT_PROTOCOLS_STR, "https") && set(CURLOPT_FOLLOWLOCATION, 0L) &&
                    set(CURLOPT_PROXY, "") && set(CURLOPT_NOSIGNAL, 1L) &&
                    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1}) &&
                    set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED}) &&
                    set(CURLOPT_ERRORBUFFER, error_.data());
        // The pin decides; certificates' dates cannot, as our own clock may be wrong. No file of
        // authorities is read.
        good = good && set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_3}) &&
               set(CURLOPT_PINNEDPUBLICKEY, pins_.c_str()) && set(CURLOPT_SSL_VERIFYPEER, 0L) &&
               set(CURLOPT_SSL_VERIFYHOST, 0L) &&
               set(CURLOPT_CAINFO, static_cast<char*>(nullptr)) &&
               set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
        if (!endpoint_.certificate_pem.empty()) {
            curl_blob certificate = blob(endpoint_.certificate_pem);
            curl_blob key = blob(endpoint_.private_key_pem);
            good = good && set(CURLOPT_SSLCERT_BLOB, &certificate) &&
                   set(CURLOPT_SSLCERTTYPE, "PEM") && set(CURLOPT_SSLKEY_BLOB, &key) &&
                   set(CURLOPT_SSLKEYTYPE, "PEM");
        }
        good = good && set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(timeouts_.connect));
        good =
            good && set(CURLOPT_WRITEFUNCTION, on_body) && set(CURLOPT_HEADERFUNCTION, on_header);
        if (!good) return fail(ErrorCode::internal, "HTTP client lacks an option");
        return {};
    }

    Result<Reply> post(std::string_view path, std::string_view body, const Expect& expect,
                       CancelToken& cancel) override {
        if (cancel.cancelled()) return fail(ErrorCode::cancelled, "request");
        std::string packed;
        const bool compressed = body.size() > k_compress_above;
        if (compressed) {
            auto made = compress(body);
            if (!made) return tl::unexpected(made.error());
            packed = std::move(*made);
            body = packed;
        }
        Transfer transfer;
        transfer.most = expect.bytes;
        if (!set_patience(expect)) return fail(ErrorCode::internal, "HTTP client lacks an option");
        const CURLcode code = perform(path, body, compressed, transfer, cancel);
        note_count();
        if (code != CURLE_OK) return tl::unexpected(error_of(code, transfer));
        return read(std::move(transfer), expect.bytes);
    }

    TransferCount count() const override { return count_; }

    bool reached() const override { return connected(); }

private:
    template <typename T>
    bool set(CURLoption option, T value) {
        return curl_easy_setopt(handle_.get(), option, value) == CURLE_OK;
    }

    static long milliseconds(Duration duration) { return static_cast<long>(duration.ms); }

    // An answer that is held is silent until it comes; nothing wakes the device for it meanwhile.
    bool set_patience(const Expect& expect) {
        const long stalled_s = std::max(1L, milliseconds(timeouts_.stalled) / 1000);
        return set(CURLOPT_TIMEOUT_MS, milliseconds(expect.within.value_or(timeouts_.total))) &&
               set(CURLOPT_LOW_SPEED_LIMIT, expect.within ? 0L : k_stalled_below) &&
               set(CURLOPT_LOW_SPEED_TIME, expect.within ? 0L : stalled_s);
    }

    CURLcode perform(std::string_view path, std::string_view body, bool compressed,
                     Transfer& transfer, CancelToken& cancel) {
        const std::string url = endpoint_.url + std::string(path);
        std::vector<const char*> lines = {"Content-Type: application/x-protobuf",
                                          "Accept: application/x-protobuf", "Accept-Encoding: zstd",
                                          "Expect:"};
        if (compressed) lines.push_back("Content-Encoding: zstd");
        const Headers headers = list_of(lines);
        const bool good = headers && set(CURLOPT_URL, url.c_str()) &&
                          set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size())) &&
                          set(CURLOPT_POSTFIELDS, static_cast<const void*>(body.data())) &&
                          set(CURLOPT_HTTPHEADER, headers.get()) &&
                          set(CURLOPT_WRITEDATA, &transfer) && set(CURLOPT_HEADERDATA, &transfer);
        if (!good) return CURLE_OUT_OF_MEMORY;
        error_.fill('\0');
        return run(cancel);
    }

    // curl_easy_perform, save that it can be woken: a cancelled transfer ends at once.
    CURLcode run(CancelToken& cancel) {
        if (curl_multi_add_handle(multi_.get(), handle_.get()) != CURLM_OK) {
            return CURLE_OUT_OF_MEMORY;
        }
        cancel.on_cancel([this] { curl_multi_wakeup(multi_.get()); });
        CURLcode result = CURLE_ABORTED_BY_CALLBACK;
        while (!cancel.cancelled()) {
            int running = 0;
            if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
                result = CURLE_OUT_OF_MEMORY;
                break;
            }
            int left = 0;
            if (const CURLMsg* told = curl_multi_info_read(multi_.get(), &left)) {
                result = told->data.result;
                break;
            }
            // Wakes for the transfer's own timers too.
            constexpr int k_minute_ms = 60'000;
            curl_multi_poll(multi_.get(), nullptr, 0, k_minute_ms, nullptr);
        }
        cancel.on_cancel(nullptr);
        curl_multi_remove_handle(multi_.get(), handle_.get());
        return result;
    }

    void note_count() {
        curl_off_t sent = 0;
        curl_off_t received = 0;
        long connections = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
        curl_easy_getinfo(handle_.get(), CURLINFO_SIZE_DOWNLOAD_T, &received);
        curl_easy_getinfo(handle_.get(), CURLINFO_NUM_CONNECTS, &connections);
        count_.sent += static_cast<std::uint64_t>(std::max<curl_off_t>(sent, 0));
        count_.received += static_cast<std::uint64_t>(std::max<curl_off_t>(received, 0));
        count_.handshakes += static_cast<std::uint64_t>(std::max(connections, 0L));
    }

    // The transfer itself began: after the handshake, or on a connection that was kept (which has
    // none of its own).
    bool connected() const {
        curl_off_t before_us = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &before_us);
        return before_us > 0;
    }

    // libcurl's own words are not passed on: they may hold the address.
    Error error_of(CURLcode code, const Transfer& transfer) const {
        switch (code) {
            case CURLE_ABORTED_BY_CALLBACK:
                return {ErrorCode::cancelled, "request"};
            case CURLE_WRITE_ERROR:
                if (transfer.overflow) return {ErrorCode::too_large, "reply"};
                break;
            case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            case CURLE_PEER_FAILED_VERIFICATION:
                return {ErrorCode::server_untrusted, "the server's key is not the pinned one"};
            case CURLE_SSL_CONNECT_ERROR:
                // A connection that is cut in the handshake ends here too.
                if (std::string_view(error_.data()).find("version") != std::string_view::npos) {
                    return {ErrorCode::server_untrusted, "the server does not speak TLS 1.3"};
                }
                return {ErrorCode::offline, "TLS handshake"};
            case CURLE_SSL_CERTPROBLEM:
                return {ErrorCode::invalid_argument, "the device's certificate or its key"};
            case CURLE_OPERATION_TIMEDOUT:
                if (connected()) return {ErrorCode::timed_out, "reply"};
                return {ErrorCode::offline, "connection"};
            case CURLE_COULDNT_RESOLVE_HOST:
            case CURLE_COULDNT_CONNECT:
                return {ErrorCode::offline, "connection"};
            case CURLE_SEND_ERROR:
            case CURLE_RECV_ERROR:
            case CURLE_GOT_NOTHING:
            case CURLE_PARTIAL_FILE:
                return {ErrorCode::offline, "the connection was cut"};
            case CURLE_OUT_OF_MEMORY:
                return {ErrorCode::internal, "HTTP client"};
            default:
                break;
        }
        return {ErrorCode::offline, "HTTP, libcurl code " + std::to_string(code)};
    }

    Result<Reply> read(Transfer transfer, std::size_t reply_bytes) const {
        long status = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
        Reply reply;
        reply.status = static_cast<int>(status);
        reply.retry_after = transfer.retry_after;
        if (transfer.encoding.empty() || transfer.encoding == "identity") {
            reply.body = std::move(transfer.body);
        } else if (transfer.encoding == "zstd") {
            auto plain = decompress(transfer.body, reply_bytes);
            if (!plain) return tl::unexpected(plain.error());
            reply.body = std::move(*plain);
        } else {
            return fail(ErrorCode::malformed, "content encoding of a reply");
        }
        return reply;
    }

    Endpoint endpoint_;
    Timeouts timeouts_;
    std::string pins_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::unique_ptr<CURLM, FreeMulti> multi_;  // keeps the connection
    std::unique_ptr<CURL, FreeHandle> handle_;
    TransferCount count_;
};

bool start_curl() {
    static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return started;
}

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::make(Endpoint endpoint, Timeouts timeouts) {
    if (auto good = check(endpoint); !good) return tl::unexpected(good.error());
    if (!start_curl()) return fail(ErrorCode::internal, "HTTP client");
    auto client = std::make_unique<CurlClient>(std::move(endpoint), timeouts);
    if (auto ready = client->prepare(); !ready) return tl::unexpected(ready.error());
    return client;
}

}  // namespace kari::transport
