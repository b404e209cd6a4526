// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/slots.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sdk/chart/exposure.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

// A dose is given, or written down, at most so long before its slot.
constexpr Duration k_given_early = Duration::hours(7 * 24);
constexpr Duration k_window_critical = Duration::minutes(30);
constexpr Duration k_window_several = Duration::minutes(60);
constexpr Duration k_window_daily = Duration::minutes(120);

// What one administration says of one slot.
struct Event {
    SlotState state = SlotState::none;
    Version administration;
    v1::Administration said;  // the statement that says so
    bool counts = false;      // as exposure
    std::string change;       // its id, as other statements name it
};

// Another attempt, of which each that was taken says that it follows what had not been.
bool all_follow(const std::vector<Event>& events) {
    return std::all_of(events.begin(), events.end(), [&](const Event& left) {
        if (left.state != SlotState::not_done) return true;
        return std::all_of(events.begin(), events.end(), [&](const Event& taken) {
            const auto& follows = taken.said.follows();
            return !taken.counts ||
                   std::find(follows.begin(), follows.end(), left.change) != follows.end();
        });
    });
}

Event event_of(const GroupResource& resource, const Claims& claims, const std::string& slot) {
    const auto live = [&](auto predicate) -> const Claim* {
        for (const auto& claim : claims.all) {
            if (claim.live && claim.said.slot() == slot && predicate(claim.said.status()))
                return &claim;
        }
        return nullptr;
    };
    const Claim* given = live(says_taken);
    const Claim* refused = live([](v1::AdministrationStatus status) {
        return status == v1::ADMINISTRATION_STATUS_NOT_DONE;
    });
    const Claim* exposure = claims.exposure();
    Event event;
    event.administration = item_of(resource).version;
    event.counts = exposure != nullptr && exposure->said.slot() == slot;
    if (given != nullptr) {
        event.state = SlotState::given;
    } else if (event.counts) {
        event.state = SlotState::contested;
    } else if (refused != nullptr) {
        event.state = SlotState::not_done;
    }
    if (const Claim* speaks = event.counts ? exposure : given != nullptr ? given : refused)
        event.said = speaks->said;
    if (refused != nullptr) event.change = base::to_bytes(refused->change->id);
    return event;
}

// Everything that names a slot, by the slot's bytes; what counts as taken is noted in `taken`.
std::map<std::string, std::vector<Event>> events_of(const Group& group, Taken& taken) {
    std::map<std::string, std::vector<Event>> events;
    const ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const Claims claims = claims_of(resource, clocks);
        taken.add(resource, claims);
        std::vector<std::string> slots;
        for (const auto& claim : claims.all) {
            if (!claim.said.slot().empty()) slots.push_back(claim.said.slot());
        }
        std::sort(slots.begin(), slots.end());
        slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
        for (const auto& slot : slots) {
            Event event = event_of(resource, claims, slot);
            if (event.state != SlotState::none) events[slot].push_back(std::move(event));
        }
    }
    return events;
}

// Whether the doses of an order are to be looked for at all.
bool opens_slots(v1::MedicationRequestStatus status) {
    return status == v1::MEDICATION_REQUEST_STATUS_ACTIVE ||
           status == v1::MEDICATION_REQUEST_STATUS_UNKNOWN ||
           status == v1::MEDICATION_REQUEST_STATUS_UNSPECIFIED;
}

Duration window_of(const OrderView& order, std::size_t doses_that_day) {
    if (order.critical) return k_window_critical;
    return doses_that_day > 1 ? k_window_several : k_window_daily;
}

// What an order says of a slot. The orders of one lineage and the sides of a contested one have
// their slots in common.
struct Row {
    SlotView view;
    bool open = false;
    // Whether the statements that give the slot its state name the order, and whether their
    // author had seen this prescription of it.
    bool named = false;
    bool seen = false;

    bool taken() const { return view.state >= SlotState::contested; }
};

// Who gave it said which order it was given from. Until then it is the open order that counts:
// what was refused by the order before may be given by this one.
bool speaks_before(const Row& a, const Row& b) {
    const auto rank = [](const Row& row) {
        return row.taken() ? std::tuple(row.named, row.seen, row.open)
                           : std::tuple(row.open, row.named, row.seen);
    };
    return rank(a) > rank(b);
}

class Day {
public:
    Day(const Group& group, const LocalDate& date, std::string_view zone,
        const std::optional<Instant>& now, const clinical::DayParts& day_parts)
        : group_(group),
          zone_(zone),
          now_(now),
          day_parts_(day_parts),
          taken_(group),
          events_(events_of(group, taken_)) {
        out_.date = date;
        out_.whole = group.whole();
        out_.death = death_of(group);
    }

    void add(const OrderView& order) {
        if (!order.editable()) out_.whole = false;
        const bool open = opens_slots(order.status);
        for (const auto& prescription : order.prescriptions)
            add(order, prescription, open);
    }

    Slots take() {
        std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
            if (a.view.slot.id != b.view.slot.id) return a.view.slot.id < b.view.slot.id;
            return speaks_before(a, b);
        });
        for (auto& row : rows_) {
            const bool another =
                out_.slots.empty() || out_.slots.back().slot.id != row.view.slot.id;
            // Of several that are open no one is chosen before a dose is taken.
            if (another || (row.open && !row.taken())) out_.slots.push_back(std::move(row.view));
        }
        std::sort(out_.slots.begin(), out_.slots.end(), [](const SlotView& a, const SlotView& b) {
            return std::tie(a.slot.due.instant, a.slot.nominal, a.slot.ordinal, a.slot.id) <
                   std::tie(b.slot.due.instant, b.slot.nominal, b.slot.ordinal, b.slot.id);
        });
        return std::move(out_);
    }

private:
    void add(const OrderView& order, const Statement<v1::Prescription>& statement, bool open) {
        const v1::Prescription& prescription = statement.value;
        const auto expansion =
            clinical::expand(order.lineage, prescription, out_.date, zone_, day_parts_);
        std::string name = clinical::shown(prescription.medication());
        if (name.empty()) name = prescription.medication_reference().display();
        for (const auto& slot : expansion.slots) {
            auto view = view_of(order, slot);
            if (view.cannot_tell) out_.whole = false;
            if (!open && view.state == SlotState::none) continue;
            view.prescription = statement.by.change;
            view.medication = name;
            view.dosage = prescription.dosage(static_cast<int>(slot.dosage));
            view.elsewhere = taken_.beside(slot, order.lineage, prescription, zone_, day_parts_);
            view.may_give = view.may_give && view.elsewhere.empty();
            view.window = window_of(order, expansion.slots.size());
            if (now_ && open && view.state == SlotState::none && !view.cannot_tell &&
                !view.suspended) {
                view.due = due_state(view);
            }
            Row row;
            row.view = std::move(view);
            row.open = open;
            add_names(row, statement.by.change);
            rows_.push_back(std::move(row));
        }
        if (!open) return;
        for (const auto& unclear : expansion.unclear) {
            UnscheduledOrder look{order.version,  statement.by.change, name,
                                  unclear.dosage, unclear.reason,      {}};
            if (unclear.dosage < static_cast<std::size_t>(prescription.dosage_size())) {
                look.said = prescription.dosage(static_cast<int>(unclear.dosage));
            }
            out_.look_at.push_back(std::move(look));
        }
        for (const auto index : expansion.as_needed) {
            out_.as_needed.push_back(
                UnscheduledOrder{order.version, statement.by.change, name, index, std::nullopt,
                                 prescription.dosage(static_cast<int>(index))});
        }
    }

    SlotView view_of(const OrderView& order, const clinical::DoseSlot& slot) const {
        SlotView view;
        view.slot = slot;
        view.order = order.version;
        view.critical = order.critical;
        view.order_status = order.status;
        view.order_contested = order.dose_contested;
        bool refused = false;
        std::size_t taken = 0;
        const auto events = events_.find(base::to_bytes(slot.id));
        if (events != events_.end()) {
            for (const auto& event : events->second) {
                view.state = std::max(view.state, event.state);
                view.administrations.push_back(event.administration);
                refused = refused || event.state == SlotState::not_done;
                if (event.counts) ++taken;
            }
        }
        view.possible_double = taken > 1;
        view.given_and_not_given = refused && taken > 0 && !all_follow(events->second);
        view.cannot_tell = view.state == SlotState::none && !reaches(slot);
        view.suspended = view.state == SlotState::none && out_.death != Death::not_told;
        view.may_give = order.status == v1::MEDICATION_REQUEST_STATUS_ACTIVE && order.editable() &&
                        !order.dose_contested && view.state < SlotState::contested &&
                        !view.cannot_tell && out_.death == Death::not_told;
        return view;
    }

    void add_names(Row& row, const ChangeId& prescription) const {
        const Version& order = row.view.order;
        const auto* resource = group_.find(order.record, order.resource);
        const auto events = events_.find(base::to_bytes(row.view.slot.id));
        if (resource == nullptr || events == events_.end()) return;
        const Causality causality(*resource);
        for (const auto& event : events->second) {
            if (event.state != row.view.state ||
                event.said.request().resource() != base::to_bytes(order.resource)) {
                continue;
            }
            row.named = true;
            for (const auto& bytes : event.said.request_version()) {
                const auto version = base::from_bytes<ChangeId>(bytes);
                row.seen = row.seen || (version && causality.saw(*version, prescription));
            }
        }
    }

    bool reaches(const clinical::DoseSlot& slot) const {
        return group_.reaches(v1::KIND_MEDICATION_ADMINISTRATION,
                              slot.due.instant - k_given_early) ||
               std::binary_search(group_.whole_slots.begin(), group_.whole_slots.end(), slot.id);
    }

    DueState due_state(const SlotView& view) const {
        if (*now_ < view.slot.due.instant - view.window) return DueState::upcoming;
        return *now_ > view.slot.due.instant + view.window ? DueState::overdue : DueState::due;
    }

    const Group& group_;
    std::string_view zone_;
    std::optional<Instant> now_;
    const clinical::DayParts& day_parts_;
    Taken taken_;
    std::map<std::string, std::vector<Event>> events_;
    std::vector<Row> rows_;
    Slots out_;
};

}  // namespace

std::vector<SlotId> slots_on(const Group& group, const LocalDate& date, std::string_view zone,
                             const clinical::DayParts& day_parts) {
    std::vector<SlotId> ids;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_REQUEST) continue;
        const auto lineage = lineage_of(resource);
        const auto* atom = resource.atom(k_order_prescription);
        for (const auto& write : atom == nullptr ? std::vector<merge::AtomWrite>{} : atom->live) {
            const auto said = merge::value_as<v1::MedicationRequest>(resource, write);
            const auto expansion =
                clinical::expand(lineage, said.prescription(), date, zone, day_parts);
            for (const auto& slot : expansion.slots)
                ids.push_back(slot.id);
        }
    }
    return ids;
}

Slots slots_for(const Group& group, const clinical::KnowledgePack& pack, const LocalDate& date,
                std::string_view zone, const std::optional<Instant>& now,
                const clinical::DayParts& day_parts) {
    Day day(group, date, zone, now, day_parts);
    for (const auto& order : orders_of(group, pack))
        day.add(order);
    return day.take();
}

}  // namespace kari::chart
