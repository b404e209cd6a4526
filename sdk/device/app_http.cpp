// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/app_http.hpp"

#include <utility>

#include "sdk/crypto/wipe.hpp"
#include "sdk/sync/reply_end.hpp"

namespace kari::device {

namespace {

class AppHttp : public transport::HttpClient {
public:
    AppHttp(transport::Endpoint endpoint, std::shared_ptr<kari::HttpClient> own)
        : endpoint_(std::move(endpoint)), own_(std::move(own)) {}

    Result<transport::Reply> post(std::string_view path, std::string_view body,
                                  const transport::Expect& expect,
                                  transport::CancelToken& token) override {
        if (token.cancelled()) return fail(ErrorCode::cancelled, "before the request");
        HttpPost request;
        request.url = endpoint_.url + std::string(path);
        request.pins = endpoint_.pins;
        request.certificate_pem = endpoint_.certificate_pem;
        request.private_key_pem = endpoint_.private_key_pem;
        request.body = body;
        request.reply_bytes_max = expect.bytes;
        request.within = expect.within;
        Cancel cancel;
        token.on_cancel([&cancel] { cancel.ask(); });
        auto reply = own_->post(request, cancel);
        token.on_cancel(nullptr);
        crypto::wipe(request.private_key_pem);
        reached_ = reply || reply.error().code != ErrorCode::offline;
        if (!reply) return tl::unexpected(reply.error());
        if (reply->body.size() > expect.bytes) return fail(ErrorCode::too_large, "reply");
        // As of a connection that broke: it is asked for again.
        if (!sync::ends_well(reply->body)) return fail(ErrorCode::timed_out, "a damaged reply");
        return transport::Reply{reply->status, std::move(reply->body), reply->retry_after};
    }

    void pause(Duration duration, transport::CancelToken& token) override {
        Cancel cancel;
        token.on_cancel([&cancel] { cancel.ask(); });
        own_->pause(duration, cancel);
        token.on_cancel(nullptr);
    }

    transport::TransferCount count() const override { return {}; }
    bool reached() const override { return reached_; }

private:
    transport::Endpoint endpoint_;
    std::shared_ptr<kari::HttpClient> own_;
    bool reached_ = false;
};

}  // namespace

Result<transport::HttpClient*> Line::to(const transport::Endpoint& endpoint) {
    if (client_ && endpoint == endpoint_) return client_.get();
    client_.reset();
    endpoint_ = endpoint;
    if (own_) {
        client_ = std::make_unique<AppHttp>(endpoint, own_);
    } else {
        auto made = transport::HttpClient::make(endpoint);
        if (!made) return tl::unexpected(made.error());
        client_ = std::move(*made);
    }
    return client_.get();
}

}  // namespace kari::device

namespace kari {

void HttpClient::pause(Duration duration, const Cancel& cancel) {
    transport::CancelToken token;
    cancel.on_ask([&token] { token.cancel(); });
    token.wait_for(duration);
    cancel.on_ask(nullptr);
}

}  // namespace kari
