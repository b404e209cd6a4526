// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/acceptance.hpp"

#include <algorithm>
#include <memory>

#include <google/protobuf/descriptor.h>

#include "sdk/merge/schema.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

bool names(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// That an allergy was entered in error counts when its author says so at once, or when the server
// has confirmed it: until then it still warns.
bool is_withdrawal(const merge::Change& proposal, std::uint32_t atom) {
    v1::AllergyIntolerance said;
    return proposal.header.kind() == v1::KIND_ALLERGY_INTOLERANCE &&
           atom == v1::AllergyIntolerance::kVerificationStatusFieldNumber &&
           said.ParseFromString(proposal.body.resource()) &&
           said.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR;
}

// Its author asked that nobody acts on it who does not know one of its atoms.
bool beyond_reading(const merge::Change& proposal, const merge::KindSchema& schema) {
    const auto& must = proposal.header.must_understand();
    return std::any_of(must.begin(), must.end(),
                       [&](std::uint32_t atom) { return schema.atom(atom) == nullptr; });
}

// A death suspends what keeps somebody alive: whoever may confirm one is named for it.
bool is_of_death(const merge::KindSchema& schema, std::uint32_t atom) {
    return schema.kind == v1::KIND_PATIENT && atom == v1::Patient::kDeceasedFieldNumber;
}

}  // namespace

std::vector<std::uint32_t> authority_atoms(const merge::Change& proposal) {
    std::vector<std::uint32_t> atoms;
    const merge::KindSchema* schema = merge::schema_of(proposal.header.kind());
    if (schema == nullptr || beyond_reading(proposal, *schema)) return atoms;
    for (const std::uint32_t number : proposal.header.atom()) {
        const merge::AtomSchema* atom = schema->atom(number);
        if (atom == nullptr) continue;
        if (atom->policy == v1::POLICY_AUTHORITY || is_withdrawal(proposal, number)) {
            atoms.push_back(number);
        }
    }
    return atoms;
}

std::vector<std::uint32_t> accepted_atoms(const config::Config& config,
                                          const merge::Change& proposal, bool made_on_tablet) {
    std::vector<std::uint32_t> accepted;
    const merge::KindSchema* schema = merge::schema_of(proposal.header.kind());
    if (schema == nullptr || proposal.from_server() || !proposal.body_bytes) return accepted;
    for (const std::uint32_t number : authority_atoms(proposal)) {
        const std::string& name = schema->atom(number)->name;
        const bool named = std::any_of(
            config.accept.begin(), config.accept.end(), [&](const config::AcceptRule& rule) {
                return rule.kind == schema->name &&
                       names(rule.roles, proposal.header.author().role()) &&
                       (!rule.only_tablet_made || made_on_tablet) &&
                       (names(rule.atoms, name) ||
                        (names(rule.atoms, "*") && !is_of_death(*schema, number)));
            });
        if (named) accepted.push_back(number);
    }
    return accepted;
}

Result<merge::Change> accept(ServerStream& stream, storage::RecordTransaction& record,
                             const merge::Change& proposal,
                             const std::vector<std::uint32_t>& atoms) {
    const merge::KindSchema* schema = merge::schema_of(proposal.header.kind());
    if (schema == nullptr || atoms.empty() || !proposal.body_bytes) {
        return fail(ErrorCode::invalid_argument, "nothing here that could be accepted");
    }
    const std::unique_ptr<google::protobuf::Message> value(schema->prototype->New());
    if (!value->ParseFromString(proposal.body.resource())) {
        return fail(ErrorCode::malformed, "resource of a proposal");
    }
    ServerStatement statement;
    for (const merge::AtomSchema& atom : schema->atoms) {
        if (!std::binary_search(atoms.begin(), atoms.end(), atom.number)) {
            value->GetReflection()->ClearField(value.get(), atom.field);
        }
    }
    // Atoms that this build does not know are nobody's to accept.
    value->GetReflection()->MutableUnknownFields(value.get())->Clear();
    for (const std::uint32_t cleared : proposal.body.cleared()) {
        if (std::binary_search(atoms.begin(), atoms.end(), cleared)) {
            statement.cleared.push_back(cleared);
        }
    }
    for (const std::uint32_t must : proposal.header.must_understand()) {
        if (std::binary_search(atoms.begin(), atoms.end(), must)) {
            statement.must_understand.push_back(must);
        }
    }
    statement.resource = proposal.resource;
    statement.kind = proposal.header.kind();
    statement.message = value.get();
    statement.parents = {proposal.id};
    statement.accepts = {proposal.id};
    if (proposal.header.has_effective()) statement.effective = proposal.header.effective();
    return stream.write(record, statement);
}

}  // namespace kari::server::exchange
