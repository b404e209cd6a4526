// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "examples/district/json_text.hpp"
#include "examples/district/life.hpp"
#include "examples/district/vitals.hpp"

namespace kari::district {

// A FHIR R4 resource as JSON text.
struct Resource {
    std::string_view type;
    std::string id;
    std::string json;
};
using Sink = std::function<void(const Resource&)>;

// Who writes in a journal.
struct Staff {
    std::string unit_id;
    std::string doctor_id;
    std::vector<std::string> nurse_ids;
};

// A part of the day in which somebody comes, and what is then to be given.
struct Dose {
    const Order* order = nullptr;
    std::string amount;
};
struct Visit {
    unsigned part = 0;
    int minute = 0;  // of the arrival
    int length = 0;
    std::string id;  // of the Encounter
    std::string nurse;
    std::vector<Dose> doses;
    bool missed = false;  // nobody came
};

// Writes one citizen's journal as it stands at the end of `day`.
class Journal {
public:
    Journal(const Life& life, const Staff& staff, Day day, const Sink& sink)
        : life_(life), staff_(staff), day_(day), sink_(sink) {}

    // What holds now, the same however far back the journal goes: the person, allergies,
    // conditions, plan, orders in use with those that they follow, what is planned or open.
    void tell_present();
    // What was over before now and reaches into the days since `first`: orders, stays, tasks.
    void tell_past_spans(Day first);
    // What was done on one day.
    void tell_day(Day day);

private:
    std::string subject() const;
    const std::string& nurse(Dice& dice) const { return dice.pick(staff_.nurse_ids); }
    void add(std::string_view type, const std::string& id, Members members) const;

    void add_patient() const;
    void add_allergies() const;
    void add_conditions() const;
    void add_relatives() const;
    void add_consent() const;
    void add_measures() const;
    void add_vaccines() const;

    void add_lineage(const Lineage& lineage) const;
    void add_order(const Order& order, const Lineage& lineage, const Order* prior) const;
    void add_stay(const Stay& stay) const;
    // Tasks and appointments: of those of one block of days, as it stands now.
    enum class Which { present, past };
    void add_tasks(Which which, Day first) const;
    void add_appointments(Which which, Day first) const;

    std::vector<Visit> visits_on(Day day) const;
    void add_visit(Day day, const Visit& visit) const;
    void add_planned_visit(Day day, const Visit& visit) const;
    void add_dose(Day day, const Visit& visit, unsigned place) const;
    void add_patch_off(Day day, const Visit& visit, unsigned place, int minute) const;
    void add_needed(Day day, const Visit& visit) const;
    void add_measurements(Day day, const Visit& visit) const;
    void add_glucose(Day day, const Visit& visit) const;
    void add_wound(Day day, const Visit& visit) const;
    void add_note(Day day, const Visit& visit) const;
    void add_message(Day day) const;
    struct Measured;
    void add_observation(Day day, const Visit& visit, const Measured& measured) const;
    void add_pressure(Day day, const Visit& visit, const Vitals& found) const;
    void add_news(Day day, const Visit& visit, const Vitals& found) const;

    const Life& life_;
    const Staff& staff_;
    Day day_;
    const Sink& sink_;
};

// Of orders and administrations alike.
std::string route_of(const Drug& drug);
std::string drug_concept(const Drug& drug);
// What it is taken for; `course` is null when it is no course.
std::string reason_of(const Drug& drug, const Course* course);

}  // namespace kari::district
