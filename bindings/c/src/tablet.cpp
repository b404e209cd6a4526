// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/tablet.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <kari/linux_platform.hpp>

#include "bindings/c/src/key_store.hpp"
#include "bindings/c/src/views.hpp"
#include "bindings/c/src/wiped.hpp"

namespace kari::c {

bool Tablet::is_inside(std::thread::id thread) const {
    return std::find(inside_.begin(), inside_.end(), thread) != inside_.end();
}

Result<Tablet::Call> Tablet::enter(const std::shared_ptr<Tablet>& tablet, From from) {
    if (!tablet) return refuse("device: null, closed or no device");
    const std::lock_guard guard(tablet->mutex_);
    if (tablet->closed_) return refuse("device: closed");
    const auto self = std::this_thread::get_id();
    if (from == From::no_callback && tablet->is_inside(self)) {
        return fail(ErrorCode::in_use, "not from within a callback of this device");
    }
    tablet->inside_.push_back(self);
    return Call(tablet);
}

bool Tablet::is_calling_back() {
    const std::lock_guard guard(mutex_);
    return is_inside(std::this_thread::get_id());
}

void Tablet::leave() {
    const std::lock_guard guard(mutex_);
    const auto own = std::find(inside_.rbegin(), inside_.rend(), std::this_thread::get_id());
    inside_.erase(std::next(own).base());
    left_.notify_all();
}

Result<void> Tablet::close() {
    const auto self = std::this_thread::get_id();
    std::unique_lock lock(mutex_);
    if (is_inside(self)) {
        return fail(ErrorCode::in_use, "not from within a callback of this device");
    }
    if (closed_) return refuse("device: closed");
    inside_.push_back(self);
    closed_ = true;  // nobody comes in any more
    lock.unlock();
    static_cast<void>(device_->lock());  // ends a follow, and bounds a sync
    lock.lock();
    left_.wait(lock, [&] { return inside_.size() == 1; });
    std::optional<Device> last = std::exchange(device_, std::nullopt);
    lock.unlock();
    last.reset();  // without the mutex: it may call back, and a callback may ask for it
    lock.lock();
    inside_.clear();
    return {};
}

namespace {

// The device's own ports, as options say; its directory is `directory`.
Result<Platform> ports(const kari_device_options& options, const std::string& directory,
                       bool enrolled, Arguments& read) {
    platform_linux::Options machine;
    // First: who gave it is told, whatever else is wrong.
    if (options.key_store != nullptr) {
        auto of_app = AppKeyStore::of(options.key_store);
        if (!of_app) return passed_on(of_app);
        machine.key_store = *std::move(of_app);
    }
    machine.zone = read.text(options.zone, "zone");
    machine.log_file = read.text(options.log_file, "log_file");
    machine.log_from = LogLevel::warning;
    machine.may_make_key_store = !enrolled;
    std::string keys = read.text(options.keys, "keys");
    if (directory.empty()) return refuse("directory: empty");
    // Beside the directory, however it was written: not within it.
    if (keys.empty()) keys = directory.substr(0, directory.find_last_not_of('/') + 1) + ".keys";
    read.one_of(options.language, KARI_LANGUAGE_EN, "language");
    if (auto fit = read.done(); !fit) return passed_on(fit);
    return platform_linux::make_platform(keys, machine);
}

Language language_of(kari_language language) {
    return language == KARI_LANGUAGE_EN ? Language::en : Language::nb;
}

Result<void> hand_out(Result<Device> device, kari_language language, kari_device** out) {
    if (!device) return passed_on(device);
    device->set_language(language_of(language));
    *out = Handles::all().put<kari_device>(std::make_shared<Tablet>(std::move(*device)));
    return {};
}

Result<void> enrol(const kari_enrol_options* options, kari_device** out) {
    Arguments read;
    const auto given = read.sized(options, "options");
    const auto place = read.sized(given.device, "options.device");
    EnrolOptions how;
    how.directory = read.text(place.directory, "directory");
    how.server = read.text(given.server, "server");
    how.code = read.text(given.code, "code");
    how.device_name = read.text(given.device_name, "device_name");
    how.person = read.id<PersonId>(&given.person, "person");
    const Wiped pin(read.text(given.pin, "pin"));
    how.pin.assign(pin.text);
    if (given.pin_memory_kib != 0) how.pin_memory_kib = given.pin_memory_kib;
    if (given.pin_iterations != 0) how.pin_iterations = given.pin_iterations;
    auto made = [&]() -> Result<Device> {
        const auto platform = ports(place, how.directory.string(), false, read);
        if (!platform) return tl::unexpected(platform.error());
        return Device::enrol(how, *platform);
    }();
    overwrite(how.pin);
    return hand_out(std::move(made), place.language, out);
}

Result<void> open(const kari_device_options* options, kari_device** out) {
    Arguments read;
    const auto given = read.sized(options, "options");
    const std::string directory = read.text(given.directory, "directory");
    const auto platform = ports(given, directory, true, read);
    if (!platform) return tl::unexpected(platform.error());
    return hand_out(Device::open(directory, *platform), given.language, out);
}

// What kari_device_state shows.
struct State {
    bool locked = true;
    std::optional<Nurse> nurse;
    std::string zone;
    LocalDate today;
    DeviceId device;
    IncarnationId incarnation;
};

void fill_state(kari_device_state& c, const State& state, Shelf& shelf) {
    c.locked = state.locked;
    if (state.nurse) c.nurse = nurse_in(shelf, *state.nurse);
    c.zone = shown(state.zone);
    c.today = date_of(state.today);
    c.device = id_as<kari_device_id>(state.device);
    c.incarnation = id_as<kari_device_id>(state.incarnation);
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_device_enrol(const kari_enrol_options* options, kari_device** out,
                              kari_error* error) {
    clear(out);
    return guard(error, [&]() -> kari::Result<void> {
        if (out == nullptr) return refuse("out: null");
        return enrol(options, out);
    });
}

kari_status kari_device_open(const kari_device_options* options, kari_device** out,
                             kari_error* error) {
    clear(out);
    return guard(error, [&]() -> kari::Result<void> {
        if (out == nullptr) return refuse("out: null");
        return open(options, out);
    });
}

kari_status kari_device_close(kari_device* device, kari_error* error) {
    return guard(error, [&]() -> kari::Result<void> {
        const auto tablet = Handles::all().find<Tablet>(device);
        if (!tablet) return refuse("device: null, closed or no device");
        if (auto closed = tablet->close(); !closed) return closed;
        Handles::all().take<Tablet>(device);
        return {};
    });
}

kari_status kari_device_state_read(kari_device* device, const kari_device_state** out,
                                   kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        auto today = tablet.today();
        if (!today && today.error().code != kari::ErrorCode::locked) return passed_on(today);
        answer(out,
               State{tablet.locked(), tablet.signed_in(), tablet.zone(),
                     today.value_or(kari::LocalDate{0, 0, 0}), tablet.device_id(),
                     tablet.incarnation()},
               fill_state);
        return {};
    });
}

kari_status kari_device_set_language(kari_device* device, kari_language language,
                                     kari_error* error) {
    return on_tablet(device, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        read.one_of(language, KARI_LANGUAGE_EN, "language");
        if (auto fit = read.done(); !fit) return fit;
        tablet.set_language(language_of(language));
        return {};
    });
}

}  // extern "C"
