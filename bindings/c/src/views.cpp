// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/views.hpp"

#include <kari/plain_digits.hpp>

namespace kari::c {

kari_coded coded_of(const Coded& coded) {
    return {shown(coded.system), shown(coded.code), shown(coded.text)};
}

kari_date date_of(const LocalDate& date) {
    return {date.year, date.month, date.day};
}

kari_time time_of(const ZonedInstant& time) {
    return {time.instant.ms, time.offset_s, shown(time.zone)};
}

kari_override override_of(const OverrideItem& one) {
    return {shown(one.rule), shown(one.reason)};
}

std::int64_t ms_of(const std::optional<Instant>& instant) {
    return instant ? instant->ms : KARI_NO_TIME;
}

const kari_quantity* quantity_in(Shelf& shelf, const std::optional<Quantity>& quantity) {
    if (!quantity) return nullptr;
    auto* const c = shelf.make<kari_quantity>();
    const std::string& value = quantity->value.text();
    *c = {shown(value), shown(quantity->code), shown(quantity->unit),
          shelf.keep(plain_digits(value))};
    return c;
}

const kari_suspension* suspension_in(Shelf& shelf, const std::optional<Suspension>& suspended) {
    if (!suspended) return nullptr;
    auto* const c = shelf.make<kari_suspension>();
    c->rule = shown(suspended->rule);
    c->title = shown(suspended->title);
    c->meaning = shown(suspended->meaning);
    c->action = shown(suspended->action);
    return c;
}

namespace {

kari_freshness tier_of(Freshness tier) {
    switch (tier) {
        case Freshness::fresh:
            return KARI_FRESHNESS_FRESH;
        case Freshness::aging:
            return KARI_FRESHNESS_AGING;
        case Freshness::stale:
            return KARI_FRESHNESS_STALE;
        case Freshness::old:
            return KARI_FRESHNESS_OLD;
        case Freshness::never_synced:
            break;
    }
    return KARI_FRESHNESS_NEVER_SYNCED;
}

// A state that this layer does not know is not one that is done with.
kari_finding_state finding_state_of(const std::string& state) {
    if (state == "resolved") return KARI_FINDING_RESOLVED;
    return state == "deferred" ? KARI_FINDING_DEFERRED : KARI_FINDING_OPEN;
}

}  // namespace

const kari_age* age_in(Shelf& shelf, const DataAge& age) {
    auto* const c = shelf.make<kari_age>();
    c->as_of_ms = ms_of(age.as_of);
    c->age_ms = age.age.ms;
    c->tier = tier_of(age.tier);
    c->lease_ended = age.lease_ended;
    c->drug_facts = shown(age.drug_facts);
    return c;
}

const kari_said* said_in(Shelf& shelf, const Said& said) {
    auto* const c = shelf.make<kari_said>();
    c->change = id_as<kari_change_id>(said.change);
    c->person = id_as<kari_person_id>(said.person);
    c->person_name = shown(said.person_name);
    c->recorded = time_of(said.recorded);
    c->by_server = said.by_server;
    return c;
}

const kari_nurse* nurse_in(Shelf& shelf, const Nurse& nurse) {
    auto* const c = shelf.make<kari_nurse>();
    c->person = id_as<kari_person_id>(nurse.person);
    c->name = shown(nurse.name);
    c->role = shown(nurse.role);
    return c;
}

const kari_item* item_in(Shelf& shelf, const ItemHead& head) {
    auto* const c = shelf.make<kari_item>();
    c->record = id_as<kari_record_id>(head.record);
    c->resource = id_as<kari_resource_id>(head.resource);
    c->token = shown(head.token.text);
    c->incomplete = head.incomplete;
    c->unreadable = head.unreadable;
    c->kept_whole = head.kept_whole;
    return c;
}

const kari_text* text_in(Shelf& shelf, const std::string& text) {
    auto* const c = shelf.make<kari_text>();
    *c = shown(text);
    return c;
}

const kari_coded* coded_in(Shelf& shelf, const Coded& coded) {
    auto* const c = shelf.make<kari_coded>();
    *c = coded_of(coded);
    return c;
}

void fill_warning(kari_warning& c, const DoseWarning& warning, Shelf& shelf) {
    c.rule = shown(warning.rule);
    c.severity = warning.severity;
    c.needs_reason = warning.needs_reason;
    c.sentence = shown(warning.sentence);
    c.action = shown(warning.action);
    c.about = shelf.ids<kari_resource_id>(warning.about, c.about_count);
}

void fill_patch(kari_patch& c, const PatchItem& patch, Shelf& shelf) {
    c.record = id_as<kari_record_id>(patch.record);
    c.administration = id_as<kari_resource_id>(patch.administration);
    c.token = shown(patch.token.text);
    c.medication = shown(patch.medication);
    c.amount = shown(patch.amount);
    c.site = shown(patch.site);
    c.put_on = shown(patch.put_on);
    c.due_off = shown(patch.due_off);
    c.said = said_in(shelf, patch.said);
}

void fill_finding(kari_finding& c, const FindingItem& finding, Shelf& shelf) {
    c.id = id_as<kari_digest>(finding.id);
    c.token = shown(finding.token.text);
    c.rule = shown(finding.rule);
    c.severity = finding.severity;
    c.title = shown(finding.title);
    c.meaning = shown(finding.meaning);
    c.action = shown(finding.action);
    c.state = finding_state_of(finding.state);
    c.provisional = finding.provisional;
    c.inputs = shelf.ids<kari_change_id>(finding.inputs, c.input_count);
    c.records = shelf.ids<kari_record_id>(finding.records, c.record_count);
    c.resources = shelf.ids<kari_resource_id>(finding.resources, c.resource_count);
    c.about = shelf.list<kari_about>(finding.about, c.about_count,
                                     [](kari_about& row, const FindingAbout& about) {
                                         row.resource = id_as<kari_resource_id>(about.resource);
                                         row.kind = shown(about.kind);
                                         row.what = shown(about.what);
                                         row.effective = shown(about.effective);
                                         row.amount = shown(about.amount);
                                     });
    c.assigned_to = id_as<kari_person_id>(finding.assigned_to);
    c.deferred_until = shown(finding.deferred_until);
    c.resolver = shown(finding.resolver);
    c.resolver_name = shown(finding.resolver_name);
    c.due_ms = ms_of(finding.due);
}

}  // namespace kari::c
