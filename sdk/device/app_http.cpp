// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/app_http.hpp"

#include <utility>

namespace kari::device {

namespace {

class AppHttp : public transport::HttpClient {
public:
    AppHttp(transport::Endpoint endpoint, std::shared_ptr<kari::HttpClient> own,
            const Cancel& cancel)
        : endpoint_(std::move(endpoint)), own_(std::move(own)), cancel_(cancel) {}

    Result<transport::Reply> post(std::string_view path, std::string_view body,
                                  std::size_t reply_bytes,
                                  transport::CancelToken& cancelled) override {
        if (cancelled.cancelled()) return fail(ErrorCode::cancelled, "before the request");
        HttpPost request;
        request.url = endpoint_.url + std::string(path);
        request.pins = endpoint_.pins;
        request.certificate_pem = endpoint_.certificate_pem;
        request.private_key_pem = endpoint_.private_key_pem;
        request.body = body;
        request.reply_bytes_max = reply_bytes;
        auto reply = own_->post(request, cancel_);
        reached_ = reply || reply.error().code != ErrorCode::offline;
        if (!reply) return tl::unexpected(reply.error());
        if (reply->body.size() > reply_bytes) return fail(ErrorCode::too_large, "reply");
        return transport::Reply{reply->status, std::move(reply->body), reply->retry_after};
    }

    transport::TransferCount count() const override { return {}; }
    bool reached() const override { return reached_; }

private:
    transport::Endpoint endpoint_;
    std::shared_ptr<kari::HttpClient> own_;
    const Cancel& cancel_;
    bool reached_ = false;
};

}  // namespace

Result<std::unique_ptr<transport::HttpClient>> make_client(transport::Endpoint endpoint,
                                                           std::shared_ptr<HttpClient> own,
                                                           const Cancel& cancel) {
    if (!own) return transport::HttpClient::make(std::move(endpoint));
    return std::unique_ptr<transport::HttpClient>(
        std::make_unique<AppHttp>(std::move(endpoint), std::move(own), cancel));
}

}  // namespace kari::device
