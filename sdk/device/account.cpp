// SPDX-License-Identifier: Apache-2.0
//
// Why a resource says what it says.
#include <kari/account.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <map>
#include <span>

#include "sdk/base/id.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/device/access.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/edit_token.hpp"
#include "sdk/device/views.hpp"
#include "sdk/merge/schema.hpp"

namespace kari {

namespace {

using namespace device;

constexpr std::size_t k_statements_max = 100;
// What the log says about itself, and a nurse does not ask about.
constexpr std::string_view k_kept_apart[] = {"source", "remainder", "lineage"};

bool shown(const merge::AtomSchema& atom) {
    return std::find(std::begin(k_kept_apart), std::end(k_kept_apart), atom.name) ==
           std::end(k_kept_apart);
}

// What each of a resource's youngest changes had seen of the others. A change comes after all that
// it saw, so what stands before the youngest leads to none of them.
class Sight {
public:
    explicit Sight(std::span<const merge::Change* const> by_tick) {
        std::map<ChangeId, std::size_t> places;
        for (const merge::Change* change : by_tick) {
            const std::size_t at = places.size();
            seen_[at].set(at);
            for (const ChangeId& parent : change->parents) {
                if (const auto found = places.find(parent); found != places.end()) {
                    seen_[at] |= seen_[found->second];
                }
            }
            places.emplace(change->id, at);
        }
    }
    bool apart(std::size_t one, std::size_t other) const {
        return !seen_[one].test(other) && !seen_[other].test(one);
    }

private:
    std::array<std::bitset<k_statements_max>, k_statements_max> seen_;
};

bool writes(const std::vector<merge::AtomWrite>& list, const ChangeId& change) {
    return std::any_of(list.begin(), list.end(),
                       [&](const merge::AtomWrite& write) { return write.change == change; });
}

// By which rule an atom has the value that is acted on.
std::string_view rule_of(const merge::AtomSchema& schema, const merge::AtomState& state,
                         const chart::GroupResource& resource, std::size_t written) {
    if (resource.incomplete()) return "why/incomplete";
    if (state.unreadable) return "why/unreadable";
    if (state.live.empty()) return "why/proposed-only";
    if (state.live.size() == 1) {
        if (schema.policy == v1::POLICY_AUTHORITY) {
            const auto change = std::find_if(
                resource.history.begin(), resource.history.end(),
                [&](const chart::ChangePtr& one) { return one->id == state.live.front().change; });
            const bool server = change == resource.history.end() || (*change)->from_server();
            return server ? "why/authority" : "why/restrictive";
        }
        return written == 1 ? "why/only-one" : "why/had-seen";
    }
    switch (schema.policy) {
        case v1::POLICY_UNION:
            return "why/union";
        case v1::POLICY_FORK:
            return "why/fork";
        case v1::POLICY_LATEST:
            return "why/latest";
        default:
            break;
    }
    if (!state.contested) return "why/agree";
    return resource.operative_write(schema.number) != nullptr ? "why/risk-order"
                                                              : "why/person-decides";
}

class Accountant {
public:
    Accountant(const Session& session, const chart::GroupResource& resource)
        : session_(session),
          resource_(resource),
          kind_(merge::schema_of(resource.kind)),
          by_tick_(in_order(resource)),
          left_out_(by_tick_.size() - std::min(by_tick_.size(), k_statements_max)),
          sight_(std::span(by_tick_).subspan(left_out_)) {}

    Account account() const {
        Account out;
        out.record = resource_.record;
        out.resource = resource_.id;
        out.kind = kind_ == nullptr ? "" : kind_->name;
        out.incomplete = resource_.incomplete();
        out.left_out = left_out_;
        for (std::size_t at = left_out_; at < by_tick_.size(); ++at)
            out.statements.push_back(statement(at - left_out_));
        if (kind_ == nullptr) return out;
        for (const merge::AtomSchema& schema : kind_->atoms) {
            const merge::AtomState* state = resource_.atom(schema.number);
            if (state != nullptr && shown(schema)) out.atoms.push_back(atom(schema, *state));
        }
        return out;
    }

private:
    static std::vector<const merge::Change*> in_order(const chart::GroupResource& resource) {
        std::vector<const merge::Change*> out;
        for (const chart::ChangePtr& change : resource.history)
            out.push_back(change.get());
        std::sort(out.begin(), out.end(), [](const merge::Change* a, const merge::Change* b) {
            return std::make_pair(a->header.tick(), a->id) <
                   std::make_pair(b->header.tick(), b->id);
        });
        return out;
    }

    std::string standing(const merge::AtomSchema& schema, const merge::AtomState& state,
                         const ChangeId& change) const {
        if (writes(state.pending, change)) return "proposed";
        if (!writes(state.live, change)) return "replaced";
        const bool all = schema.policy == v1::POLICY_UNION || schema.policy == v1::POLICY_FORK;
        const merge::AtomWrite* chosen =
            all || state.live.size() == 1 ? nullptr : resource_.operative_write(schema.number);
        const bool acted_on =
            all || state.live.size() == 1 || (chosen != nullptr && chosen->change == change);
        return acted_on ? "operative" : "beside";
    }

    AccountStatement statement(std::size_t at) const {
        const merge::Change& change = *by_tick_[left_out_ + at];
        const chart::Authorship by = chart::authorship_of(change);
        AccountStatement out;
        out.said = said_of(session_, by);
        out.role = by.role;
        out.here = !by.from_server && change.incarnation == session_.store.identity().incarnation;
        out.withheld = !change.body_bytes;
        if (change.body.basis().has_data_age_ms()) {
            out.data_age = Duration{static_cast<std::int64_t>(change.body.basis().data_age_ms())};
        }
        for (std::size_t other = 0; other < by_tick_.size() - left_out_; ++other) {
            if (sight_.apart(at, other)) out.not_seen.push_back(other);
        }
        if (kind_ == nullptr) return out;
        const auto message = parsed_body(change);
        for (const std::uint32_t number : change.header.atom()) {
            const merge::AtomSchema* schema = kind_->atom(number);
            const merge::AtomState* state = resource_.atom(number);
            if (schema == nullptr || state == nullptr || !shown(*schema)) continue;
            AccountPart part;
            part.atom = schema->name;
            if (message != nullptr) {
                part.value =
                    clinical::value_words(*message, *schema->field, spoken(session_.language));
            }
            part.standing = standing(*schema, *state, change.id);
            out.parts.push_back(std::move(part));
        }
        return out;
    }

    // What the change says; null when it is not here or cannot be read.
    std::unique_ptr<google::protobuf::Message> parsed_body(const merge::Change& change) const {
        if (!change.body_bytes) return nullptr;
        std::unique_ptr<google::protobuf::Message> out(kind_->prototype->New());
        if (!out->ParseFromString(change.body.resource())) return nullptr;
        return out;
    }

    AccountAtom atom(const merge::AtomSchema& schema, const merge::AtomState& state) const {
        std::size_t written = 0;
        for (const merge::Change* change : by_tick_) {
            const auto& atoms = change->header.atom();
            if (std::count(atoms.begin(), atoms.end(), schema.number) > 0) ++written;
        }
        AccountAtom out;
        out.atom = schema.name;
        out.rule = rule_of(schema, state, resource_, written);
        out.contested = state.contested;
        if (const auto* said = clinical::sentences(out.rule, spoken(session_.language))) {
            out.title = said->title;
            out.sentence = said->meaning;
            out.next = said->next;
        }
        return out;
    }

    const Session& session_;
    const chart::GroupResource& resource_;
    const merge::KindSchema* kind_;
    std::vector<const merge::Change*> by_tick_;
    std::size_t left_out_;
    Sight sight_;
};

}  // namespace

Result<Account> Device::explain_resource(const EditToken& token, const Access& access) {
    return impl_->run([&](Session& session) -> Result<Account> {
        const auto seen = read_token(token);
        if (!seen) return tl::unexpected(seen.error());
        const auto group = enter_whole(session, seen->record, access);
        if (!group) return tl::unexpected(group.error());
        const auto* resource = (*group)->find(seen->record, seen->resource);
        if (resource == nullptr) resource = (*group)->find(seen->resource);
        if (resource == nullptr) return fail(ErrorCode::not_found, "the resource of the token");
        const auto elsewhere = session.store.elsewhere((*group)->records);
        if (!elsewhere) return tl::unexpected(elsewhere.error());
        Account out = Accountant(session, *resource).account();
        const auto since = elsewhere->find(resource->kind);
        if (since == elsewhere->end()) return out;
        out.on_its_way = since->second == chart::k_not_yet;
        if (!out.on_its_way) out.on_tablet_since = since->second;
        return out;
    });
}

}  // namespace kari
