// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer enrol(Tablet& tablet, const Arguments& args) {
    EnrolOptions options;
    options.server = args.text("server");
    options.code = args.text("code");
    options.device_name = args.text_or("device_name", "tablet");
    options.person = args.person();
    options.pin = args.text("pin");
    options.pin_memory_kib =
        static_cast<std::uint32_t>(args.count("pin_memory_kib", options.pin_memory_kib));
    if (auto enrolled = tablet.enrol(options); !enrolled) {
        return tl::unexpected(enrolled.error());
    }
    return with(tablet, [](Device& device) -> Answer {
        return json::object{{"device", device.device_id().text()},
                            {"incarnation", device.incarnation().text()}};
    });
}

std::string show(const json::object& answer, const Screen& s) {
    return wrapped(s(Label::enrolled), 2) +
           rows({{s(Label::device), text(answer, "device")},
                 {s(Label::incarnation), text(answer, "incarnation")}});
}

}  // namespace

std::vector<Command> enrol_commands() {
    return {{.name = "enrol",
             .group = Group::tablet,
             .help = Label::help_enrol,
             .example = "enrol --server https://kari.example:8443 --code CODE --person ID",
             .needs = Needs::tablet,
             .parameters = {{"server", Label::arg_server, Typed::text, true},
                            {"code", Label::arg_code, Typed::text, true},
                            {"device_name", Label::arg_device_name},
                            {"person", Label::arg_first_person, Typed::person, true},
                            {"pin_memory_kib", Label::arg_pin_memory, Typed::number}},
             .run = enrol,
             .show = show}};
}

}  // namespace kari::app
