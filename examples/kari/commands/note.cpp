// SPDX-License-Identifier: Apache-2.0
//
// Notes: drafts, writing, signing, addenda.
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer note(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.write_note(args.record(), args.note()));
    });
}

Answer edit(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.edit_note(args.token(), args.note())); });
}

Answer sign(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return changed(tablet, d.sign_note(args.token())); });
}

Answer addend(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.addend(args.token(), args.note())); });
}

Answer save_draft(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return done(d.save_draft(args.record(), args.text_or("key", "note"), args.note()));
    });
}

Answer load_draft(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto draft = d.load_draft(args.record(), args.text_or("key", "note"));
        if (!draft) return tl::unexpected(draft.error());
        if (!*draft) return json::object{{"draft", nullptr}};
        return json::object{{"draft", answer(**draft)}};
    });
}

Answer drop_draft(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return done(d.drop_draft(args.record(), args.text_or("key", "note")));
    });
}

std::string show(const json::object& answer, const Screen& s) {
    const std::string out = s(Label::saved) + "\n" + banner(answer, s);
    const std::string name = s.name("note", text(answer, "token"));
    return name.empty() ? out : out + wrapped("-> " + s(Label::note_next, name), 3);
}

std::string show_draft_kept(const json::object&, const Screen& s) {
    return wrapped(s(Label::draft_kept), 2);
}

std::string show_draft(const json::object& answer, const Screen& s) {
    const json::object& draft = part(answer, "draft");
    if (draft.empty()) return s(Label::no_draft) + "\n";
    const std::string title = text(draft, "title");
    return (title.empty() ? "" : s.below(title)) + note_body(draft, s);
}

}  // namespace

std::vector<Command> note_commands() {
    const Parameter title{"title", Label::arg_title};
    const Parameter body{"text", Label::arg_note_text, Typed::long_text, true, true};
    const Parameter key{"key", Label::arg_draft_key};
    const Parameter type{"type", Label::arg_note_type};
    return {
        {.name = "note",
         .group = Group::charting,
         .help = Label::help_note,
         .example = "note 12p --title Besøk",
         .writes = true,
         .parameters = {k_record, type, title, body},
         .run = note,
         .show = show},
        {.name = "edit_note",
         .group = Group::charting,
         .help = Label::help_edit_note,
         .example = "edit-note 25c",
         .writes = true,
         .parameters = {item_of("note"), type, title, body},
         .run = edit,
         .show = show},
        {.name = "sign",
         .group = Group::charting,
         .help = Label::help_sign,
         .example = "sign 25c",
         .writes = true,
         .parameters = {item_of("note")},
         .run = sign,
         .show = named<"note">},
        {.name = "addend",
         .group = Group::charting,
         .help = Label::help_addend,
         .example = "addend 25c",
         .writes = true,
         .parameters = {item_of("note"), title, body},
         .run = addend,
         .show = named<"note">},
        {.name = "save_draft",
         .group = Group::charting,
         .help = Label::help_save_draft,
         .example = "save-draft 12p",
         .parameters = {k_record, key, title, body},
         .run = save_draft,
         .show = show_draft_kept},
        {.name = "load_draft",
         .group = Group::charting,
         .help = Label::help_load_draft,
         .example = "load-draft 12p",
         .parameters = {k_record, key},
         .run = load_draft,
         .show = show_draft},
        {.name = "drop_draft",
         .group = Group::charting,
         .help = Label::help_drop_draft,
         .example = "drop-draft 12p",
         .parameters = {k_record, key},
         .run = drop_draft,
         .show = nothing_more},
    };
}

}  // namespace kari::app
