// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sdk/chart/exposure.hpp"
#include "sdk/chart/view.hpp"
#include "sdk/clinical/schedule.hpp"

namespace kari::chart {

// A dose that counts as taken.
struct TakenDose {
    Version administration;
    v1::Administration said;  // the statement that counts
    Authorship by;
    Span when;
};

// What was taken of a medicine, by whatever order and slot, as far as it is here. Nothing is taken
// for something else because of it: a dose that names no slot closes none.
class Taken {
public:
    // Empty until something is added. The group must outlive it.
    explicit Taken(const Group& group) : group_(group), clocks_(group) {}
    static Taken in(const Group& group);
    void add(const GroupResource& administration, const Claims& claims);

    // Of the order's lineage, or of its drug by any order or none; the newest first.
    std::vector<TakenDose> of(const ResourceId& lineage,
                              const v1::Prescription& prescription) const;
    // Which of them may lie in the 24 hours before.
    std::vector<ResourceId> within_day(const ResourceId& lineage,
                                       const v1::Prescription& prescription, Instant before) const;
    // Those of them that name no slot and may lie in this slot's own time (nearest_to).
    std::vector<TakenDose> beside(
        const clinical::DoseSlot& slot, const ResourceId& lineage,
        const v1::Prescription& prescription, std::string_view zone,
        const clinical::DayParts& day_parts = clinical::default_day_parts()) const;

private:
    struct Known {
        TakenDose dose;
        std::optional<ResourceId> lineage;  // of the order that it names
        v1::CodeableConcept drug;
    };
    static bool is_of(const Known& known, const ResourceId& lineage,
                      const v1::CodeableConcept& drug);

    const Group& group_;
    ClockNotes clocks_;
    std::vector<Known> all_;
};

// The time that is a slot's own: half-way to the doses of the prescription before and after it, of
// the first and the last of a course as far on the other side, of a lone one half a week either
// way.
Span nearest_to(const clinical::DoseSlot& slot, const ResourceId& lineage,
                const v1::Prescription& prescription, std::string_view zone,
                const clinical::DayParts& day_parts = clinical::default_day_parts());

// The slot of that id among the doses of a prescription, a month either way of a date; nothing
// when it is none of them.
std::optional<clinical::DoseSlot> slot_around(const SlotId& id, const LocalDate& date,
                                              const ResourceId& lineage,
                                              const v1::Prescription& prescription,
                                              std::string_view zone);

}  // namespace kari::chart
