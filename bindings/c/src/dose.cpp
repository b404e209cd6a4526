// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string_view>

#include "bindings/c/src/views.hpp"
#include "bindings/c/src/writing.hpp"

namespace kari::c {

namespace {

// A state that this layer does not know is none that lets anybody think a dose was given or not.
kari_dose_state dose_state_of(std::string_view state) {
    static constexpr struct {
        std::string_view name;
        kari_dose_state state;
    } all[] = {
        {"upcoming", KARI_DOSE_UPCOMING},   {"due", KARI_DOSE_DUE},
        {"overdue", KARI_DOSE_OVERDUE},     {"given", KARI_DOSE_GIVEN},
        {"not-given", KARI_DOSE_NOT_GIVEN}, {"contested", KARI_DOSE_CONTESTED},
        {"suspended", KARI_DOSE_SUSPENDED},
    };
    for (const auto& one : all)
        if (one.name == state) return one.state;
    return KARI_DOSE_CANNOT_TELL;
}

void fill_elsewhere(kari_dose_elsewhere& c, const DoseElsewhere& dose, Shelf& shelf) {
    c.administration = id_as<kari_resource_id>(dose.administration);
    c.medication = shown(dose.medication);
    c.effective = shown(dose.effective);
    c.amount = shown(dose.amount);
    c.said = said_in(shelf, dose.said);
}

void fill_slot(kari_slot& c, const DoseSlot& slot, Shelf& shelf) {
    c.id = id_as<kari_digest>(slot.slot);
    c.token = shown(slot.token.text);
    c.record = id_as<kari_record_id>(slot.record);
    c.order = id_as<kari_resource_id>(slot.order);
    c.order_status = shown(slot.order_status);
    c.medication = coded_of(slot.medication);
    c.dosage_shown = shown(slot.dosage_shown);
    c.dose = quantity_in(shelf, slot.dose);
    c.route = shown(slot.route);
    c.date = date_of(slot.date);
    c.nominal = shown(slot.nominal);
    c.ordinal = slot.ordinal;
    c.planned = time_of(slot.planned);
    c.state = dose_state_of(slot.state);
    c.reason = shown(slot.reason);
    c.may_give = slot.may_give;
    c.possible_double = slot.possible_double;
    c.given_and_not_given = slot.given_and_not_given;
    c.order_contested = slot.order_contested;
    c.critical = slot.critical;
    c.administrations = shelf.ids<kari_resource_id>(slot.administrations, c.administration_count);
    c.elsewhere = shelf.list<kari_dose_elsewhere>(
        slot.elsewhere, c.elsewhere_count, [&](kari_dose_elsewhere& row, const DoseElsewhere& one) {
            fill_elsewhere(row, one, shelf);
        });
    c.intake = shown(slot.intake);
    c.how_taken = shown(slot.how_taken);
    c.vomited = shown(slot.vomited);
}

void fill_follow_up(kari_follow_up& c, const FollowUpItem& item, Shelf& shelf) {
    c.record = id_as<kari_record_id>(item.record);
    c.administration = id_as<kari_resource_id>(item.administration);
    c.token = shown(item.token.text);
    c.medication = shown(item.medication);
    c.amount = shown(item.amount);
    c.given = shown(item.given);
    c.due = shown(item.due);
    c.overdue = item.overdue;
    c.said = said_in(shelf, item.said);
}

void fill_allowance(kari_allowance& c, const AllowanceItem& item, Shelf& shelf) {
    c.record = id_as<kari_record_id>(item.record);
    c.resource = id_as<kari_resource_id>(item.resource);
    c.token = shown(item.token.text);
    c.state = shown(item.state);
    c.reason = shown(item.reason);
    c.action = shown(item.action);
    c.doses = item.doses;
    c.doses_left = item.doses_left;
    c.amount = shown(item.amount);
    c.amount_left = shown(item.amount_left);
    c.until = shown(item.until);
    c.asked = said_in(shelf, item.asked);
}

void fill_unscheduled(kari_unscheduled& c, const UnscheduledDose& dose, Shelf& shelf) {
    c.token = shown(dose.token.text);
    c.record = id_as<kari_record_id>(dose.record);
    c.order = id_as<kari_resource_id>(dose.order);
    c.medication = shown(dose.medication);
    c.text = shown(dose.text);
    c.reason = shown(dose.reason);
    c.last_given = shown(dose.last_given);
    c.given_last_day = shown(dose.given_last_day);
    c.wants_allowance = dose.wants_allowance;
    c.allowances = shelf.list<kari_allowance>(
        dose.allowances, c.allowance_count,
        [&](kari_allowance& row, const AllowanceItem& item) { fill_allowance(row, item, shelf); });
}

void fill_round(kari_round& c, const DoseRound& round, Shelf& shelf) {
    c.date = date_of(round.date);
    c.age = age_in(shelf, round.age);
    c.slots = shelf.list<kari_slot>(
        round.slots, c.slot_count,
        [&](kari_slot& row, const DoseSlot& slot) { fill_slot(row, slot, shelf); });
    const auto unscheduled = [&](kari_unscheduled& row, const UnscheduledDose& dose) {
        fill_unscheduled(row, dose, shelf);
    };
    c.as_needed = shelf.list<kari_unscheduled>(round.as_needed, c.as_needed_count, unscheduled);
    c.look_at = shelf.list<kari_unscheduled>(round.look_at, c.look_at_count, unscheduled);
    c.patches = shelf.list<kari_patch>(
        round.patches, c.patch_count,
        [&](kari_patch& row, const PatchItem& patch) { fill_patch(row, patch, shelf); });
    c.changes_in_ms = round.changes_in ? round.changes_in->ms : KARI_NO_TIME;
    c.whole = round.whole;
    c.suspended = suspension_in(shelf, round.suspended);
    c.follow_ups = shelf.list<kari_follow_up>(
        round.follow_ups, c.follow_up_count,
        [&](kari_follow_up& row, const FollowUpItem& item) { fill_follow_up(row, item, shelf); });
}

DoseIntake intake_of(kari_intake intake) {
    switch (intake) {
        case KARI_INTAKE_SELF_OBSERVED:
            return DoseIntake::self_observed;
        case KARI_INTAKE_SELF_REPORTED:
            return DoseIntake::self_reported;
        case KARI_INTAKE_HANDED_OVER:
            return DoseIntake::handed_over;
        case KARI_INTAKE_BY_OTHER:
            return DoseIntake::by_other;
        default:
            return DoseIntake::given;
    }
}

DoseEffect effect_of(kari_effect effect) {
    switch (effect) {
        case KARI_EFFECT_GOOD:
            return DoseEffect::good;
        case KARI_EFFECT_SOME:
            return DoseEffect::some;
        case KARI_EFFECT_UNWANTED:
            return DoseEffect::unwanted;
        default:
            return DoseEffect::none;
    }
}

DoseEntry dose_of(Arguments& read, const kari_dose_entry* entry) {
    const auto given = read.sized(entry, "entry");
    DoseEntry dose;
    dose.token = read.token(given.token);
    dose.dose = read.quantity(given.dose, "dose");
    dose.effective = read.time(given.effective, "effective");
    dose.site = read.coded(given.site, "site");
    dose.note = read.text(given.note, "note");
    dose.overrides = read.overrides(given.overrides, given.override_count);
    dose.scanned = read.text(given.scanned, "scanned");
    dose.identity = read.text(given.identity, "identity");
    read.one_of(given.intake, KARI_INTAKE_BY_OTHER, "intake");
    dose.intake = intake_of(given.intake);
    dose.given_by = read.text(given.given_by, "given_by");
    if (given.effect_after_minutes != 0) {
        dose.effect_after = Duration::minutes(std::max(given.effect_after_minutes, 0));
    }
    return dose;
}

NotGiven why_of(kari_not_given why) {
    switch (why) {
        case KARI_NOT_GIVEN_REFUSED:
            return NotGiven::refused;
        case KARI_NOT_GIVEN_WITHHELD_CLINICAL:
            return NotGiven::withheld_clinical;
        case KARI_NOT_GIVEN_UNAVAILABLE:
            return NotGiven::unavailable;
        case KARI_NOT_GIVEN_AWAY:
            return NotGiven::away;
        case KARI_NOT_GIVEN_ASLEEP:
            return NotGiven::asleep;
        case KARI_NOT_GIVEN_MISSED_VISIT:
            return NotGiven::missed_visit;
        case KARI_NOT_GIVEN_MISSED_FORGOTTEN:
            return NotGiven::missed_forgotten;
        case KARI_NOT_GIVEN_CONTRAINDICATED:
            return NotGiven::contraindicated;
        case KARI_NOT_GIVEN_SELF_MANAGED:
            return NotGiven::self_managed;
        case KARI_NOT_GIVEN_DUPLICATE_AVOIDED:
            return NotGiven::duplicate_avoided;
        case KARI_NOT_GIVEN_UNSAFE_IDENTITY:
            return NotGiven::unsafe_identity;
        default:
            return NotGiven::other;
    }
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_round_read(kari_device* device, const kari_record_id* record,
                            const kari_date* date, const kari_round** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const auto which = read.id<kari::RecordId>(record, "record");
        if (auto fit = read.done(); !fit) return fit;
        auto day = date == nullptr
                       ? tablet.today()
                       : kari::Result<kari::LocalDate>({date->year, date->month, date->day});
        if (!day) return passed_on(day);
        auto round = tablet.doses_due(which, *day);
        if (!round) return passed_on(round);
        answer(out, std::move(*round), fill_round);
        return {};
    });
}

kari_status kari_dose_check(kari_device* device, const kari_dose_entry* entry,
                            const kari_warnings** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const kari::DoseEntry dose = dose_of(read, entry);
        if (auto fit = read.done(); !fit) return fit;
        auto warnings = tablet.check_dose(dose);
        if (!warnings) return passed_on(warnings);
        answer(out, std::move(*warnings),
               [](kari_warnings& c, const std::vector<kari::DoseWarning>& all, Shelf& shelf) {
                   c.rows = shelf.list<kari_warning>(
                       all, c.count, [&](kari_warning& row, const kari::DoseWarning& one) {
                           fill_warning(row, one, shelf);
                       });
               });
        return {};
    });
}

kari_status kari_dose_give(kari_device* device, const kari_dose_entry* entry,
                           const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return dose_of(read, entry); },
        [](kari::Device& tablet, const kari::DoseEntry& dose) { return tablet.give(dose); });
}

kari_status kari_dose_not_given(kari_device* device, const kari_not_given_entry* entry,
                                const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            read.one_of(given.why, KARI_NOT_GIVEN_UNSAFE_IDENTITY, "why");
            return kari::NotGivenEntry{read.token(given.token), why_of(given.why),
                                       read.text(given.reason, "reason"),
                                       read.time(given.effective, "effective")};
        },
        [](kari::Device& tablet, const kari::NotGivenEntry& act) { return tablet.not_given(act); });
}

kari_status kari_dose_correct(kari_device* device, const kari_dose_correction* entry,
                              const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            kari::DoseCorrection anew;
            anew.token = read.token(given.token);
            anew.dose = read.quantity(given.dose, "dose");
            anew.effective = read.time(given.effective, "effective");
            if (given.site != nullptr) anew.site = read.coded(*given.site, "site");
            anew.entered_in_error = given.entered_in_error;
            anew.reason = read.text(given.reason, "reason");
            if (given.intake != nullptr) {
                read.one_of(*given.intake, KARI_INTAKE_BY_OTHER, "intake");
                anew.intake = intake_of(*given.intake);
            }
            anew.given_by = read.text(given.given_by, "given_by");
            return anew;
        },
        [](kari::Device& tablet, const kari::DoseCorrection& anew) {
            return tablet.correct_dose(anew);
        });
}

kari_status kari_dose_vomited(kari_device* device, const kari_vomited_entry* entry,
                              const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            read.one_of(given.seen, KARI_SEEN_NO, "seen");
            kari::VomitedEntry up;
            up.token = read.token(given.token);
            up.at = read.time(given.at, "at");
            if (given.seen != KARI_SEEN_UNKNOWN) {
                up.seen = given.seen == KARI_SEEN_YES;
            }
            up.note = read.text(given.note, "note");
            up.overrides = read.overrides(given.overrides, given.override_count);
            return up;
        },
        [](kari::Device& tablet, const kari::VomitedEntry& up) {
            return tablet.care().dose_vomited(up);
        });
}

kari_status kari_dose_effect(kari_device* device, const kari_effect_entry* entry,
                             const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            read.one_of(given.effect, KARI_EFFECT_UNWANTED, "effect");
            return kari::EffectEntry{read.token(given.token), effect_of(given.effect),
                                     read.time(given.at, "at"), read.text(given.note, "note"),
                                     read.overrides(given.overrides, given.override_count)};
        },
        [](kari::Device& tablet, const kari::EffectEntry& said) {
            return tablet.care().dose_effect(said);
        });
}

}  // extern "C"
