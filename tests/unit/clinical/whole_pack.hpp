// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "kari/v1/pack.pb.h"

namespace kari::clinical {

// A pack that says each of its parts, and says nothing in any.
inline v1::Pack whole_pack() {
    v1::Pack out;
    out.set_vaccine_interval_days(0);
    out.mutable_patches()->set_else_hours(168);
    out.mutable_patches()->set_change_minutes(60);
    out.mutable_patches()->set_counts_times(3);
    return out;
}

// The text of a pack.json with every part that it does not say, but one, on its last line.
inline std::string whole_text(std::string text, std::string_view without = "") {
    const auto* parts = v1::Pack::descriptor();
    std::string more;
    for (int i = 0; i < parts->field_count(); ++i) {
        const auto& part = *parts->field(i);
        if (part.name() == without || text.find('"' + part.name() + '"') != std::string::npos) {
            continue;
        }
        if (part.is_repeated()) more += ", \"" + part.name() + "\": []";
        if (part.name() == "vaccine_interval_days") more += R"(, "vaccine_interval_days": 0)";
        if (part.name() == "patches") {
            more += R"(, "patches": {"drugs": [], "else_hours": 168, "change_minutes": 60,)"
                    R"( "counts_times": 3})";
        }
    }
    return text.insert(text.rfind('}'), more);
}

}  // namespace kari::clinical
