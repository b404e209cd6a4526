// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/json.hpp>

#include <kari/device.hpp>

// What Device answers, as JSON whose members are named as in the public headers. Ids are
// hexadecimal, amounts {"value", "code", "unit"} with the number as text, times ISO 8601.
namespace kari::app {

std::string time_text(const ZonedInstant& time);
std::string date_text(const LocalDate& date);

boost::json::object answer(const Written& written);
boost::json::object answer(const PatientList& list);
boost::json::object answer(const ChartView& view);
boost::json::object answer(const CareView& care);
boost::json::object answer(const PatchItem& patch);
boost::json::object answer(const AfterDoseItem& after);
boost::json::object answer(const FollowUpItem& follow_up);
boost::json::object answer(const AllowanceItem& allowance);
boost::json::object answer(const StockLedger& ledger);
boost::json::object answer(const DoseRound& round);
boost::json::object answer(const FindingItem& finding);
boost::json::object answer(const DoseWarning& warning);
boost::json::object answer(const SyncReport& report);
boost::json::object answer(const SyncStatus& status);
boost::json::object answer(const AccessLine& line);
boost::json::object answer(const VerifyReport& report);
boost::json::object answer(const SalvageReport& report);
boost::json::object answer(const Account& account);
boost::json::object answer(const FindingCase& in_full);
boost::json::object answer(const LogLine& line);
boost::json::object answer(const SignedIn& signed_in);
boost::json::object answer(const Nurse& nurse);
boost::json::object answer(const NoteEntry& note);
boost::json::object answer(const Error& error, Language language);
// Whom an answer is about, and how old what is known of them is.
void add_citizen(boost::json::object& answer, const ChartView& view);
// How much of them is here.
void add_reach(boost::json::object& answer, const ChartView& view);

template <typename T>
boost::json::array answers(const std::vector<T>& list) {
    boost::json::array out;
    for (const T& one : list)
        out.push_back(answer(one));
    return out;
}

template <typename T>
boost::json::array ids(const std::vector<T>& list) {
    boost::json::array out;
    for (const T& id : list)
        out.emplace_back(id.text());
    return out;
}

}  // namespace kari::app
