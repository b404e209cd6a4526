// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari.h>
#include <kari/actions.hpp>

#include "bindings/c/src/tablet.hpp"

// What every function that writes does around its own call.
namespace kari::c {

// As a view, where one is asked for.
void answer_written(const kari_written** out, Written written);

// `read_arguments(read)` makes the value that `write(device, value)` takes.
template <typename ReadArguments, typename Write>
kari_status write_on(kari_device* device, const kari_written** out, kari_error* error,
                     ReadArguments read_arguments, Write write) {
    clear(out);
    return on_tablet(device, error, [&](Device& tablet) -> Result<void> {
        Arguments read;
        const auto value = read_arguments(read);
        if (auto fit = read.done(); !fit) return fit;
        auto written = write(tablet, value);
        if (!written) return passed_on(written);
        answer_written(out, std::move(*written));
        return {};
    });
}

// A token and why.
struct Reasoned {
    EditToken token;
    std::string reason;
};

inline Reasoned reasoned(Arguments& read, kari_text token, kari_text reason) {
    return {read.token(token), read.text(reason, "reason")};
}

}  // namespace kari::c
