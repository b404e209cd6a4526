// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "examples/kari/answers.hpp"
#include "examples/kari/command.hpp"

// What the files of commands are made of.
namespace kari::app {

// A change that stands: witnessed before anybody is told of it.
inline Answer changed(Tablet& tablet, const Result<Written>& written) {
    if (!written) return tl::unexpected(written.error());
    if (auto noted = tablet.note(*written); !noted) return tl::unexpected(noted.error());
    return answer(*written);
}

template <typename T>
Answer told(const Result<T>& result) {
    if (!result) return tl::unexpected(result.error());
    return answer(*result);
}

template <typename T>
Answer listed(const char* key, const Result<std::vector<T>>& result) {
    if (!result) return tl::unexpected(result.error());
    return boost::json::object{{key, answers(*result)}};
}

inline Answer done(const Result<void>& result) {
    if (!result) return tl::unexpected(result.error());
    return boost::json::object{};
}

// Calls with the open device.
template <typename Call>
Answer with(Tablet& tablet, Call call) {
    auto device = tablet.device();
    if (!device) return tl::unexpected(device.error());
    return call(**device);
}

// One sync, told at the terminal while it goes on; Ctrl-C ends it between two steps.
Result<SyncReport> synced(Tablet& tablet, Device& device);

// Calls with the open device after the chart was opened: doses, findings and the like are part of
// it, and opening it writes the access entry.
template <typename Call>
Answer with_chart(Tablet& tablet, const Arguments& args, Call call) {
    return with(tablet, [&](Device& device) -> Answer {
        const auto view = device.open_chart(args.record(), args.access());
        if (!view) return tl::unexpected(view.error());
        return call(device, *view);
    });
}

// What takes an item and says why, and no more: an end, a withdrawal, "entered in error".
template <Result<Written> (Device::*act)(const EditToken&, std::string_view)>
Answer for_a_reason(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& device) {
        return changed(tablet, (device.*act)(args.token(), args.text_or("reason")));
    });
}
template <Result<Written> (Care::*act)(const EditToken&, std::string_view)>
Answer for_a_reason(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& device) {
        Care care = device.care();
        return changed(tablet, (care.*act)(args.token(), args.text_or("reason")));
    });
}

// What is refused when a new file cannot be made where it was wanted: names the folder alone.
BadArgument no_folder(const std::string& file);

inline constexpr Parameter k_record{"record", Label::arg_record, Typed::record, true, true};
inline constexpr Parameter k_reason{"reason", Label::arg_reason, Typed::text, true};
inline constexpr Parameter k_effective{"effective", Label::arg_effective, Typed::time};
inline constexpr Parameter k_note{"note", Label::arg_note};
inline constexpr Parameter k_purpose{"purpose",     Label::arg_purpose,
                                     Typed::choice, false,
                                     false,         "treatment emergency administration"};
inline constexpr Parameter k_why_read{"reason", Label::arg_why_read};
// An item of one of these kinds, as a screen named it.
constexpr Parameter item_of(std::string_view kinds, bool required = true) {
    return {"token", Label::arg_item, Typed::item, required, true, kinds};
}

// What is said before something is given or ordered. `all_the_same`: how a reason is written.
std::string warning_words(const boost::json::array& warnings, const Screen& s, Label all_the_same);
// "Saved", what was said of it and what it raised, and the short name under which it can be
// corrected.
std::string written(const boost::json::object& answer, const Screen& s, std::string_view kind);
std::string saved(const boost::json::object& answer, const Screen& s);

// A kind of short name.
template <std::size_t N>
struct NameOf {
    constexpr NameOf(const char (&from)[N]) { std::copy_n(from, N, kind); }
    char kind[N];
};
// `written` of a kind, for a command's `show`.
template <NameOf name>
std::string named(const boost::json::object& answer, const Screen& s) {
    return written(answer, s, name.kind);
}

// "Done."
std::string nothing_more(const boost::json::object& answer, const Screen& s);
// Whom the screen is about: name, date of birth and how old the data is.
std::string banner(const boost::json::object& answer, const Screen& s);
// Since when what is shown of each kind is whole; empty when all of it is.
std::string left_out(const boost::json::object& answer, const Screen& s);

// What of the citizen is not here: linked records, what is on its way.
std::string missing(const boost::json::object& answer, const Screen& s);
// Since when all is here, and that the server has what is older. Empty when it is all here.
std::string on_tablet_since(const boost::json::object& answer, const Screen& s);

// A line that `follow` says before it ends.
std::string line_of_follow(const boost::json::object& said, const Screen& s);

// By noun; each stands in the file of its name.
std::vector<Command> enrol_commands();
std::vector<Command> sign_in_commands();
std::vector<Command> salvage_commands();
std::vector<Command> patient_commands();
std::vector<Command> chart_commands();
std::vector<Command> timeline_commands();
std::vector<Command> explain_commands();
std::vector<Command> due_commands();
std::vector<Command> dose_commands();
std::vector<Command> after_dose_commands();
std::vector<Command> patch_commands();
std::vector<Command> allowance_commands();
std::vector<Command> stock_commands();
std::vector<Command> observation_commands();
std::vector<Command> note_commands();
std::vector<Command> attachment_commands();
std::vector<Command> allergy_commands();
std::vector<Command> order_commands();
std::vector<Command> problem_commands();
std::vector<Command> plan_commands();
std::vector<Command> visit_commands();
std::vector<Command> immunization_commands();
std::vector<Command> task_commands();
std::vector<Command> relative_commands();
std::vector<Command> consent_commands();
std::vector<Command> message_commands();
std::vector<Command> finding_commands();
std::vector<Command> history_commands();
std::vector<Command> sync_commands();
std::vector<Command> follow_commands();
std::vector<Command> access_commands();
std::vector<Command> export_commands();
std::vector<Command> proof_commands();
std::vector<Command> terminal_commands();

}  // namespace kari::app
