// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/tablet.hpp"
#include "bindings/c/src/views.hpp"
#include "bindings/c/src/wiped.hpp"

namespace kari::c {

namespace {

void fill_nurses(kari_nurses& c, const std::vector<Nurse>& nurses, Shelf& shelf) {
    auto* const rows = shelf.make<const kari_nurse*>(nurses.size());
    for (const Nurse& nurse : nurses)
        rows[c.count++] = nurse_in(shelf, nurse);
    c.rows = rows;
}

void fill_signed_in(kari_signed_in& c, const SignedIn& signed_in, Shelf& shelf) {
    c.nurse = nurse_in(shelf, signed_in.nurse);
    c.age = age_in(shelf, signed_in.age);
    c.unsent = signed_in.unsent;
    c.was_restored = signed_in.was_restored;
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_nurses_read(kari_device* device, const kari_nurses** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        answer(out, tablet.nurses(), fill_nurses);
        return {};
    });
}

kari_status kari_people_read(kari_device* device, const kari_nurses** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        auto people = tablet.directory_people();
        if (!people) return passed_on(people);
        answer(out, std::move(*people), fill_nurses);
        return {};
    });
}

kari_status kari_nurse_add(kari_device* device, const kari_person_id* person, kari_text pin,
                           kari_error* error) {
    return on_tablet(device, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const auto who = read.id<kari::PersonId>(person, "person");
        const Wiped secret(read.text(pin, "pin"));
        if (auto fit = read.done(); !fit) return fit;
        return tablet.add_nurse(who, secret.text);
    });
}

kari_status kari_device_unlock(kari_device* device, const kari_person_id* person, kari_text pin,
                               const kari_signed_in** out, kari_error* error) {
    clear(out);
    return on_tablet(device, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const auto who = read.id<kari::PersonId>(person, "person");
        const Wiped secret(read.text(pin, "pin"));
        if (auto fit = read.done(); !fit) return fit;
        auto signed_in = tablet.unlock(who, secret.text);
        if (!signed_in) return passed_on(signed_in);
        answer(out, std::move(*signed_in), fill_signed_in);
        return {};
    });
}

kari_status kari_device_lock(kari_device* device, kari_error* error) {
    const auto lock = [](kari::Device& tablet) {
        return tablet.lock();
    };
    return on_tablet(device, error, lock, From::no_callback);
}

}  // extern "C"
