// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "sdk/chart/review.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

// Above so many touched resources one review of the whole is cheaper.
constexpr std::size_t k_touched_max = 64;

bool names_one(const chart::Finding& finding, const std::vector<ResourceId>& examined) {
    return std::any_of(finding.resources.begin(), finding.resources.end(),
                       [&](const ResourceId& id) {
                           return std::binary_search(examined.begin(), examined.end(), id);
                       });
}

// The stored set after a partial review, as chart::Reviewed says.
std::vector<chart::Finding> merged(const std::vector<chart::Finding>& stored,
                                   const chart::Reviewed& reviewed) {
    std::map<FindingId, chart::Finding> all;
    for (const auto& finding : stored) {
        if (!names_one(finding, reviewed.examined)) all.emplace(finding.id, finding);
    }
    for (const auto& finding : reviewed.findings)
        all.insert_or_assign(finding.id, finding);
    std::vector<chart::Finding> out;
    for (auto& [id, finding] : all)
        out.push_back(std::move(finding));
    return out;
}

// The records here in which a finding is written: those it concerns, else the group's first.
std::vector<RecordId> homes(const chart::Group& group, const chart::Finding& finding) {
    std::vector<RecordId> here;
    std::set_intersection(finding.records.begin(), finding.records.end(), group.records.begin(),
                          group.records.end(), std::back_inserter(here));
    if (here.empty()) here.push_back(group.records.front());
    return here;
}

}  // namespace

Result<void> DeviceStore::State::owe(const RecordId& record, const ResourceId& resource) {
    return run(db, "INSERT INTO owed(record, resource) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
               record, resource);
}

Result<void> DeviceStore::State::owe_group(const RecordId& record) {
    const auto members = closure(record);
    if (!members) return passed(members.error());
    for (const auto& member : members->records) {
        if (auto ok = owe(member, k_whole_record); !ok) return ok;
    }
    return {};
}

Result<std::vector<RecordId>> DeviceStore::State::written_by_review(const RecordId& record,
                                                                    const chart::Group& group) {
    const auto hidden = number(db, "SELECT hidden FROM record WHERE record = ?1", record);
    if (!hidden) return passed(hidden.error());
    return *hidden != 0 ? std::vector<RecordId>{record} : group.records;
}

Result<std::vector<chart::Finding>> DeviceStore::State::stored_findings(
    const std::vector<RecordId>& records) {
    std::map<FindingId, chart::Finding> all;  // one across records stands in each
    for (const auto& record : records) {
        const auto ok = each_row(
            db, "SELECT content FROM finding WHERE record = ?1",
            [&](sqlcipher::Statement& row) -> Result<void> {
                auto finding = decode_finding(row.column_blob(0));
                if (!finding) return passed(finding.error());
                all.emplace(finding->id, std::move(*finding));
                return {};
            },
            record);
        if (!ok) return passed(ok.error());
    }
    std::vector<chart::Finding> out;
    for (auto& [id, finding] : all)
        out.push_back(std::move(finding));
    return out;
}

Result<std::vector<FindingId>> DeviceStore::State::replace_findings(
    const chart::Group& group, const std::vector<RecordId>& written,
    const std::vector<chart::Finding>& before, const std::vector<chart::Finding>& after) {
    std::map<FindingId, const chart::Finding*> gone;
    for (const auto& finding : before)
        gone.emplace(finding.id, &finding);
    std::vector<FindingId> changed;
    for (const auto& finding : after) {
        const auto was = gone.find(finding.id);
        const bool same = was != gone.end() && *was->second == finding;
        if (was != gone.end() && same) {
            gone.erase(was);
            continue;
        }
        changed.push_back(finding.id);
        const std::string content = encode_finding(finding);
        for (const auto& record : written) {
            if (auto ok = run(db, "DELETE FROM finding WHERE record = ?1 AND finding = ?2", record,
                              finding.id);
                !ok) {
                return passed(ok.error());
            }
        }
        for (const auto& record : homes(group, finding)) {
            if (!std::binary_search(written.begin(), written.end(), record)) continue;
            if (auto ok =
                    run(db, "INSERT INTO finding(record, finding, content) VALUES(?1, ?2, ?3)",
                        record, finding.id, content);
                !ok) {
                return passed(ok.error());
            }
        }
        gone.erase(finding.id);
    }
    for (const auto& [id, finding] : gone) {
        changed.push_back(id);
        for (const auto& record : written) {
            if (auto ok =
                    run(db, "DELETE FROM finding WHERE record = ?1 AND finding = ?2", record, id);
                !ok) {
                return passed(ok.error());
            }
        }
    }
    std::sort(changed.begin(), changed.end());
    return changed;
}

Result<std::vector<FindingId>> DeviceStore::State::review_now(const RecordId& record,
                                                              const ResourceId& resource) {
    const auto members = group(record);
    if (!members) return passed(members.error());
    const auto written = written_by_review(record, **members);
    if (!written) return passed(written.error());
    const auto before = stored_findings(*written);
    if (!before) return passed(before.error());
    const auto reviewed = chart::review_touched(**members, *pack, {resource});
    return replace_findings(**members, *written, *before, merged(*before, reviewed));
}

Result<void> DeviceStore::State::review_group(const RecordId& record) {
    const auto members = group(record);
    if (!members) return passed(members.error());
    const auto written = written_by_review(record, **members);
    if (!written) return passed(written.error());
    std::vector<ResourceId> touched;
    for (const auto& member : *written) {
        const auto ok = each_row(
            db, "SELECT resource FROM owed WHERE record = ?1",
            [&](sqlcipher::Statement& row) -> Result<void> {
                touched.push_back(row.column_id<ResourceId>(0));
                return {};
            },
            member);
        if (!ok) return ok;
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    const auto before = stored_findings(*written);
    if (!before) return passed(before.error());
    const bool whole = touched.size() > k_touched_max ||
                       std::binary_search(touched.begin(), touched.end(), k_whole_record);
    const auto after = whole ? chart::review(**members, *pack)
                             : merged(*before, chart::review_touched(**members, *pack, touched));
    if (auto ok = replace_findings(**members, *written, *before, after); !ok)
        return passed(ok.error());
    for (const auto& member : *written) {
        if (auto ok = run(db, "DELETE FROM owed WHERE record = ?1", member); !ok) return ok;
    }
    return {};
}

Result<std::vector<chart::Finding>> DeviceStore::findings(const RecordId& record) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto members = state_->closure(record);
    if (!members) return passed(members.error());
    return state_->stored_findings(members->records);
}

Result<std::uint64_t> DeviceStore::owed_reviews() {
    return number(state_->db, "SELECT count(DISTINCT record) FROM owed");
}

Result<std::uint64_t> DeviceStore::review_owed(std::size_t limit) {
    std::vector<RecordId> waiting;
    const auto ok = each_row(
        state_->db, "SELECT DISTINCT record FROM owed ORDER BY record LIMIT ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            waiting.push_back(row.column_id<RecordId>(0));
            return {};
        },
        limit);
    if (!ok) return passed(ok.error());
    for (const auto& record : waiting) {
        auto work = Work::begin(*state_);
        if (!work) return passed(work.error());
        const auto left = number(state_->db, "SELECT count(*) FROM owed WHERE record = ?1", record);
        if (!left) return passed(left.error());
        // Done already together with a record that it is linked with.
        if (*left > 0) {
            if (auto reviewed = state_->review_group(record); !reviewed) {
                return passed(reviewed.error());
            }
        }
        if (auto done = work->commit(); !done) return passed(done.error());
    }
    return owed_reviews();
}

}  // namespace kari::store
