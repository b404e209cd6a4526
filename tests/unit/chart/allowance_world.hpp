// SPDX-License-Identifier: Apache-2.0
// Tablets and a server that know of each other only what was carried between them, and a true time
// that none of them sees: what allowances promise is checked against what was truly given.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kari/v1/allowance.pb.h"
#include "sdk/chart/allowance.hpp"
#include "sdk/chart/taken.hpp"
#include "sdk/clinical/allowed.hpp"
#include "sdk/clinical/as_needed.hpp"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {

// What a world leaves out of the rules: each is needed.
struct Laxity {
    bool no_allowances = false;  // every tablet goes by what it knows
    bool no_wait_after_restore = false;
    bool any_clock = false;        // a tablet trusts its clock whatever happened to it
    bool partly_here = false;      // a tablet does not ask whether all it wrote is here
    bool gaps_in_returns = false;  // the server frees what is given back at once
};

// One opioid as needed: one tablet, at most four in 24 hours.
class AllowanceWorld {
public:
    struct Given {
        Instant at;  // true time
        double amount = 0;
        ResourceId id;
        bool overridden = false;
    };
    struct Tablet {
        explicit Tablet(Writer by) : writer(std::move(by)) {}
        Writer writer;
        std::vector<ChangePtr> held;
        std::vector<ChangePtr>
            own;        // all it ever wrote: its key store and its streams outlive a purge
        Duration skew;  // of its wall clock
        std::optional<Duration> off;  // of what it takes for server time, as learnt in this boot
        EpochId epoch;
    };

    AllowanceWorld(std::size_t tablets, Laxity laxity) : lax(laxity) {
        order = scene_.needed("N02AA01", "1", "4");
        server_log_ = scene_.changes;
        for (std::size_t i = 0; i < tablets; ++i) {
            all.emplace_back(Writer::tablet(static_cast<std::uint32_t>(i + 1)));
            all.back().held = server_log_;
            all.back().epoch = epoch_;
        }
        backup();
    }

    Laxity lax;
    Instant now{1'767'600'000'000};  // true, and the server's
    std::vector<Tablet> all;
    std::vector<Given> given;
    Scene::Order order;

    void waits(Duration time) {
        now = now + time;
        for (Tablet& one : all)
            one.writer.waits(time);
    }

    void ask(Tablet& who, std::uint32_t doses, std::uint32_t hours) {
        v1::MedicationAllowance message;
        message.mutable_ask()->set_order(base::to_bytes(order.id));
        message.mutable_ask()->set_doses(doses);
        message.mutable_ask()->set_hours(hours);
        write(who, next(), {}, message, {});
    }

    void give_back(Tablet& who) {
        const auto group = group_of(who.held);
        for (const auto& one : chart::allowances_in(group)) {
            if (one.holder != who.writer.incarnation || one.returned || !one.granted()) continue;
            v1::MedicationAllowance message;
            message.mutable_returned();
            write(who, one.version.resource, one.version.heads, message, {});
            return;
        }
    }

    // Given when no reason has to be stated; true when it was.
    bool give(Tablet& who, const char* amount) {
        const auto group = group_of(who.held);
        v1::Administration said = dose(amount);
        const auto* now_order = group.find(order.id);
        if (now_order == nullptr) return false;
        if (lax.no_allowances) {
            if (over_by_what_it_knows(who, group, said.dose())) return false;
        } else {
            const auto under = chart::allowance_for(group, *now_order, &said.dose(), terms_of(who));
            if (!under) return false;
            said.set_allowance(base::to_bytes(*under));
        }
        record(who, said, false);
        return true;
    }

    // Whatever anything says: somebody was phoned.
    void give_phoned(Tablet& who, const char* amount) {
        v1::Administration said = dose(amount);
        auto* why = said.add_override();
        why->set_rule(std::string(clinical::k_no_allowance));
        why->set_reason("phoned the other nurse");
        record(who, said, true);
    }

    // Its last dose was none: what everybody forgets of it, allowances must not promise again.
    void retract(Tablet& who) {
        for (auto change = who.own.rbegin(); change != who.own.rend(); ++change) {
            if ((*change)->header.kind() != v1::KIND_MEDICATION_ADMINISTRATION) continue;
            const ResourceId id = (*change)->resource;
            auto said = chart::said_by<v1::MedicationAdministration>(**change);
            if (said.administration().status() != v1::ADMINISTRATION_STATUS_COMPLETED) return;
            said.mutable_administration()->set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
            write(who, id, {(*change)->id}, said, {});
            std::erase_if(given, [&](const Given& one) { return one.id == id; });
            return;
        }
    }

    // `pushed`: how many changes of what it has not sent get there; `pulled`: whether the reply
    // comes back.
    void sync(Tablet& who, std::size_t pushed, bool pulled, Duration doubt) {
        const std::vector<ChangePtr> own = who.own;
        const std::vector<ChangePtr> others = who.held;
        std::vector<ChangePtr> fresh;
        // After a restore: what others wrote, and the server's own, comes back first.
        if (who.epoch != epoch_) push(others, fresh, others.size());
        push(own, fresh, pushed);
        for (const ChangePtr& change : fresh)
            answer(who, *change);
        if (!pulled) return;
        who.epoch = epoch_;
        who.off = doubt;
        who.writer.server_minus_wall_ms = (now + doubt - who.writer.now).ms;
        pull(who, server_log_.size());
    }

    // What it holds of the record goes, and comes back as far as `count` changes.
    void leaves_and_returns(Tablet& who, std::size_t count) {
        for (const ChangePtr& change : who.own) {
            if (!holds(server_log_, change->id)) return;  // it owes something: it keeps all
        }
        who.held.clear();
        pull(who, count);
    }

    void reboot(Tablet& who, Duration skew) {
        if (!lax.any_clock) who.off.reset();
        who.writer.boot = id_of<BootId>(++boots_);
        who.writer.server_minus_wall_ms.reset();
        sets_clock(who, skew);
    }
    void sets_clock(Tablet& who, Duration skew) {
        if (!lax.any_clock) {
            who.off.reset();
        } else if (who.off) {
            who.off = Duration{who.off->ms + skew.ms - who.skew.ms};
        }
        who.skew = skew;
        who.writer.now = now + skew;
    }

    void backup() { backup_ = server_log_; }
    void restore() {
        server_log_ = backup_;
        scene_.server = Writer::server(900 + ++restores_);
        for (const auto& change : server_log_)
            scene_.server.reads(*change);
        epoch_ = id_of<EpochId>(restores_);
        if (!lax.no_wait_after_restore) began_ = now;
    }

    // The most that was truly given without an override in any 24 hours.
    double most() const {
        double out = 0;
        for (const Given& last : given) {
            double sum = 0;
            for (const Given& one : given) {
                const bool within = one.at <= last.at && one.at > last.at - Duration::hours(24);
                if (within && !one.overridden) sum += one.amount;
            }
            out = std::max(out, sum);
        }
        return out;
    }
    std::size_t under_allowances() const {
        return static_cast<std::size_t>(std::count_if(
            given.begin(), given.end(), [](const Given& one) { return !one.overridden; }));
    }
    std::vector<v1::AllowanceAnswer> answers() const {
        std::vector<v1::AllowanceAnswer> out;
        for (const auto& one : chart::allowances_in(group_of(server_log_))) {
            if (one.answer) out.push_back(*one.answer);
        }
        return out;
    }

private:
    ResourceId next() { return id_of<ResourceId>(10'000 + ++resources_); }
    chart::Group group_of(const std::vector<ChangePtr>& changes) const {
        return chart::make_group({scene_.record}, {}, changes);
    }
    static bool holds(const std::vector<ChangePtr>& changes, const ChangeId& id) {
        return std::any_of(changes.begin(), changes.end(),
                           [&](const ChangePtr& one) { return one->id == id; });
    }

    v1::Administration dose(const char* amount) const {
        auto out = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {order.change->id}, {});
        out.clear_slot();
        out.mutable_dose()->set_value(amount);
        return out;
    }

    ResourceId write(Tablet& who, const ResourceId& resource, std::vector<ChangeId> parents,
                     const google::protobuf::Message& message,
                     std::optional<std::pair<Instant, Instant>> effective) {
        const auto change = who.writer.write({.record = scene_.record,
                                              .resource = resource,
                                              .parents = std::move(parents),
                                              .effective = effective},
                                             message);
        who.held.push_back(change);
        who.own.push_back(change);
        return resource;
    }

    void record(Tablet& who, const v1::Administration& said, bool overridden) {
        v1::MedicationAdministration message;
        *message.mutable_administration() = said;
        const Instant at = who.writer.now + Duration{who.writer.server_minus_wall_ms.value_or(0)};
        const auto id = write(who, next(), {}, message, std::pair(at, at));
        given.push_back({now, std::stod(said.dose().value()), id, overridden});
    }

    bool over_by_what_it_knows(const Tablet& who, const chart::Group& group,
                               const v1::Quantity& amount) const {
        const auto prescription =
            chart::said_by<v1::MedicationRequest>(*order.change).prescription();
        std::vector<clinical::EarlierDose> taken;
        for (const auto& one : chart::Taken::in(group).of(order.id, prescription))
            taken.push_back({one.when.earliest, one.when.latest, one.said.dose()});
        const Instant at = who.writer.now + Duration{who.writer.server_minus_wall_ms.value_or(0)};
        const auto doubts = clinical::as_needed_doubts(prescription, at, &amount, taken);
        return std::find(doubts.begin(), doubts.end(), clinical::AsNeededDoubt::over_maximum) !=
               doubts.end();
    }

    chart::HolderTerms terms_of(const Tablet& who) const {
        chart::HolderTerms out;
        out.self = who.writer.incarnation;
        out.epoch = who.epoch;
        if (who.off) {
            const Instant at = now + *who.off;
            // A tablet that trusts whatever its clock says knows no doubt either.
            const Duration doubt = lax.any_clock ? Duration{} : Duration::seconds(40);
            out.server_now = chart::Span{at - doubt, at + doubt};
        }
        std::uint64_t end = who.own.empty() ? 0 : who.own.back()->header.seq();
        if (lax.partly_here) {
            for (const auto& one : chart::allowances_in(group_of(who.held))) {
                if (one.holder == out.self) end = one.holder_seq;
            }
        }
        out.own_seq[scene_.record] = end;
        return out;
    }

    void push(const std::vector<ChangePtr>& changes, std::vector<ChangePtr>& fresh,
              std::size_t most) {
        std::size_t sent = 0;
        for (const ChangePtr& change : changes) {
            if (sent == most) return;
            if (holds(server_log_, change->id)) continue;
            ++sent;
            server_log_.push_back(change);
            scene_.server.reads(*change);
            fresh.push_back(change);
        }
    }

    void answer(const Tablet& who, const merge::Change& change) {
        const bool asks = change.header.kind() == v1::KIND_MEDICATION_ALLOWANCE &&
                          change.incarnation == who.writer.incarnation &&
                          chart::said_by<v1::MedicationAllowance>(change).has_ask();
        if (!asks) return;
        const auto group = group_of(server_log_);
        const auto asked = chart::allowances_in(group);
        const auto found = std::find_if(asked.begin(), asked.end(), [&](const auto& one) {
            return one.version.resource == change.resource;
        });
        if (found == asked.end() || found->answer || found->returned) return;
        chart::GrantTerms terms;
        terms.now = now;
        terms.epoch = epoch_;
        terms.epoch_began = began_;
        v1::MedicationAllowance message;
        *message.mutable_answer() =
            chart::answer_to(lax.gaps_in_returns ? without_gaps(group) : group, *found,
                             clinical::demo_pack(), terms);
        scene_.server.now = now;
        server_log_.push_back(scene_.server.write(
            {.record = scene_.record, .resource = change.resource, .parents = found->version.heads},
            message));
    }

    // As if no number of a stream were missing before what gives back.
    static chart::Group without_gaps(chart::Group group) {
        for (auto& resource : group.resources) {
            if (resource.kind != v1::KIND_MEDICATION_ALLOWANCE) continue;
            const bool returned = std::any_of(
                resource.history.begin(), resource.history.end(), [](const ChangePtr& one) {
                    return chart::said_by<v1::MedicationAllowance>(*one).has_returned();
                });
            if (returned) resource.kind = v1::KIND_OTHER_RESOURCE;
        }
        return group;
    }

    void pull(Tablet& who, std::size_t count) {
        for (std::size_t i = 0; i < std::min(count, server_log_.size()); ++i) {
            const ChangePtr& change = server_log_[i];
            if (!holds(who.held, change->id)) who.held.push_back(change);
            who.writer.reads(*change);
        }
    }

    Scene scene_;
    std::vector<ChangePtr> server_log_;
    std::vector<ChangePtr> backup_;
    EpochId epoch_ = id_of<EpochId>(1'000);
    std::optional<Instant> began_;
    std::uint32_t restores_ = 0;
    std::uint32_t boots_ = 5'000;
    std::uint32_t resources_ = 0;
};

}  // namespace kari::test
