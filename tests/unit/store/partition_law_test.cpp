// SPDX-License-Identifier: Apache-2.0
//
// Whatever way a record's log reaches a device, the state is the same.
#include <iostream>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/review.hpp"
#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const EpochId k_epoch = id_of<EpochId>(1);

// Over the whole range whatever size RapidCheck has come to: a loop below ends by what is picked.
std::uint64_t pick(std::uint64_t from, std::uint64_t below) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(from, below));
}

// Each case makes databases and writes them to disk: fewer cases than RapidCheck's hundred.
template <typename Property>
bool holds(int cases, Property&& property) {
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = std::min(params.maxSuccess, cases);
    const auto result = rc::detail::checkTestable(std::forward<Property>(property),
                                                  rc::detail::TestMetadata{}, params);
    rc::detail::printResultMessage(result, std::cout);
    return result.template is<rc::detail::SuccessResult>();
}

// A history of several writers over a few resources, with concurrent edits.
ServerLog random_log(std::size_t length) {
    ServerLog log(k_record);
    std::vector<Writer> writers;
    for (std::uint64_t n = 0; n < 3; ++n) {
        writers.emplace_back(id_of<IncarnationId>(100 + n), k_record,
                             n == 0 ? v1::ORIGIN_SERVER : v1::ORIGIN_DEVICE);
    }
    std::map<std::uint64_t, std::vector<ChangeId>> written;
    for (std::size_t n = 0; n < length; ++n) {
        const auto who = pick(0, writers.size());
        const auto what = pick(0, 4);
        std::vector<ChangeId> parents;
        for (const auto& earlier : written[what]) {
            if (pick(0, 3) == 0) parents.push_back(earlier);
        }
        const auto resource = id_of<ResourceId>(what);
        const std::string text = std::to_string(pick(0, 5));
        const auto change = what < 2 ? writers[who].write(resource, temperature(text), parents)
                                     : writers[who].write(resource, note(text), parents);
        written[what].push_back(change.id);
        log.append(change);
    }
    return log;
}

void require(bool holds, const char* what) {
    RC_ASSERT_FALSE(!holds && what != nullptr);
}

// What the store keeps apart of what it holds above its cursor, against the log.
void require_beside(OpenStore& store) {
    const auto cursor = store->record_meta(k_record).value()->cursor.position;
    std::uint64_t highest = 0;
    for (const auto& stored : take(store->changes_after(k_record, cursor, 1000)))
        highest = stored.position;
    RC_ASSERT(store->highest_beside(k_record).value() == highest);
}

// Sends the log in pieces with repetitions and pieces out of order between.
void deliver(OpenStore& store, const ServerLog& log) {
    const auto length = log.changes().size();
    std::uint64_t at = 0;
    while (at < length) {
        // What makes progress comes first, so that a shrunk case ends.
        const auto how = pick(0, 4);
        if (how == 3) {
            std::vector<std::uint64_t> some;
            for (std::uint64_t p = 1; p <= length; ++p) {
                if (pick(0, 3) == 0) some.push_back(p);
            }
            require(store->apply_delta(log.out_of_order(some), k_epoch).has_value(), "beside");
            require_beside(store);
            continue;
        }
        const auto from = how == 1 ? pick(0, at + 1) : at;
        const auto to = pick(at + 1, length + 1);
        require(store->apply_delta(log.delta(from, to), k_epoch).has_value(), "piece");
        at = std::max(at, to);
        require_beside(store);
        if (pick(0, 5) == 0) require(store.reopen().has_value(), "reopen");
    }
}

}  // namespace

TEST_CASE("any partition, order and repetition of a log gives one state, equal to a rebuild") {
    CHECK(holds(25, [] {
        const auto log = random_log(pick(1, 14));
        OpenStore whole(1);
        require(whole->apply_delta(log.delta(0, log.changes().size()), k_epoch).has_value(),
                "whole");
        OpenStore pieces(2);
        deliver(pieces, log);
        RC_ASSERT(canonical_state(*whole.store, k_record) ==
                  canonical_state(*pieces.store, k_record));
        RC_ASSERT(pieces->record_meta(k_record).value()->cursor == log.end());
        RC_ASSERT(pieces->verify()->empty());
        while (pieces->review_owed(1).value() > 0) {
        }
        const auto expected =
            chart::review(*pieces->group(k_record).value(), clinical::demo_pack());
        RC_ASSERT(pieces->findings(k_record).value() == expected);
        const auto before = canonical_state(*pieces.store, k_record);
        RC_ASSERT(pieces->rebuild().has_value());
        RC_ASSERT(canonical_state(*pieces.store, k_record) == before);
        while (pieces->review_owed(1).value() > 0) {
        }
        RC_ASSERT(pieces->findings(k_record).value() == expected);
    }));
}

TEST_CASE("local writes between deltas leave findings and state as a rebuild does") {
    CHECK(holds(25, [] {
        const auto log = random_log(8);
        OpenStore store;
        for (std::uint64_t at = 0; at < 8; ++at) {
            require(store->apply_delta(log.delta(at, at + 1), k_epoch).has_value(), "piece");
            if (pick(0, 2) == 0) require(store->review_owed(9).has_value(), "review");
            const auto what = pick(0, 4);
            const auto resource = id_of<ResourceId>(what);
            std::vector<ChangeId> parents;
            const auto known = store->resource(k_record, resource);
            if (known && pick(0, 2) == 0) parents = known->heads;
            const auto value = temperature("40");
            const auto text = note("mine");
            const auto done = what < 2 ? store->write(request(k_record, resource, value, parents))
                                       : store->write(request(k_record, resource, text, parents));
            require(done.has_value(), "write");
        }
        require(store->review_owed(9).has_value(), "review");
        RC_ASSERT(store->verify()->empty());
        RC_ASSERT(store->findings(k_record).value() ==
                  chart::review(*store->group(k_record).value(), clinical::demo_pack()));
        RC_ASSERT(store->check().has_value());
    }));
}
