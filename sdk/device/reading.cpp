// SPDX-License-Identifier: Apache-2.0
//
// What Device shows: the caseload, a chart, the day's doses, findings, the access log.
#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/chart/slots.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/device/access.hpp"
#include "sdk/device/allowances.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/finding_state.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/intake.hpp"
#include "sdk/device/patches.hpp"
#include "sdk/device/views.hpp"
#include "sdk/merge/schema.hpp"

namespace kari {

namespace {

using namespace device;

// What a chart shows of findings: those not resolved, and those resolved lately.
Result<std::vector<chart::TrackedFinding>> tracked_findings(Session& session,
                                                            const RecordId& record,
                                                            const chart::Group& recent) {
    const auto since = recent.complete_since.find(v1::KIND_DETECTED_ISSUE);
    const auto found = session.store.findings(
        record, since == recent.complete_since.end() ? Instant{INT64_MIN} : since->second);
    if (!found) return tl::unexpected(found.error());
    return chart::track(recent, *found);
}

Result<PatientRow> patient_row(Session& session, const RecordId& record) {
    PatientRow row;
    row.record = record;
    const auto meta = session.store.record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    row.made_here = *meta && (*meta)->made_here;
    const auto patients = session.store.resources(record, v1::KIND_PATIENT);
    if (!patients) return tl::unexpected(patients.error());
    for (const merge::Resource& resource : *patients) {
        if (!row.name.empty()) continue;
        const v1::Patient patient = shown_patient(resource);
        row.name = shown_name(patient);
        row.birth_date = patient.birth_date();
        const auto* name = resource.atom(v1::Patient::kNameFieldNumber);
        row.contested_name = name != nullptr && name->contested;
    }
    const auto findings = session.store.unresolved(record);
    if (!findings) return tl::unexpected(findings.error());
    for (const chart::TrackedFinding& tracked : *findings) {
        if (!is_open(session, tracked)) continue;
        ++row.open_findings;
        const int severity = static_cast<int>(tracked.finding.severity);
        if (row.worst_severity == 0 || severity < row.worst_severity) row.worst_severity = severity;
    }
    return row;
}

// An entry is bounded: a long list takes several.
Result<void> log_list(Session& session, const RecordId& unit, v1::Purpose purpose,
                      const std::string& reason, const std::vector<RecordId>& listed) {
    constexpr std::size_t k_listed_max = 600;
    std::size_t at = 0;
    do {
        const std::size_t end = std::min(listed.size(), at + k_listed_max);
        const std::vector<RecordId> part(listed.begin() + static_cast<std::ptrdiff_t>(at),
                                         listed.begin() + static_cast<std::ptrdiff_t>(end));
        if (auto logged = log_access(session, unit, purpose, reason, part); !logged) return logged;
        at = end;
    } while (at < listed.size());
    return {};
}

Result<PatientList> list_patients(Session& session, const Access& access) {
    if (auto allowed = check_reading(session, access, true); !allowed) {
        return tl::unexpected(allowed.error());
    }
    if (auto done = review_owed(session); !done) return tl::unexpected(done.error());
    const auto records = session.store.records();
    if (!records) return tl::unexpected(records.error());
    const RecordId unit = session.settings.unit_record();
    PatientList out;
    std::vector<RecordId> listed;
    for (const RecordId& record : *records) {
        if (record == unit) continue;
        const auto meta = session.store.record_meta(record);
        if (!meta) return tl::unexpected(meta.error());
        if (!*meta || (*meta)->not_here) continue;
        auto row = patient_row(session, record);
        if (!row) return tl::unexpected(row.error());
        listed.push_back(record);
        out.rows.push_back(std::move(*row));
    }
    std::sort(out.rows.begin(), out.rows.end(), [](const PatientRow& a, const PatientRow& b) {
        return std::tie(a.name, a.record) < std::tie(b.name, b.record);
    });
    out.age = data_age(session);
    const v1::Purpose purpose =
        access.purpose == Purpose::treatment ? v1::PURPOSE_LIST : purpose_of(access.purpose);
    if (auto logged = log_list(session, unit, purpose, access.reason, listed); !logged) {
        return tl::unexpected(logged.error());
    }
    return out;
}

std::optional<std::uint32_t> kind_named(std::string_view name) {
    for (const auto& schema : merge::all_kinds()) {
        if (schema.name == name) return schema.kind;
    }
    return std::nullopt;
}

Result<ChartView> show_chart(Session& session, const RecordId& record, const Access& access) {
    if (auto allowed = may_enter(session, record, access); !allowed) {
        return tl::unexpected(allowed.error());
    }
    const auto held = session.store.recent(record, recent_window(session));
    if (!held) return tl::unexpected(held.error());
    const chart::Group& group = **held;
    if (auto logged = log_chart(session, group.records, access); !logged) {
        return tl::unexpected(logged.error());
    }
    auto findings = tracked_findings(session, record, group);
    if (!findings) return tl::unexpected(findings.error());
    const chart::Chart chart =
        chart::make_chart(group, session.store.pack(), std::move(*findings), zone_of(session));
    ChartView view = chart_view(session, record, group, chart, data_age(session, group.records));
    const auto elsewhere = session.store.elsewhere(group.records);
    if (!elsewhere) return tl::unexpected(elsewhere.error());
    for (CompleteSince& part : view.complete_since) {
        const auto kind = kind_named(part.kind);
        const auto at = elsewhere->find(kind.value_or(0));
        if (at != elsewhere->end()) part.on_tablet_since = at->second;
    }
    return view;
}

Result<HistoryPage> page_of(Session& session, const RecordId& record, std::string_view kind_name,
                            const std::optional<HistoryMark>& before, std::size_t limit) {
    constexpr std::size_t k_page_most = 200;
    if (auto opened = require_opened(session, record); !opened) {
        return tl::unexpected(opened.error());
    }
    const auto kind = kind_named(kind_name);
    if (!kind || limit == 0) return fail(ErrorCode::invalid_argument, "history: kind or limit");
    if (auto done = review_owed(session); !done) return tl::unexpected(done.error());
    std::optional<store::HistoryMark> mark;
    if (before) mark = store::HistoryMark{before->moment, before->resource};
    auto part = session.store.history(record, *kind, mark, std::min(limit, k_page_most));
    if (!part) return tl::unexpected(part.error());
    auto findings = chart::track(part->group, part->findings);
    std::erase_if(findings, [&](const chart::TrackedFinding& one) {
        return !one.found_here && *kind != v1::KIND_DETECTED_ISSUE;
    });
    const chart::Chart chart =
        chart::make_chart(part->group, session.store.pack(), std::move(findings), zone_of(session));
    HistoryPage out;
    out.items =
        chart_view(session, record, part->group, chart, data_age(session, part->group.records));
    if (part->next) out.next = HistoryMark{part->next->moment, part->next->resource};
    out.on_tablet_since = part->elsewhere;
    return out;
}

Result<bool> reach_back(Session& session, const RecordId& record, Instant back_to) {
    if (auto opened = require_opened(session, record); !opened) {
        return tl::unexpected(opened.error());
    }
    const auto members = session.store.members(record);
    if (!members) return tl::unexpected(members.error());
    bool any = false;
    for (const RecordId& member : *members) {
        const auto more = session.store.reach_back(member, back_to);
        if (!more) return more;
        any = any || *more;
    }
    return any;
}

UnscheduledDose unscheduled(const chart::UnscheduledOrder& from, const DataAge& age,
                            Language language) {
    UnscheduledDose out;
    out.token = row_token(from.order, {from.prescription, static_cast<std::uint32_t>(from.dosage)},
                          {}, age);
    out.record = from.order.record;
    out.order = from.order.resource;
    out.medication = from.medication;
    out.text = clinical::shown_dosage(from.said, spoken(language));
    if (from.reason) out.reason = clinical::name(*from.reason);
    return out;
}

void add_last_given(const Session& session, const chart::Group& group, const chart::Taken& taken,
                    Instant now, UnscheduledDose& out) {
    const auto* order = group.find(out.record, out.order);
    if (order == nullptr) return;
    const auto doses = taken.of(chart::lineage_of(*order),
                                merge::operative_as<v1::MedicationRequest>(*order).prescription());
    if (doses.empty()) return;
    out.last_given = effective_shown(session, doses.front().said, doses.front().by);
    out.given_last_day = last_day_words(session, doses, now);
}

Result<void> add_allowances(Session& session, const chart::Group& group, const DataAge& age,
                            UnscheduledDose& out) {
    const auto* order = group.find(out.record, out.order);
    if (order == nullptr) return {};
    const auto said = merge::operative_as<v1::MedicationRequest>(*order);
    out.wants_allowance = wants_allowance(session, said.prescription());
    if (!out.wants_allowance) return {};
    auto items = allowance_items(session, group, *order, age);
    if (!items) return tl::unexpected(items.error());
    out.allowances = std::move(*items);
    return {};
}

// When the first of the slots that wait for the clock is in another state.
std::optional<Duration> next_due_in(const chart::Slots& slots, Instant now) {
    std::optional<Duration> first;
    for (const chart::SlotView& slot : slots.slots) {
        if (!slot.due || *slot.due == chart::DueState::overdue) continue;
        const Instant at = *slot.due == chart::DueState::upcoming
                               ? slot.slot.due.instant - slot.window
                               : slot.slot.due.instant + slot.window + Duration{1};
        if (!first || at - now < *first) first = at - now;
    }
    return first;
}

Result<DoseRound> round_of(Session& session, const RecordId& record, const LocalDate& date) {
    // A day without doses and a day that never comes are not to look alike.
    if (!base::parse_date(base::to_text(date))) {
        return fail(ErrorCode::malformed, "date: there is none such");
    }
    if (auto opened = require_opened(session, record); !opened) {
        return tl::unexpected(opened.error());
    }
    const auto recent = session.store.recent(record, recent_window(session));
    if (!recent) return tl::unexpected(recent.error());
    // Whatever the date: all that was ever said of its doses.
    const auto held =
        session.store.doses_of(**recent, chart::slots_on(**recent, date, zone_of(session)));
    if (!held) return tl::unexpected(held.error());
    const chart::Group& group = *held;
    const Instant now = best_now(session.platform, session.settings);
    const chart::Slots slots =
        chart::slots_for(group, session.store.pack(), date, zone_of(session), now);
    DoseRound out;
    out.date = date;
    out.age = data_age(session, group.records);
    out.whole = slots.whole;
    out.suspended = suspension(slots.death, session.language);
    out.changes_in = next_due_in(slots, now);
    if (const auto tier = next_tier_in(out.age);
        tier && (!out.changes_in || *tier < *out.changes_in)) {
        out.changes_in = tier;
    }
    const chart::AfterDoses after(**recent, chart::ClockNotes(**recent));
    for (const auto& slot : slots.slots)
        out.slots.push_back(dose_slot(session, slot, group, after, out.age));
    out.patches = patch_items(session, **recent, out.age);
    out.follow_ups = follow_up_items(session, **recent, out.age, now);
    if (const auto next = next_follow_up_in(session, out.follow_ups, now);
        next && (!out.changes_in || *next < *out.changes_in)) {
        out.changes_in = next;
    }
    // What was given lately is of now, whatever the date of the list.
    const bool any = !slots.as_needed.empty() || !slots.look_at.empty();
    const chart::Taken taken = any ? chart::Taken::in(**recent) : chart::Taken(**recent);
    const auto add = [&](const chart::UnscheduledOrder& order,
                         std::vector<UnscheduledDose>& to) -> Result<void> {
        UnscheduledDose& dose = to.emplace_back(unscheduled(order, out.age, session.language));
        add_last_given(session, **recent, taken, now, dose);
        return add_allowances(session, **recent, out.age, dose);
    };
    for (const auto& order : slots.as_needed) {
        if (auto added = add(order, out.as_needed); !added) return tl::unexpected(added.error());
    }
    for (const auto& order : slots.look_at) {
        if (auto added = add(order, out.look_at); !added) return tl::unexpected(added.error());
    }
    return out;
}

AccessLine access_line(const Session& session, const store::StoredAccess& stored) {
    v1::AccessEntry entry;
    entry.ParseFromString(stored.bytes);
    AccessLine out;
    out.record = stored.record;
    out.seq = stored.seq;
    out.person = base::from_bytes<PersonId>(entry.person()).value_or(PersonId{});
    out.person_name = person_name(session.settings, out.person);
    out.purpose = purpose_name(entry.purpose());
    out.reason = entry.reason();
    out.recorded = {Instant{entry.recorded().wall_ms()}, entry.recorded().offset_s(),
                    entry.recorded().zone()};
    for (const std::string& record : entry.listed()) {
        if (const auto id = base::from_bytes<RecordId>(record)) out.listed.push_back(*id);
    }
    out.acknowledged = stored.fate == store::Fate::stored || stored.fate == store::Fate::secured;
    return out;
}

}  // namespace

Result<PatientList> Device::my_patients(const Access& access) {
    return impl_->run([&](Session& session) { return list_patients(session, access); });
}

Result<ChartView> Device::open_chart(const RecordId& record, const Access& access) {
    return impl_->run([&](Session& session) { return show_chart(session, record, access); });
}

Result<HistoryPage> Device::history(const RecordId& record, std::string_view kind,
                                    const std::optional<HistoryMark>& before, std::size_t limit) {
    return impl_->run(
        [&](Session& session) { return page_of(session, record, kind, before, limit); });
}

Result<bool> Device::want_history(const RecordId& record, Instant back_to) {
    return impl_->run([&](Session& session) { return reach_back(session, record, back_to); });
}

Result<DoseRound> Device::doses_due(const RecordId& record, const LocalDate& date) {
    return impl_->run([&](Session& session) { return round_of(session, record, date); });
}

Result<std::vector<FindingItem>> Device::findings(const RecordId& record) {
    return impl_->run([&](Session& session) -> Result<std::vector<FindingItem>> {
        if (auto opened = require_opened(session, record); !opened) {
            return tl::unexpected(opened.error());
        }
        if (auto done = review_owed(session); !done) return tl::unexpected(done.error());
        const auto recent = session.store.recent(record, recent_window(session));
        if (!recent) return tl::unexpected(recent.error());
        const auto tracked = tracked_findings(session, record, **recent);
        if (!tracked) return tl::unexpected(tracked.error());
        std::vector<FindingItem> out;
        for (const auto& one : *tracked)
            out.push_back(finding_item(session, record, one, **recent));
        sort_by_severity(out);
        return out;
    });
}

Result<std::vector<AccessLine>> Device::access_entries(const RecordId& record) {
    return impl_->run([&](Session& session) -> Result<std::vector<AccessLine>> {
        const auto log = session.store.access_log(record);
        if (!log) return tl::unexpected(log.error());
        std::vector<AccessLine> out;
        for (const auto& stored : *log)
            out.push_back(access_line(session, stored));
        return out;
    });
}

Result<RecordId> Device::unit_record() const {
    return impl_->run(
        [](Session& session) -> Result<RecordId> { return session.settings.unit_record(); });
}

Result<std::vector<Nurse>> Device::directory_people() const {
    return impl_->run([](Session& session) -> Result<std::vector<Nurse>> {
        std::vector<Nurse> out;
        for (const v1::DirectoryPerson& person : session.settings.people) {
            const auto id = base::from_bytes<PersonId>(person.person());
            if (id && person.active()) out.push_back({*id, person.display(), person.role()});
        }
        return out;
    });
}

std::string Device::zone() const {
    const std::lock_guard guard(impl_->mutex);
    return impl_->open ? zone_of(impl_->platform, impl_->open->settings)
                       : impl_->platform.clock->zone();
}

Result<LocalDate> Device::today() const {
    return impl_->run([](Session& session) -> Result<LocalDate> {
        const auto now = best_local_now(session);
        if (!now) return tl::unexpected(now.error());
        return base::local_date(*now);
    });
}

void Device::set_language(Language language) {
    const std::lock_guard guard(impl_->mutex);
    impl_->language = language;
}

Device::Subscription Device::observe(std::function<void(const Event&)> callback) {
    auto state = std::make_shared<Subscription::State>();
    state->entry = impl_->observers.add(std::move(callback));
    return Subscription(std::move(state));
}

}  // namespace kari
