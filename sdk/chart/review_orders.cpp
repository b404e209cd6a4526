// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <vector>

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

v1::MedicationRequestStatus status_in(const std::string& value) {
    v1::MedicationRequest said;
    if (!said.ParseFromString(value)) said.Clear();
    return said.status();
}

// A dose beside the order that it was given from, and what the giver had seen of the order.
class GivenFromOrder {
public:
    GivenFromOrder(Case& the_case, const Given& given)
        : case_(the_case),
          given_(given),
          order_(*given.order),
          exposure_(*given.claims.exposure()),
          causality_(order_),
          taken_(the_case.clocks.effective(*exposure_.change)) {
        for (const auto& bytes : exposure_.said.request_version()) {
            if (const auto id = base::from_bytes<ChangeId>(bytes)) version_.push_back(*id);
        }
    }

    void review() {
        for (const auto& stop : writes_of(order_, k_order_status))
            review_stop(stop);
        const bool known = std::all_of(version_.begin(), version_.end(), [&](const auto& id) {
            return causality_.find(id) != nullptr;
        });
        if (order_.incomplete() || version_.empty()) return;
        if (!known) {
            case_.find("dose/unknown-order-version", v1::SEVERITY_S3, subject(),
                       {exposure_.change->id}, {given_.resource, &order_});
            return;
        }
        review_version();
    }

private:
    Subject subject() const { return Subject::pair(order_.id, given_.resource->id); }

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
        return states_own_time(change) ? case_.clocks.effective(change)
                                       : case_.clocks.recorded(change);
    }

    // Somebody who had seen the stop let it be given again, and the giver knew or it was before.
    bool lifted(const Write& stop) const {
        for (const auto& write : writes_of(order_, k_order_status)) {
            if (!write.effective || write.value.empty() || forbids(status_in(write.value))) {
                continue;
            }
            if (!causality_.saw(write.change->id, stop.change->id)) continue;
            if (causality_.covers(version_, write.change->id) ||
                when(*write.change).latest <= taken_.earliest) {
                return true;
            }
        }
        return false;
    }

    void review_stop(const Write& stop) {
        const auto status = status_in(stop.value);
        if (!stop.effective || !forbids(status)) return;
        const bool knew = causality_.covers(version_, stop.change->id);
        const bool after = taken_.latest >= when(*stop.change).earliest ||
                           (knew && !states_own_time(*stop.change));
        if (!after || lifted(stop)) return;
        auto severity =
            status == v1::MEDICATION_REQUEST_STATUS_COMPLETED ? v1::SEVERITY_S2 : v1::SEVERITY_S1;
        const auto& overrides = exposure_.said.override();
        const bool meant = std::any_of(overrides.begin(), overrides.end(), [](const auto& each) {
            return each.rule() == "dose/given-after-stop" && !each.reason().empty();
        });
        if (knew && meant) severity = v1::SEVERITY_S4;
        case_.find("dose/given-after-stop", severity, subject(),
                   {stop.change->id, exposure_.change->id}, {given_.resource, &order_});
    }

    void review_version() {
        const auto writes = writes_of(order_, k_order_prescription);
        const Write* known = nullptr;  // what the giver went by
        for (const auto& write : writes) {
            if (!write.effective || !causality_.covers(version_, write.change->id)) continue;
            const auto newness = [](const Write& of) {
                return std::pair(of.change->header.tick(), of.change->id);
            };
            if (known == nullptr || newness(*known) < newness(write)) known = &write;
        }
        for (const auto& write : writes) {
            if (!write.effective || causality_.covers(version_, write.change->id)) continue;
            if (known != nullptr && known->value == write.value) continue;
            if (when(*write.change).earliest > taken_.latest) continue;
            case_.find("dose/outdated-order", v1::SEVERITY_S2, subject(),
                       {write.change->id, exposure_.change->id}, {given_.resource, &order_});
        }
    }

    Case& case_;
    const Given& given_;
    const GroupResource& order_;
    const Claim& exposure_;
    Causality causality_;
    Span taken_;
    std::vector<ChangeId> version_;
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

}  // namespace

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
}

}  // namespace kari::chart
