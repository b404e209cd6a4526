// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/fold_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/catalogue.hpp"
#include "tests/simulation/oracle.hpp"

namespace kari::sim {
namespace {

const Access k_checking{Purpose::treatment, "checking"};

bool asked(World& world) {
    if (oracle().there()) return true;
    ++world.tally["NOT FOLDED by the oracle: no python3"];
    return false;
}

template <typename Visit>
void each_item(const ChartView& chart, Visit visit) {
    const auto all = [&](const auto& items) {
        for (const auto& item : items)
            visit(item);
    };
    if (chart.patient) visit(*chart.patient);
    all(chart.allergies);
    all(chart.orders);
    all(chart.administrations);
    all(chart.observations);
    all(chart.notes);
    const CareView& care = chart.care;
    all(care.problems);
    all(care.measures);
    all(care.acts);
    all(care.visits);
    all(care.planned_visits);
    all(care.appointments);
    all(care.immunizations);
    all(care.tasks);
    all(care.related_persons);
    all(care.consents);
    all(care.treatment_limits);
    all(care.communications);
}

std::string standing(const FoldedAtom& atom, const ChangeId& change) {
    if (atom.pending.contains(change)) return "proposed";
    if (!atom.live.contains(change)) return "replaced";
    const bool acted_on = atom.all_count || atom.live.size() == 1 || atom.operative == change;
    return acted_on ? "operative" : "beside";
}

// Of one statement that counts there is nothing to choose, and an account is read from the disk.
bool worth_explaining(const FoldedResource& folded) {
    return folded.changes > 1 ||
           std::any_of(folded.atoms.begin(), folded.atoms.end(),
                       [](const auto& atom) { return !atom.second.pending.empty(); });
}

void check_account(World& world, const std::string& where, const Account& account,
                   const FoldedResource& folded) {
    for (const AccountStatement& statement : account.statements) {
        for (const AccountPart& part : statement.parts) {
            const auto atom = folded.atoms.find(part.atom);
            const std::string right = atom == folded.atoms.end()
                                          ? "unknown"
                                          : standing(atom->second, statement.said.change);
            if (part.standing == right) continue;
            world.violation(fmt::format("{} explains {} of {} as {}: it is {}", where, part.atom,
                                        statement.said.change.text(), part.standing, right));
        }
    }
    for (const AccountAtom& atom : account.atoms) {
        const auto known = folded.atoms.find(atom.atom);
        if (known != folded.atoms.end() && known->second.contested == atom.contested) continue;
        world.violation(fmt::format("{} is wrong about what is contested: {} of {}", where,
                                    atom.atom, account.resource.text()));
    }
}

void check_head(World& world, const std::string& where, const ItemHead& item,
                const FoldedResource& folded) {
    if (!folded.complete) ++world.tally["incomplete resources shown"];
    if (item.incomplete == folded.complete || item.unreadable == folded.readable) {
        world.violation(
            fmt::format("{} does not say what it lacks of {}", where, item.resource.text()));
    }
    if (std::set(item.heads.begin(), item.heads.end()) !=
        std::set(folded.heads.begin(), folded.heads.end())) {
        world.violation(where + " shows other heads of " + item.resource.text());
    }
}

void check_contested_is_found(World& world, const std::string& where, const Folded& folded,
                              const std::vector<FindingItem>& findings) {
    for (const auto& [resource, one] : folded.resources) {
        for (const auto& [id, inputs] : one.about_atoms) {
            ++world.tally["contested atoms"];
            const auto found = std::find_if(
                findings.begin(), findings.end(),
                [&, wanted = id](const FindingItem& item) { return item.id == wanted; });
            const bool all =
                found != findings.end() &&
                std::all_of(inputs.begin(), inputs.end(), [&](const ChangeId& input) {
                    return std::count(found->inputs.begin(), found->inputs.end(), input) > 0;
                });
            if (all) continue;
            world.violation(where + " has no finding of what is contested in " + resource.text());
        }
    }
}

// What this program cannot read is told as that, with the advice to call; and nothing else is.
void check_beyond_reading(World& world, const std::string& where, const ChartView& chart,
                          const Folded& folded, const ReadLog& log) {
    const bool any = std::any_of(folded.resources.begin(), folded.resources.end(),
                                 [](const auto& one) { return !one.second.readable; }) ||
                     std::any_of(log.begin(), log.end(), [](const auto& one) {
                         return !v1::Kind_IsValid(static_cast<int>(one.second.header.kind()));
                     });
    const auto& said = *clinical::sentences("chart/unreadable", clinical::Language::bokmaal);
    const bool told = std::any_of(
        chart.missing.begin(), chart.missing.end(),
        [&](const MissingPart& part) { return part.advice.find(said.next) != std::string::npos; });
    if (any) ++world.tally["charts with what cannot be read"];
    if (told == any || (told && chart.group.size() > 1)) return;
    world.violation(where + (any ? " does not tell" : " tells") + " that it cannot read all of " +
                    chart.record.text());
}

}  // namespace

void check_fold(World& world, const std::string& where, const RecordId& record, const ReadLog& log,
                const Digest& state) {
    if (!asked(world)) return;
    ++world.tally["records folded by the oracle too"];
    if (oracle().fold(record, log).state == state) return;
    world.violation(where + " folds to another state than its log says: " + record.text());
}

void check_shown(World& world, Tablet& tablet, const RecordId& record, const ReadLog& log) {
    const auto chart = tablet->open_chart(record, k_checking);
    if (!chart) return world.check_error(tablet, "chart", chart.error());
    const auto findings = tablet->findings(record);
    if (!findings) return world.check_error(tablet, "findings", findings.error());
    if (!asked(world)) return;
    const Folded& folded = oracle().fold(record, log);
    check_contested_is_found(world, tablet.name(), folded, *findings);
    check_beyond_reading(world, tablet.name(), *chart, folded, log);
    each_item(*chart, [&](const ItemHead& item) {
        if (item.record != record) return;
        const auto known = folded.resources.find(item.resource);
        if (known == folded.resources.end()) {
            return world.violation(tablet.name() +
                                   " shows what its log has not: " + item.resource.text());
        }
        check_head(world, tablet.name(), item, known->second);
        if (!worth_explaining(known->second)) return;
        const auto account = tablet->explain_resource(item.token, k_checking);
        if (!account) return world.check_error(tablet, "explain", account.error());
        check_account(world, tablet.name(), *account, known->second);
    });
}

void check_whole(World& world, const Tablet& tablet, const RecordId& record, const ReadLog& held,
                 const ReadLog& server) {
    if (!asked(world)) return;
    const Folded whole = oracle().fold(record, server);
    for (const auto& [id, one] : oracle().fold(record, held).resources) {
        const auto there = whole.resources.find(id);
        if (there != whole.resources.end() && there->second.canonical == one.canonical) continue;
        world.violation(fmt::format("{} has a part of {} and {}", tablet.name(), id.text(),
                                    one.complete ? "takes it for all" : "does not get the rest"));
    }
}

}  // namespace kari::sim
