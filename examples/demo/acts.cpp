// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/acts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "examples/demo/whole_file.hpp"

namespace kari::demo {
namespace {

namespace json = boost::json;

constexpr std::size_t k_round_doses_max = 3;  // of one citizen
constexpr std::string_view k_atc = "http://www.whocc.no/atc";
constexpr std::string_view k_loinc = "http://loinc.org";

json::object coded(std::string_view system, std::string_view code, std::string_view text) {
    return {{"system", system}, {"code", code}, {"text", text}};
}

json::object quantity(std::string_view value, std::string_view code, std::string_view unit) {
    return {{"value", value}, {"code", code}, {"unit", unit}};
}

const json::object& item_of(const json::object& chart, std::string_view list,
                            const std::string& resource) {
    for (const auto& one : list_at(chart, list)) {
        if (text_at(one.as_object(), "resource") == resource) return one.as_object();
    }
    throw Trouble(fmt::format("a chart does not show what the story needs in its {}", list));
}

// The text of a field's operative value: {"value": {"medication": {"text": ...}}}.
std::string drug_of(const json::object& order) {
    const json::value* value = order.at("prescription").as_object().if_contains("value");
    if (value == nullptr || !value->is_object()) return "";
    const json::value* drug = value->get_object().if_contains("medication");
    return drug != nullptr && drug->is_object() ? text_at(drug->get_object(), "text") : "";
}

bool is_planted_drug(const Stage& stage, const std::string& text) {
    for (const Hazard& hazard : stage.hazards) {
        for (const PlantedOrder& order : hazard.orders) {
            if (order.text == text) return true;
        }
    }
    return false;
}

// The demo plays at any hour: who gives a dose far from its time says so.
Answer give_dose(Tablet& tablet, json::object dose) {
    dose["do"] = "give";
    Answer answer = tablet.ask(dose);
    if (answer.what.find("entry/off-time") == std::string::npos) return answer;
    dose["overrides"] = json::array{
        {{"rule", "entry/off-time"}, {"reason", "The demo plays the shift at another hour"}}};
    return tablet.ask(dose);
}

// One hazard's acts on the tablets.
class Actor {
public:
    Actor(Stage& stage, const Hazard& hazard, const Act& act)
        : stage_(stage), hazard_(hazard), act_(act), tablet_(stage.tablet(act.by)) {}

    void perform() {
        sign_in(stage_, act_.by, act_.role);
        json::object written;
        if (act_.what == "give")
            written = give();
        else if (act_.what == "allergy")
            written = allergy();
        else if (act_.what == "new reaction")
            written = new_reaction();
        else if (act_.what == "refute")
            written = refute();
        else if (act_.what == "weigh")
            written = weigh("observe");
        else if (act_.what == "correct weight")
            written = weigh("correct");
        else if (act_.what == "substitute")
            written = substitute();
        else if (act_.what == "change dose")
            written = change_dose();
        else if (act_.what == "meet a stranger")
            written = stranger();
        else
            throw Trouble("hazards: nobody knows how to '" + act_.what + "'");
        stage_.done[act_.label] = {text_at(written, "change"), text_at(written, "record"),
                                   text_at(written, "resource")};
        sign_in(stage_, act_.by, "");
    }

private:
    std::string record() const {
        if (act_.of.empty()) return stage_.cast.at(hazard_.patient).record;
        return stage_.done.at(act_.of).record;
    }

    std::string who() const {
        const Team& team = stage_.team(act_.by);
        return team.people[team.signed_in].name;
    }

    void tell(const std::string& what) const {
        stage_.tell.event("Tablet " + act_.by, fmt::format("{}: {}", who(), what));
    }

    json::object chart() const { return tablet_.must({{"do", "chart"}, {"record", record()}}); }

    const PlantedOrder& planted() const {
        for (const PlantedOrder& order : hazard_.orders) {
            if (order.key == act_.order) return order;
        }
        throw Trouble("hazards: no order '" + act_.order + "'");
    }

    json::object order() const {
        const json::object shown = chart();
        for (const auto& one : list_at(shown, "orders")) {
            if (drug_of(one.as_object()) == planted().text) return one.as_object();
        }
        throw Trouble("a planted order is not on the tablet: " + planted().text);
    }

    json::object give() const {
        const std::string id = text_at(order(), "resource");
        const json::object day =
            tablet_.must({{"do", "due"}, {"record", record()}, {"date", stage_.today}});
        for (const auto& one : list_at(day, "slots")) {
            const auto& slot = one.as_object();
            if (text_at(slot, "order") != id || text_at(slot, "nominal") != act_.word("time")) {
                continue;
            }
            tell(fmt::format("gives {} of {}", planted().text, act_.word("time")));
            const Answer answer = give_dose(tablet_, {{"token", text_at(slot, "token")}});
            if (!answer.ok) {
                throw Trouble(fmt::format("tablet {} refused a planted dose: {} ({})",
                                          tablet_.name(), answer.error, answer.what));
            }
            return answer.body;
        }
        throw Trouble("a planted dose is not due: " + planted().text);
    }

    json::object allergy() const {
        tell(fmt::format("writes down an allergy to {}", act_.word("text")));
        return tablet_.must({{"do", "allergy"},
                             {"record", record()},
                             {"code", coded(k_atc, act_.word("atc"), act_.word("text"))},
                             {"criticality", act_.word("criticality")},
                             {"verification", act_.word("verification")}});
    }

    std::string token_in(std::string_view list) const {
        return text_at(item_of(chart(), list, stage_.done.at(act_.of).resource), "token");
    }

    json::object new_reaction() const {
        tell(fmt::format("hears of a reaction: {}", act_.word("text")));
        return tablet_.must({{"do", "evidence"},
                             {"token", token_in("allergies")},
                             {"reaction", act_.word("text")},
                             {"verification", "confirmed"}});
    }

    json::object refute() const {
        tell("refutes the allergy: " + act_.word("text"));
        return tablet_.must(
            {{"do", "refute"}, {"token", token_in("allergies")}, {"reason", act_.word("text")}});
    }

    json::object weigh(std::string_view how) const {
        tell(fmt::format("{} {} kg", how == "observe" ? "weighs" : "corrects the weight to",
                         act_.word("value")));
        json::object command = {{"do", how},
                                {"code", coded(k_loinc, "29463-7", "Body weight")},
                                {"value", quantity(act_.word("value"), "kg", "kg")}};
        if (how == "observe")
            command["record"] = record();
        else
            command["token"] = token_in("observations");
        return tablet_.must(command);
    }

    json::object substitute() const {
        tell("substitutes " + act_.word("text"));
        return tablet_.must({{"do", "prescribe"},
                             {"token", text_at(order(), "token")},
                             {"medication", coded(k_atc, act_.word("atc"), act_.word("text"))},
                             {"reason", "The ordered strength is out of stock"}});
    }

    json::object change_dose() const {
        const std::string unit = act_.word("unit");
        tell(fmt::format("changes the dose to {} {}", act_.word("dose"), unit));
        return tablet_.must({{"do", "prescribe"},
                             {"token", text_at(order(), "token")},
                             {"dose", quantity(act_.word("dose"), "{" + unit + "}", unit)},
                             {"dosage_text", fmt::format("{} {}", act_.word("dose"), unit)},
                             {"reason", "Heart rate still high"}});
    }

    json::object stranger() const {
        tell("meets a woman whom nobody can name and starts a record for her");
        return tablet_.must({{"do", "new_patient"},
                             {"family", "Ukjent"},
                             {"given", "Kvinne"},
                             {"gender", "female"},
                             {"note", "Found at the bus stop, about 80 years old"}});
    }

    Stage& stage_;
    const Hazard& hazard_;
    const Act& act_;
    Tablet& tablet_;
};

// One nurse at one citizen's.
class Visit {
public:
    Visit(Stage& stage, const std::string& tablet, const std::string& record, std::size_t number,
          RoundCount& count)
        : stage_(stage),
          tablet_(stage.tablet(tablet)),
          record_(record),
          number_(number),
          count_(count) {}

    void pay() {
        tablet_.must({{"do", "chart"}, {"record", record_}});
        pulse();
        doses();
        if (number_ % 2 == 0) note();
    }

private:
    void pulse() {
        tablet_.must({{"do", "observe"},
                      {"record", record_},
                      {"code", coded(k_loinc, "8867-4", "Heart rate")},
                      {"value", quantity(std::to_string(62 + number_ * 3 % 28), "/min", "/min")}});
        ++count_.observations;
    }

    void doses() {
        const json::object day =
            tablet_.must({{"do", "due"}, {"record", record_}, {"date", stage_.today}});
        std::size_t handled = 0;
        for (const auto& one : list_at(day, "slots")) {
            const auto& slot = one.as_object();
            const std::string drug = text_at(slot.at("medication").as_object(), "text");
            const std::string state = text_at(slot, "state");
            if (is_planted_drug(stage_, drug) || state == "given" || state == "stopped") continue;
            if (handled == k_round_doses_max) break;
            dose(text_at(slot, "token"), handled++);
        }
    }

    void dose(const std::string& token, std::size_t which) {
        if ((number_ + which) % 5 == 4) {
            withhold(token, "refused", "Does not want it this morning");
            return;
        }
        Answer answer = give_dose(tablet_, {{"token", token}});
        if (answer.error == "unit_unknown" || answer.what == "entry/dose-missing") {
            // The order says no unit, or no amount: the nurse says what she gave.
            answer = give_dose(tablet_, {{"token", token},
                                         {"dose", quantity("1", "{tablet}", "tablet")},
                                         {"dose_reason", "As the package says"}});
        }
        if (answer.ok) {
            ++count_.given;
        } else if (answer.error == "reason_required") {
            // The tablet warns: a nurse without a reason to go on does not.
            ++count_.warned;
            withhold(token, "contraindicated", "The tablet warns; asking the physician first");
        } else {
            throw Trouble(fmt::format("tablet {} refused a dose: {} ({})", tablet_.name(),
                                      answer.error, answer.what));
        }
    }

    void withhold(const std::string& token, std::string_view why, std::string_view reason) {
        tablet_.must({{"do", "not_given"}, {"token", token}, {"why", why}, {"reason", reason}});
        ++count_.not_given;
    }

    void note() {
        const auto written = tablet_.must({{"do", "note"},
                                           {"record", record_},
                                           {"title", "Home visit"},
                                           {"text", "Up and dressed, ate breakfast. Slept well."}});
        tablet_.must({{"do", "sign"}, {"token", text_at(written, "token")}});
        ++count_.notes;
    }

    Stage& stage_;
    Tablet& tablet_;
    const std::string& record_;
    std::size_t number_;
    RoundCount& count_;
};

}  // namespace

void sign_in(Stage& stage, const std::string& tablet, const std::string& role) {
    Team& team = stage.team(tablet);
    std::size_t wanted = 0;
    for (std::size_t at = 0; at < team.people.size() && !role.empty(); ++at) {
        if (team.people[at].role == role) wanted = at;
    }
    if (wanted == team.signed_in) return;
    stage.tablet(tablet).must({{"do", "lock"}});
    const Person& person = team.people[wanted];
    stage.tablet(tablet).must({{"do", "unlock"}, {"person", person.id}, {"pin", person.pin}});
    team.signed_in = wanted;
}

void import_orders(Stage& stage, const Hazard& hazard, const std::string& stopped) {
    const Citizen& citizen = stage.cast.at(hazard.patient);
    const auto patient = std::find_if(
        stage.scan.patients.begin(), stage.scan.patients.end(),
        [&](const FoundPatient& found) { return found.logical_id == citizen.logical_id; });
    const auto file = stage.folder / fmt::format("orders-{}{}.json", hazard.patient,
                                                 stopped.empty() ? "" : "-stopped");
    write_whole(file, json::serialize(orders_bundle(hazard, patient->resource, stopped)));
    stage.server->command({"import", file.string(), "--system", stage.system});
}

void perform_hazards(Stage& stage, When when) {
    for (const Hazard& hazard : stage.hazards) {
        bool told = when == When::morning;
        for (const Act& act : hazard.acts) {
            if (act.when != when) continue;
            if (!told) stage.tell.say(hazard.told);
            told = true;
            if (act.by == "server") {
                stage.tell.event("Hospital", "stops an order; the tablets cannot know");
                import_orders(stage, hazard, act.order);
            } else {
                Actor(stage, hazard, act).perform();
            }
        }
    }
}

RoundCount work_round(Stage& stage, const std::string& tablet) {
    RoundCount count;
    std::size_t number = 0;
    for (const auto& record : stage.team(tablet).round) {
        Visit(stage, tablet, record, number++, count).pay();
    }
    return count;
}

}  // namespace kari::demo
