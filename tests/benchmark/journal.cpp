// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmark/journal.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>

namespace kari::bench {
namespace {

constexpr unsigned k_orders = 8;
constexpr unsigned k_round_orders = 12;
constexpr unsigned k_allergies = 3;
constexpr unsigned k_recent_doses = 60;
constexpr unsigned k_recent_values = 40;
constexpr unsigned k_facts_a_day = 20;

struct Drug {
    const char* atc;
    const char* name;
};
constexpr std::array<Drug, k_round_orders> k_drugs = {{{"N02BE01", "Paracetamol"},
                                                       {"C07AB02", "Metoprolol"},
                                                       {"C03CA01", "Furosemid"},
                                                       {"B01AC06", "Acetylsalisylsyre"},
                                                       {"A10BA02", "Metformin"},
                                                       {"C10AA05", "Atorvastatin"},
                                                       {"A02BC01", "Omeprazol"},
                                                       {"N05CF01", "Zopiklon"},
                                                       {"H03AA01", "Levotyroksin"},
                                                       {"C09AA02", "Enalapril"},
                                                       {"A12AA04", "Kalsiumkarbonat"},
                                                       {"N06DA02", "Donepezil"}}};

std::string date(int day) {
    const std::chrono::year_month_day civil{std::chrono::sys_days(std::chrono::days(day))};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(civil.year()),
                       static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()));
}

// One bundle while it is written.
class Journal {
public:
    Journal(unsigned number, int today) : patient_(fmt::format("c{}", number)), today_(today) {}

    void add(const std::string& type, const std::string& members) {
        out_ += fmt::format(R"({}{{"resource":{{"resourceType":"{}","id":"{}-{}",{}}}}})",
                            count_ == 0 ? "" : ",\n", type, patient_, count_, members);
        ++count_;
    }
    void add_patient() {
        out_ += fmt::format(
            R"({{"resource":{{"resourceType":"Patient","id":"{}","active":true,)"
            R"("name":[{{"family":"Oppdiktet","given":["Prøve"]}}],"birthDate":"1931-05-04"}}}})",
            patient_);
        ++count_;
    }
    void add_allergy(unsigned i) {
        constexpr std::array<Drug, k_allergies> to = {
            {{"J01C", "Penicilliner"}, {"J01E", "Sulfonamider"}, {"M01A", "NSAID"}}};
        constexpr const char* terms = "http://terminology.hl7.org/CodeSystem/allergyintolerance-";
        add("AllergyIntolerance",
            fmt::format(R"("clinicalStatus":{{"coding":[{{"system":"{0}clinical","code":"active"}})"
                        R"(]}},"verificationStatus":{{"coding":[{{"system":"{0}verification",)"
                        R"("code":"confirmed"}}]}},"criticality":"high","code":{{"coding":[{{)"
                        R"("system":"http://www.whocc.no/atc","code":"{1}","display":"{2}"}}]}},)"
                        R"("patient":{{"reference":"Patient/{3}"}})",
                        terms, to[i].atc, to[i].name, patient_));
    }
    void add_order(unsigned i) {
        orders_[i] = fmt::format("{}-{}", patient_, count_);
        add("MedicationRequest",
            fmt::format(
                R"("status":"active","intent":"order",{},{},"dosageInstruction":[{{"text":)"
                R"("1 tablett kl. 8 og 20","doseAndRate":[{{"doseQuantity":{{"value":1,"unit":)"
                R"("tablett","system":"http://unitsofmeasure.org","code":"{{tablet}}"}}}}],)"
                R"("timing":{{"repeat":{{"frequency":2,"period":1,"periodUnit":"d",)"
                R"("timeOfDay":["08:00:00","20:00:00"]}}}}}}])",
                drug(i), subject()));
    }
    void add_dose(unsigned order, int day, unsigned minute) {
        add("MedicationAdministration",
            fmt::format(R"("status":"completed",{},{},"effectiveDateTime":"{}","request":)"
                        R"({{"reference":"MedicationRequest/{}"}},"dosage":{{"text":"1 tablett",)"
                        R"("dose":{{"value":1,"unit":"tablett","system":)"
                        R"("http://unitsofmeasure.org","code":"{{tablet}}"}}}})",
                        drug(order), subject(), moment(day, minute), orders_[order]));
    }
    void add_pulse(unsigned i, int day, unsigned minute) {
        add("Observation",
            fmt::format(R"("status":"final","code":{{"coding":[{{"system":"http://loinc.org",)"
                        R"("code":"8867-4"}}],"text":"Puls"}},{},"effectiveDateTime":"{}",)"
                        R"("valueQuantity":{{"value":{},"unit":"/min","system":)"
                        R"("http://unitsofmeasure.org","code":"/min"}})",
                        subject(), moment(day, minute), 60 + i % 35));
    }
    // Five of a hundred are notes, as many as 35 are values, the rest are doses.
    void add_history(unsigned i) {
        const int day = today_ - 30 - static_cast<int>(i / k_facts_a_day);
        const unsigned minute = 480 + i % k_facts_a_day * 30;
        if (i % 20 == 19) {
            add("DocumentReference",
                fmt::format(R"("status":"current",{},"date":"{}","description":"Besøk",)"
                            R"("content":[{{"attachment":{{"contentType":"text/plain",)"
                            R"("data":"U292IGdvZHQuIFNwaXN0IGZyb2tvc3Qu"}}}}])",
                            subject(), moment(day, minute)));
        } else if (i % 20 < 7) {
            add_pulse(i, day, minute);
        } else {
            add_dose(i % k_orders, day, minute);
        }
    }
    int today() const { return today_; }
    unsigned count() const { return count_; }
    std::string bundle() const {
        return R"({"resourceType":"Bundle","type":"collection","entry":[)" + out_ + "]}\n";
    }

private:
    std::string subject() const {
        return fmt::format(R"("subject":{{"reference":"Patient/{}"}})", patient_);
    }
    static std::string drug(unsigned i) {
        return fmt::format(R"("medicationCodeableConcept":{{"coding":[{{"system":)"
                           R"("http://www.whocc.no/atc","code":"{}","display":"{}"}}],)"
                           R"("text":"{}"}})",
                           k_drugs[i].atc, k_drugs[i].name, k_drugs[i].name);
    }
    static std::string moment(int day, unsigned minute) {
        return fmt::format("{}T{:02}:{:02}:00+00:00", date(day), minute / 60, minute % 60);
    }

    std::string patient_;
    int today_;
    unsigned count_ = 0;
    std::array<std::string, k_round_orders> orders_;
    std::string out_;
};

}  // namespace

std::string make_journal(unsigned number, unsigned changes, int day) {
    Journal journal(number, day);
    journal.add_patient();
    for (unsigned i = 0; i < k_allergies; ++i)
        journal.add_allergy(i);
    for (unsigned i = 0; i < k_orders; ++i)
        journal.add_order(i);
    for (unsigned i = 0; i < k_recent_doses; ++i)
        journal.add_dose(i % k_orders, day - 1 - static_cast<int>(i / 10), 480 + i % 10 * 50);
    for (unsigned i = 0; i < k_recent_values; ++i)
        journal.add_pulse(i, day - 1 - static_cast<int>(i / 8), 490 + i % 8 * 60);
    for (unsigned i = 0; journal.count() < changes; ++i)
        journal.add_history(i);
    return journal.bundle();
}

std::string make_round_journal(unsigned number, unsigned days, int day) {
    Journal journal(number, day);
    journal.add_patient();
    for (unsigned i = 0; i < k_round_orders; ++i)
        journal.add_order(i);
    for (unsigned before = days; before > 0; --before) {
        for (const unsigned minute : {8U * 60 + 5, 20U * 60 + 5}) {
            for (unsigned i = 0; i < k_round_orders; ++i)
                journal.add_dose(i, day - static_cast<int>(before), minute);
        }
    }
    return journal.bundle();
}

}  // namespace kari::bench
