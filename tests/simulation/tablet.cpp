// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/tablet.hpp"

#include <kari/http.hpp>

#include "kari/v1/nurse.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/device/core.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::sim {
namespace {

std::filesystem::path home_of(const std::filesystem::path& folder, unsigned number) {
    return folder / (number == 1 ? "tablet" : "tablet-" + std::to_string(number));
}

// The operator gives each nurse of a tablet a code when it is enrolled. Nothing is to be learnt of
// that, and it draws nothing: the seeds that are written down mean what they meant.
class Office final : public HttpClient {
public:
    explicit Office(std::shared_ptr<HttpClient> line) : line_(std::move(line)) {}
    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override {
        if (!request.url.ends_with("/v1/nurse")) return line_->post(request, cancel);
        v1::NurseRequest asked;
        v1::NurseReply reply;
        if (!asked.ParseFromString(std::string(request.body))) return HttpReply{400, "", {}};
        for (const Nurse& one : people) {
            if (base::to_bytes(one.person) != asked.person()) continue;
            reply.mutable_person()->set_person(asked.person());
            reply.mutable_person()->set_role(one.role);
            reply.mutable_person()->set_display(one.name);
            reply.mutable_person()->set_active(true);
        }
        return HttpReply{200, reply.SerializeAsString(), {}};
    }
    void pause(Duration duration, const Cancel& cancel) override { line_->pause(duration, cancel); }
    std::vector<Nurse> people;

private:
    std::shared_ptr<HttpClient> line_;
};

class Beside final : public Entropy {
public:
    explicit Beside(std::shared_ptr<Entropy> own) : own_(std::move(own)) {}
    void fill(std::span<std::uint8_t> out) override {
        if (aside) return other_.fill(out);
        own_->fill(out);
    }
    bool aside = false;

private:
    std::shared_ptr<Entropy> own_;
    platform_simulated::SeededEntropy other_{1};
};

}  // namespace

Tablet::Tablet(unsigned number_in, std::filesystem::path folder_in,
               platform_simulated::Drive& drive_in, std::uint64_t seed, Instant start,
               std::shared_ptr<HttpClient> line_in)
    : number(number_in),
      folder(std::move(folder_in)),
      drive(drive_in),
      machine(seed, start),
      line(std::move(line_in)) {}

std::filesystem::path Tablet::home() const {
    return home_of(folder, homes);
}

Result<void> Tablet::enrol(const std::string& server, const std::string& code,
                           std::vector<PersonId> who) {
    // Where it was set aside there is room again.
    const bool anew = homes == 0 || std::filesystem::exists(home() / device::k_keys_file);
    EnrolOptions options;
    options.directory = home_of(folder, anew ? homes + 1 : homes);
    options.server = server;
    options.code = code;
    options.device_name = name();
    options.person = who.front();
    options.pin = k_pin;
    options.pin_memory_kib = 8;  // the least that Argon2 takes: nobody attacks it
    options.pin_iterations = 1;
    const auto office = std::make_shared<Office>(line);
    const auto entropy = std::make_shared<Beside>(machine.entropy);
    Platform platform = machine.platform();
    platform.entropy = entropy;
    KARI_LET(auto made, Device::enrol(options, platform, office));
    device.reset();
    device.emplace(std::move(made));
    if (anew) ++homes;
    device_id = device->device_id();
    shut_out = rotten = damage_told = false;
    nurses = std::move(who);
    nurse = 0;
    views.clear();
    drafted.clear();
    KARI_LET(office->people, device->directory_people());
    for (std::size_t i = 1; i < nurses.size(); ++i) {
        entropy->aside = true;
        KARI_TRY(device->unlock(nurses[i], "nurse1-0000-0000-0000-0000"));
        entropy->aside = false;
        KARI_TRY(device->add_nurse(nurses[i], k_pin));
    }
    entropy->aside = true;
    if (nurses.size() > 1) KARI_TRY(device->unlock(nurses.front(), k_pin));
    entropy->aside = false;
    return {};
}

Result<void> Tablet::reopen() {
    device.reset();
    views.clear();
    KARI_LET(auto opened, Device::open(home(), machine.platform(), line));
    device.emplace(std::move(opened));
    return unlock(nurse);
}

Result<void> Tablet::unlock(std::size_t who) {
    KARI_TRY(device->unlock(nurses[who], k_pin));
    nurse = who;
    views.clear();
    return {};
}

}  // namespace kari::sim
