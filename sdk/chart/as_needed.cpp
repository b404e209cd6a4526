// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/as_needed.hpp"

#include <algorithm>
#include <cstdlib>

#include "sdk/base/id.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/as_needed.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/same_drug.hpp"

namespace kari::chart {
namespace {

// Every prescription that anybody wrote of an order.
std::vector<v1::Prescription> prescriptions_of(const GroupResource& order) {
    std::vector<v1::Prescription> out;
    for (const auto& write : writes_of(order, k_order_prescription))
        out.push_back(said_by<v1::MedicationRequest>(*write.change).prescription());
    return out;
}

}  // namespace

std::optional<Duration> as_needed_reach(const GroupResource& order) {
    std::optional<Duration> out;
    for (const auto& prescription : prescriptions_of(order)) {
        const auto reach = clinical::as_needed_reach(prescription);
        if (reach) out = std::max(out.value_or(Duration{}), *reach);
    }
    return out;
}

RoughTimes::RoughTimes(const Group& group) {
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_TIME_NOTE) continue;
        for (const auto& change : resource.history) {
            const auto note = said_by<v1::TimeNote>(*change).note();
            const auto off = std::abs(in_reach(note.server_minus_device_ms())) +
                             static_cast<std::int64_t>(note.uncertainty_ms());
            auto& most = clocks_[{note.incarnation(), note.boot()}];
            most = std::max(most, off);
        }
    }
}

Span RoughTimes::of(const GroupResource& dose) const {
    std::optional<Span> out;
    for (const auto& change : dose.history) {
        const auto& header = change->header;
        const auto clock = clocks_.find({header.incarnation(), header.recorded().boot()});
        const Duration off{(clock == clocks_.end() ? 0 : clock->second) +
                           std::abs(in_reach(header.recorded().server_minus_wall_ms()))};
        const auto take = [&](std::int64_t ms) {
            const Instant at{in_reach(ms)};
            if (!out) out = Span{at - off, at + off};
            out->earliest = std::min(out->earliest, at - off);
            out->latest = std::max(out->latest, at + off);
        };
        take(header.recorded().wall_ms());
        if (!header.has_effective()) continue;
        take(header.effective().start_ms());
        take(header.effective().end_ms());
    }
    return out.value_or(Span{});
}

bool are_near(const Span& a, const Span& b, Duration reach) {
    return a.earliest <= b.latest + reach && b.earliest <= a.latest + reach;
}

NeededOrders::NeededOrders(const Group& group) : group_(group) {
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_REQUEST) continue;
        const auto reach = as_needed_reach(resource);
        if (!reach) continue;
        reach_ = std::max(reach_, *reach);
        orders_.push_back(resource.id);
        for (const auto& one : prescriptions_of(resource))
            drugs_.push_back(clinical::drug_of(one.medication(), one.medication_reference()));
    }
    std::sort(orders_.begin(), orders_.end());
}

bool NeededOrders::concern_drug(const v1::CodeableConcept& drug) const {
    return std::any_of(drugs_.begin(), drugs_.end(), [&](const v1::CodeableConcept& of) {
        return clinical::same_drug(drug, of);
    });
}

bool NeededOrders::concern_order(const GroupResource& order) const {
    if (std::binary_search(orders_.begin(), orders_.end(), order.id)) return true;
    const auto all = prescriptions_of(order);
    return std::any_of(all.begin(), all.end(), [&](const v1::Prescription& one) {
        return concern_drug(clinical::drug_of(one.medication(), one.medication_reference()));
    });
}

bool NeededOrders::concern(const GroupResource& resource) const {
    if (orders_.empty()) return false;
    if (resource.kind == v1::KIND_MEDICATION_REQUEST) return concern_order(resource);
    if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) return false;
    return std::any_of(
        resource.history.begin(), resource.history.end(), [&](const ChangePtr& change) {
            const auto said = said_by<v1::MedicationAdministration>(*change).administration();
            const auto drug = clinical::drug_of(said.medication(), said.medication_reference());
            if (!clinical::shown(drug).empty() && concern_drug(drug)) return true;
            const auto id = base::from_bytes<ResourceId>(said.request().resource());
            const auto* order = id ? group_.find(*id) : nullptr;
            return order != nullptr && order->kind == v1::KIND_MEDICATION_REQUEST &&
                   concern_order(*order);
        });
}

namespace {

// What was touched of such medicine, as moments near which doses are looked at.
class Touched {
public:
    Touched(const Group& group, const std::vector<ResourceId>& touched)
        : needed_(group), times_(group) {
        if (needed_.reach() == Duration{}) return;
        std::vector<std::string> orders;  // as doses name them
        for (const auto& resource : group.resources) {
            if (!std::binary_search(touched.begin(), touched.end(), resource.id) ||
                !needed_.concern(resource)) {
                continue;
            }
            if (resource.kind == v1::KIND_MEDICATION_REQUEST) {
                orders.push_back(base::to_bytes(resource.id));
            } else {
                moments_.push_back(times_.of(resource));
            }
        }
        if (orders.empty()) return;
        for (const auto& resource : group.resources) {
            if (resource.kind == v1::KIND_MEDICATION_ADMINISTRATION && names(resource, orders)) {
                moments_.push_back(times_.of(resource));
            }
        }
    }
    const std::vector<Span>& moments() const { return moments_; }
    Duration reach() const { return needed_.reach(); }

    // The doses near a moment, whose own times are moments from then on.
    std::vector<ResourceId> widen(const Group& group) {
        std::vector<ResourceId> out;
        std::vector<Span> found;
        for (const auto& resource : group.resources) {
            if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
            const Span at = times_.of(resource);
            const bool near = std::any_of(moments_.begin(), moments_.end(), [&](const Span& other) {
                return are_near(at, other, reach());
            });
            if (!near || !needed_.concern(resource)) continue;
            out.push_back(resource.id);
            found.push_back(at);
        }
        moments_ = std::move(found);
        std::sort(out.begin(), out.end());
        return out;
    }

private:
    static bool names(const GroupResource& dose, const std::vector<std::string>& orders) {
        return std::any_of(dose.history.begin(), dose.history.end(), [&](const ChangePtr& change) {
            return std::any_of(orders.begin(), orders.end(), [&](const std::string& id) {
                return change->body.resource().find(id) != std::string::npos;
            });
        });
    }

    NeededOrders needed_;
    RoughTimes times_;
    std::vector<Span> moments_;
};

}  // namespace

std::vector<ResourceId> doses_near(const Group& group, const std::vector<ResourceId>& touched,
                                   int times) {
    std::vector<ResourceId> out;
    Touched about(group, touched);
    for (int i = 0; i < times && !about.moments().empty(); ++i)
        out = about.widen(group);
    return out;
}

std::optional<Instant> doses_near_since(const Group& group, const std::vector<ResourceId>& touched,
                                        int times) {
    Touched about(group, touched);
    for (int i = 0; i < times; ++i)
        about.widen(group);
    std::optional<Instant> out;
    for (const Span& one : about.moments())
        out = out ? std::min(*out, one.earliest) : one.earliest;
    return out ? std::optional(*out - about.reach()) : std::nullopt;
}

}  // namespace kari::chart
