// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sdk/device/core.hpp"
#include "sdk/transport/http.hpp"

namespace kari::device {

// Puts behind each exchange request what whoever runs the server is told: how much the tablet still
// has. Should this be the last that is heard of it, that is known. The exchange itself does not
// depend on it, and a telling that cannot be made is left out.
// Requires: `core.syncing`, which keeps the store open; both outlive it. Threads: as the client.
class TellingClient : public transport::HttpClient {
public:
    TellingClient(Core& core, transport::HttpClient& client) : core_(core), client_(client) {}

    Result<transport::Reply> post(std::string_view path, std::string_view body,
                                  const transport::Expect& expect,
                                  transport::CancelToken& cancel) override;
    void pause(Duration duration, transport::CancelToken& cancel) override {
        client_.pause(duration, cancel);
    }
    transport::TransferCount count() const override { return client_.count(); }
    bool reached() const override { return client_.reached(); }

private:
    Core& core_;
    transport::HttpClient& client_;
};

}  // namespace kari::device
