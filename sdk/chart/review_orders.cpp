// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "sdk/chart/active_orders.hpp"
#include "sdk/chart/alike.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

// By which status a drug is not to be given. Unspecified: it may.
bool forbids(v1::MedicationRequestStatus status) {
    switch (status) {
        case v1::MEDICATION_REQUEST_STATUS_STOPPED:
        case v1::MEDICATION_REQUEST_STATUS_CANCELLED:
        case v1::MEDICATION_REQUEST_STATUS_ON_HOLD:
        case v1::MEDICATION_REQUEST_STATUS_COMPLETED:
        case v1::MEDICATION_REQUEST_STATUS_ENTERED_IN_ERROR:
            return true;
        default:
            return false;
    }
}

bool is_restrictive(v1::MedicationRequestStatus status) {
    return status == v1::MEDICATION_REQUEST_STATUS_STOPPED ||
           status == v1::MEDICATION_REQUEST_STATUS_CANCELLED ||
           status == v1::MEDICATION_REQUEST_STATUS_ON_HOLD;
}

v1::MedicationRequest order_in(const std::string& value) {
    v1::MedicationRequest said;
    if (!said.ParseFromString(value)) said.Clear();
    return said;
}

v1::MedicationRequestStatus status_in(const std::string& value) {
    return order_in(value).status();
}

// By its status, or because what it orders is that the drug is not given.
bool forbids(const std::string& value) {
    const auto said = order_in(value);
    return forbids(said.status()) || said.prescription().do_not_perform();
}

// An order beside the version of it that a giver saw.
class SeenOrder {
public:
    SeenOrder(const GroupResource& order, const v1::Administration& said, const ClockNotes& clocks)
        : order_(order), clocks_(clocks), causality_(order) {
        for (const auto& bytes : said.request_version()) {
            if (const auto id = base::from_bytes<ChangeId>(bytes)) version_.push_back(*id);
        }
    }

    // When a change of the order took place. A time that another change of the order states as
    // well is the order's own date, not that of the change.
    bool states_own_time(const merge::Change& change) const {
        if (!ClockNotes::states_time(change) || change.parents.empty()) return false;
        return std::none_of(order_.history.begin(), order_.history.end(), [&](const auto& other) {
            return other->id != change.id && ClockNotes::states_time(*other) &&
                   other->header.effective().start_ms() == change.header.effective().start_ms();
        });
    }
    Span when(const merge::Change& change) const {
        return states_own_time(change) ? clocks_.effective(change) : clocks_.recorded(change);
    }

    bool knew(const merge::Change& change) const { return causality_.covers(version_, change.id); }
    // Nothing can be said of a version that is not stated, or of an order that is not all here.
    bool has_version() const { return !order_.incomplete() && !version_.empty(); }
    bool has_known_version() const {
        return std::all_of(version_.begin(), version_.end(),
                           [&](const auto& id) { return causality_.find(id) != nullptr; });
    }

    // By status first.
    std::vector<Write> stops() const {
        std::vector<Write> out;
        for (const auto atom : {k_order_status, k_order_prescription}) {
            for (auto& write : writes_of(order_, atom)) {
                if (write.effective && forbids(write.value)) out.push_back(std::move(write));
            }
        }
        return out;
    }
    // Who had seen the stop and let it be given again.
    std::vector<Write> lifts_of(const Write& stop) const {
        const bool by_status = forbids(status_in(stop.value));
        auto writes = writes_of(order_, by_status ? k_order_status : k_order_prescription);
        std::erase_if(writes, [&](const Write& write) {
            return !write.effective || write.value.empty() || forbids(write.value) ||
                   !causality_.saw(write.change->id, stop.change->id);
        });
        return writes;
    }
    // Prescriptions in effect, in other words than the giver's and not seen by the giver.
    std::vector<Write> unseen_prescriptions() const {
        auto writes = writes_of(order_, k_order_prescription);
        const Write* known = nullptr;  // what the giver went by
        const auto newness = [](const Write& of) {
            return std::pair(of.change->header.tick(), of.change->id);
        };
        for (const auto& write : writes) {
            if (!write.effective || !knew(*write.change)) continue;
            if (known == nullptr || newness(*known) < newness(write)) known = &write;
        }
        const std::optional<std::string> words =
            known == nullptr ? std::nullopt : std::optional(known->value);
        std::erase_if(writes, [&](const Write& write) {
            return !write.effective || knew(*write.change) || write.value == words ||
                   forbids(write.value);  // a stop, which says more
        });
        return writes;
    }
    // Whatever the time of the dose: who gave it had seen the stop.
    bool always_after(const Write& stop) const {
        return knew(*stop.change) && !states_own_time(*stop.change);
    }

    std::optional<Instant> found_from() const {
        std::optional<Instant> from;
        const auto take = [&](Instant at) {
            from = from ? std::min(*from, at) : at;
        };
        for (const auto& stop : stops()) {
            const auto lifts = lifts_of(stop);
            const bool knew_lift = std::any_of(
                lifts.begin(), lifts.end(), [&](const Write& lift) { return knew(*lift.change); });
            if (knew_lift) continue;
            take(always_after(stop) ? k_ever : when(*stop.change).earliest);
        }
        if (!has_version()) return from;
        if (!has_known_version()) return k_ever;
        for (const auto& write : unseen_prescriptions())
            take(when(*write.change).earliest);
        return from;
    }

private:
    static constexpr Instant k_ever{INT64_MIN};
    const GroupResource& order_;
    const ClockNotes& clocks_;
    Causality causality_;
    std::vector<ChangeId> version_;
};

// A dose beside the order that it was given from, and what the giver had seen of the order.
class GivenFromOrder {
public:
    GivenFromOrder(Case& the_case, const Given& given)
        : case_(the_case),
          given_(given),
          order_(*given.order),
          exposure_(*given.claims.exposure()),
          seen_(order_, exposure_.said, the_case.clocks),
          taken_(given.claims.taken(the_case.clocks)) {}

    void review() {
        const auto from = seen_.found_from();
        if (!from || taken_.latest < *from) return;
        for (const auto& stop : seen_.stops())
            review_stop(stop);
        if (!seen_.has_version()) return;
        if (!seen_.has_known_version()) {
            case_.find("dose/unknown-order-version", v1::SEVERITY_S3, subject(),
                       {exposure_.change->id}, {given_.resource, &order_});
            return;
        }
        for (const auto& write : seen_.unseen_prescriptions()) {
            if (seen_.when(*write.change).earliest > taken_.latest) continue;
            case_.find("dose/outdated-order", v1::SEVERITY_S2, subject(),
                       {write.change->id, exposure_.change->id}, {given_.resource, &order_});
        }
    }

private:
    Subject subject() const { return Subject::pair(order_.id, given_.resource->id); }

    // Somebody who had seen the stop let it be given again, and the giver knew or it was before.
    bool lifted(const Write& stop) const {
        const auto lifts = seen_.lifts_of(stop);
        return std::any_of(lifts.begin(), lifts.end(), [&](const Write& lift) {
            return seen_.knew(*lift.change) || seen_.when(*lift.change).latest <= taken_.earliest;
        });
    }

    void review_stop(const Write& stop) {
        const bool after =
            taken_.latest >= seen_.when(*stop.change).earliest || seen_.always_after(stop);
        if (!after || lifted(stop)) return;
        auto severity = status_in(stop.value) == v1::MEDICATION_REQUEST_STATUS_COMPLETED
                            ? v1::SEVERITY_S2
                            : v1::SEVERITY_S1;
        const auto& overrides = exposure_.said.override();
        const bool meant = std::any_of(overrides.begin(), overrides.end(), [](const auto& each) {
            return each.rule() == "dose/given-after-stop" && !each.reason().empty();
        });
        if (seen_.knew(*stop.change) && meant) severity = v1::SEVERITY_S4;
        case_.find("dose/given-after-stop", severity, subject(),
                   {stop.change->id, exposure_.change->id}, {given_.resource, &order_});
    }

    Case& case_;
    const Given& given_;
    const GroupResource& order_;
    const Claim& exposure_;
    SeenOrder seen_;
    Span taken_;
};

bool is_critical(const GroupResource& order, const clinical::KnowledgePack& pack) {
    for (const auto& write : writes_of(order, k_order_prescription)) {
        const auto said = said_by<v1::MedicationRequest>(*write.change).prescription();
        for (const auto& atc : clinical::atc_codes(said.medication())) {
            if (pack.is_critical(atc)) return true;
        }
    }
    return false;
}

bool somebody_saw_both(const GroupResource& order, const ChangeId& a, const ChangeId& b) {
    const Causality causality(order);
    return std::any_of(order.heads.begin(), order.heads.end(), [&](const ChangeId& head) {
        return causality.saw(head, a) && causality.saw(head, b);
    });
}

// One head stopped the order, another changed what is to be given.
void review_stop_beside_change(Case& the_case, const GroupResource& order) {
    const auto* status = order.atom(k_order_status);
    const auto* prescription = order.atom(k_order_prescription);
    if (!order.forked() || status == nullptr || prescription == nullptr) return;
    std::vector<merge::AtomWrite> edits = prescription->live;
    edits.insert(edits.end(), prescription->pending.begin(), prescription->pending.end());
    const auto severity = is_critical(order, the_case.pack) ? v1::SEVERITY_S1 : v1::SEVERITY_S2;
    for (const auto& stop : status->live) {
        if (!is_restrictive(status_in(stop.value))) continue;
        for (const auto& edit : edits) {
            if (somebody_saw_both(order, stop.change, edit.change)) continue;
            the_case.find("merge/order-stop-beside-change", severity, Subject::resource(order.id),
                          {stop.change, edit.change}, {&order});
        }
    }
}

// A proposal whose author had not seen the value that is in effect.
void review_stale_proposals(Case& the_case, const GroupResource& order) {
    const Causality causality(order);
    for (const auto& atom : order.atoms) {
        for (const auto& proposal : atom.pending) {
            for (const auto& live : atom.live) {
                if (live.value == proposal.value || causality.saw(proposal.change, live.change)) {
                    continue;
                }
                the_case.find("order/stale-proposal", v1::SEVERITY_S2,
                              Subject::atom(order.id, atom.number), {proposal.change, live.change},
                              {&order});
            }
        }
    }
}

// The drugs of an order, as ATC codes of the last level.
std::set<std::string> drugs_of(const GroupResource& order) {
    constexpr std::size_t k_substance = 7;
    std::set<std::string> out;
    for (auto& code : ordered_codes(order)) {
        if (code.size() == k_substance) out.insert(std::move(code));
    }
    return out;
}

struct ActiveOrder {
    const GroupResource* resource = nullptr;
    ResourceId lineage;
    Giving giving = Giving::unclear;
    bool verbal = false;
};

// A fixed dose and more of it when needed is how pain is treated: whoever ordered the one meant the
// other. What both come to in a day is still to be looked at.
v1::Severity severity_of(const ActiveOrder& a, const ActiveOrder& b) {
    return one_as_needed(a.giving, b.giving) ? v1::SEVERITY_S3 : v1::SEVERITY_S2;
}

// Ordered anew while the order before has not ended here: doses of one are no slots of the other,
// so both would be given.
void review_one_drug(Case& the_case, const ActiveOrder& a, const ActiveOrder& b) {
    // Of two by phone another rule speaks.
    if (!the_case.asks(a.resource, b.resource) || a.lineage == b.lineage ||
        (a.verbal && b.verbal) || !may_be_at_once(*a.resource, *b.resource)) {
        return;
    }
    auto inputs = standing_in(*a.resource);
    for (const auto& input : standing_in(*b.resource))
        inputs.push_back(input);
    the_case.find("order/possible-duplicate", severity_of(a, b),
                  Subject::pair(a.resource->id, b.resource->id), inputs, {a.resource, b.resource});
}

void review_lineages(Case& the_case) {
    if (the_case.orders.empty()) return;  // none is asked about
    std::vector<ActiveOrder> active;
    AlikeKeys drugs;
    for (const auto* order : the_case.of(v1::KIND_MEDICATION_REQUEST)) {
        // Doses are given by what was taken down by phone, before anybody has answered.
        const bool verbal = !order->incomplete() && is_verbal_order(*order);
        if (!verbal && !is_active(*order)) continue;
        active.push_back(
            {order, lineage_of(*order), giving_of(standing_prescriptions(*order)), verbal});
        drugs.push_back(drugs_of(*order));
    }
    each_alike(drugs, [&](std::size_t a, std::size_t b) {
        review_one_drug(the_case, active[a], active[b]);
    });
}

}  // namespace

std::optional<Instant> found_from(const GroupResource& order, const Claim& exposure,
                                  const Case& the_case) {
    return SeenOrder(order, exposure.said, the_case.clocks).found_from();
}

void review_orders(Case& the_case) {
    for (const auto& given : the_case.given) {
        if (given.order == nullptr || given.claims.exposure() == nullptr ||
            !the_case.asks(given.order, given.resource)) {
            continue;
        }
        GivenFromOrder(the_case, given).review();
    }
    for (const auto* order : the_case.orders) {
        if (order->incomplete()) continue;
        review_stop_beside_change(the_case, *order);
        review_stale_proposals(the_case, *order);
    }
    review_lineages(the_case);
}

}  // namespace kari::chart
