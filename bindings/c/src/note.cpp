// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "bindings/c/src/views.hpp"
#include "bindings/c/src/writing.hpp"

namespace kari::c {

namespace {

NoteEntry note_of(Arguments& read, const kari_note_entry* entry) {
    const auto given = read.sized(entry, "entry");
    return {read.text(given.type, "type"), read.text(given.title, "title"),
            read.text(given.text, "text"), read.time(given.date, "date")};
}

// Where a draft stands.
struct DraftKey {
    RecordId record;
    std::string key;
};

DraftKey draft_key_of(Arguments& read, const kari_record_id* record, kari_text key) {
    return {read.id<RecordId>(record, "record"), read.text(key, "key")};
}

void fill_draft(kari_draft& c, const NoteEntry& note, Shelf&) {
    c.type = shown(note.type);
    c.title = shown(note.title);
    c.text = shown(note.text);
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_note_write(kari_device* device, const kari_record_id* record,
                            const kari_note_entry* entry, const kari_written** out,
                            kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            return std::pair(read.id<kari::RecordId>(record, "record"), note_of(read, entry));
        },
        [](kari::Device& tablet, const std::pair<kari::RecordId, kari::NoteEntry>& said) {
            return tablet.write_note(said.first, said.second);
        });
}

kari_status kari_note_edit(kari_device* device, kari_text token, const kari_note_entry* entry,
                           const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) { return std::pair(read.token(token), note_of(read, entry)); },
        [](kari::Device& tablet, const std::pair<kari::EditToken, kari::NoteEntry>& said) {
            return tablet.edit_note(said.first, said.second);
        });
}

kari_status kari_note_sign(kari_device* device, kari_text token, const kari_written** out,
                           kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return read.token(token); },
        [](kari::Device& tablet, const kari::EditToken& note) { return tablet.sign_note(note); });
}

kari_status kari_note_addend(kari_device* device, kari_text token, const kari_note_entry* entry,
                             const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) { return std::pair(read.token(token), note_of(read, entry)); },
        [](kari::Device& tablet, const std::pair<kari::EditToken, kari::NoteEntry>& said) {
            return tablet.addend(said.first, said.second);
        });
}

kari_status kari_draft_save(kari_device* device, const kari_record_id* record, kari_text key,
                            const kari_note_entry* entry, kari_error* error) {
    return on_tablet(device, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const DraftKey place = draft_key_of(read, record, key);
        const kari::NoteEntry note = note_of(read, entry);
        if (auto fit = read.done(); !fit) return fit;
        return tablet.save_draft(place.record, place.key, note);
    });
}

kari_status kari_draft_read(kari_device* device, const kari_record_id* record, kari_text key,
                            const kari_draft** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const DraftKey place = draft_key_of(read, record, key);
        if (auto fit = read.done(); !fit) return fit;
        auto draft = tablet.load_draft(place.record, place.key);
        if (!draft) return passed_on(draft);
        if (*draft) answer(out, std::move(**draft), fill_draft);
        return {};
    });
}

kari_status kari_draft_drop(kari_device* device, const kari_record_id* record, kari_text key,
                            kari_error* error) {
    return on_tablet(device, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const DraftKey place = draft_key_of(read, record, key);
        if (auto fit = read.done(); !fit) return fit;
        return tablet.drop_draft(place.record, place.key);
    });
}

}  // extern "C"
