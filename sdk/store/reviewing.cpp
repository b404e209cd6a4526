// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "sdk/chart/review.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/store/loading.hpp"
#include "sdk/store/neighbourhood.hpp"

namespace kari::store {
namespace {

// Above so many touched resources one review of the whole is cheaper.
constexpr std::size_t k_touched_max = 1024;
// So many share one reading of what rules look at.
constexpr std::size_t k_touched_at_once = 64;

// The records here in which a finding is written: those it concerns, else the group's first.
std::vector<RecordId> homes(const std::vector<RecordId>& members, const chart::Finding& finding) {
    std::vector<RecordId> here;
    std::set_intersection(finding.records.begin(), finding.records.end(), members.begin(),
                          members.end(), std::back_inserter(here));
    if (here.empty()) here.push_back(members.front());
    return here;
}

std::vector<chart::Finding> values(std::map<FindingId, chart::Finding>& by_id) {
    std::vector<chart::Finding> out;
    for (auto& [id, finding] : by_id)
        out.push_back(std::move(finding));
    return out;
}

// As it is stored: it may name other resources than it does now.
Result<void> remove_finding(sqlcipher::Database& db, const RecordId& record, const FindingId& id) {
    std::optional<chart::Finding> stored;
    auto ok = each_row(
        db, "SELECT content FROM finding WHERE record = ?1 AND finding = ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto finding = decode_finding(row.column_blob(0));
            if (!finding) return passed(finding.error());
            stored = std::move(*finding);
            return {};
        },
        record, id);
    if (!ok || !stored) return ok;
    for (const auto& resource : stored->resources) {
        ok = run(db,
                 "DELETE FROM finding_about WHERE record = ?1 AND resource = ?2 AND finding = ?3",
                 record, resource, id);
        if (!ok) return ok;
    }
    return run(db, "DELETE FROM finding WHERE record = ?1 AND finding = ?2", record, id);
}

Result<void> add_finding(sqlcipher::Database& db, const RecordId& record,
                         const chart::Finding& finding) {
    auto ok =
        run(db, "INSERT INTO finding(record, finding, moment, content) VALUES(?1, ?2, ?3, ?4)",
            record, finding.id, chart::k_stands.ms, encode_finding(finding));
    for (const auto& resource : finding.resources) {
        if (!ok) return ok;
        ok = run(db, "INSERT INTO finding_about(record, resource, finding) VALUES(?1, ?2, ?3)",
                 record, resource, finding.id);
    }
    return ok;
}

// The issue resources of findings, with what they need to be read.
Result<chart::Group> issues_of(DeviceStore::State& store, const chart::Closure& members,
                               const std::vector<chart::Finding>& findings) {
    Loading loading(store, members);
    for (const auto& finding : findings) {
        auto ok = loading.add(chart::issue_resource(finding.id));
        if (!ok) return passed(ok.error());
    }
    return loading.take();
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
                                                                    const chart::Closure& members) {
    const auto aside =
        number(db, "SELECT hidden <> 0 OR not_here <> 0 FROM record WHERE record = ?1", record);
    if (!aside) return passed(aside.error());
    return *aside != 0 ? std::vector<RecordId>{record} : members.records;
}

// One across records stands in each.
Result<std::vector<chart::Finding>> DeviceStore::State::stored_findings(
    const std::vector<RecordId>& records, Instant since) {
    std::map<FindingId, chart::Finding> all;
    for (const auto& record : records) {
        const auto ok = each_row(
            db, "SELECT content FROM finding WHERE record = ?1 AND moment >= ?2",
            [&](sqlcipher::Statement& row) -> Result<void> {
                auto finding = decode_finding(row.column_blob(0));
                if (!finding) return passed(finding.error());
                all.emplace(finding->id, std::move(*finding));
                return {};
            },
            record, since.ms);
        if (!ok) return passed(ok.error());
    }
    return values(all);
}

Result<std::vector<chart::Finding>> DeviceStore::State::findings_about(
    const std::vector<RecordId>& records, const std::vector<ResourceId>& resources) {
    std::map<FindingId, chart::Finding> all;
    for (const auto& record : records) {
        for (const auto& resource : resources) {
            const auto ok = each_row(
                db,
                "SELECT f.content FROM finding_about a JOIN finding f ON f.record = a.record"
                " AND f.finding = a.finding WHERE a.record = ?1 AND a.resource = ?2",
                [&](sqlcipher::Statement& row) -> Result<void> {
                    auto finding = decode_finding(row.column_blob(0));
                    if (!finding) return passed(finding.error());
                    all.emplace(finding->id, std::move(*finding));
                    return {};
                },
                record, resource);
            if (!ok) return passed(ok.error());
        }
    }
    return values(all);
}

Result<std::vector<FindingId>> DeviceStore::State::replace_findings(
    const std::vector<RecordId>& members, const std::vector<RecordId>& written,
    const std::vector<chart::Finding>& before, const std::vector<chart::Finding>& after) {
    std::map<FindingId, const chart::Finding*> gone;
    for (const auto& finding : before)
        gone.emplace(finding.id, &finding);
    std::vector<FindingId> changed;
    for (const auto& finding : after) {
        const auto was = gone.find(finding.id);
        const bool same = was != gone.end() && *was->second == finding;
        if (was != gone.end()) gone.erase(was);
        if (same) continue;
        changed.push_back(finding.id);
        for (const auto& record : written) {
            auto ok = remove_finding(db, record, finding.id);
            if (!ok) return passed(ok.error());
        }
        for (const auto& record : homes(members, finding)) {
            if (!std::binary_search(written.begin(), written.end(), record)) continue;
            if (auto ok = add_finding(db, record, finding); !ok) return passed(ok.error());
        }
    }
    for (const auto& [id, finding] : gone) {
        changed.push_back(id);
        for (const auto& record : written) {
            if (auto ok = remove_finding(db, record, id); !ok) return passed(ok.error());
        }
    }
    std::sort(changed.begin(), changed.end());
    return changed;
}

Result<void> DeviceStore::State::date_findings(const chart::Group& group,
                                               const std::vector<RecordId>& written,
                                               const std::vector<chart::Finding>& findings) {
    const chart::ClockNotes no_clocks{chart::Group{}};
    std::set<FindingId> ours;
    for (const auto& finding : findings)
        ours.insert(finding.id);
    for (const auto& tracked : chart::track(group, findings)) {
        if (!ours.contains(tracked.finding.id)) continue;
        Instant moment = chart::k_stands;
        if (tracked.state == chart::FindingState::resolved) {
            moment = Instant{INT64_MIN};
            for (const auto& record : group.records) {
                const auto* issue = group.find(record, chart::issue_resource(tracked.finding.id));
                if (issue == nullptr) continue;
                moment = std::max(moment, chart::moment_of(*issue, no_clocks));
            }
        }
        for (const auto& record : written) {
            auto ok = run(db,
                          "UPDATE finding SET moment = ?3 WHERE record = ?1 AND finding = ?2"
                          " AND moment <> ?3",
                          record, tracked.finding.id, moment.ms);
            if (!ok) return ok;
        }
    }
    return {};
}

// An issue's id begins the ids of the findings that it carries.
Result<std::vector<chart::Finding>> DeviceStore::State::findings_answered_in(
    const std::vector<RecordId>& records, const std::vector<ResourceId>& issues) {
    std::map<FindingId, chart::Finding> all;
    for (const auto& issue : issues) {
        const std::string from = base::to_bytes(issue) + std::string(16, '\0');
        const std::string to = base::to_bytes(issue) + std::string(16, '\xff');
        for (const auto& record : records) {
            const auto ok = each_row(
                db, "SELECT content FROM finding WHERE record = ?1 AND finding BETWEEN ?2 AND ?3",
                [&](sqlcipher::Statement& row) -> Result<void> {
                    auto finding = decode_finding(row.column_blob(0));
                    if (!finding) return passed(finding.error());
                    all.emplace(finding->id, std::move(*finding));
                    return {};
                },
                record, std::string_view(from), std::string_view(to));
            if (!ok) return passed(ok.error());
        }
    }
    return values(all);
}

Result<std::vector<FindingId>> DeviceStore::State::review_some(
    const RecordId& record, const chart::Closure& members, const std::vector<RecordId>& written,
    const std::vector<ResourceId>& touched) {
    const auto near = neighbourhood_of(*this, members, touched);
    if (!near) return passed(near.error());
    const auto after = chart::review_examined(near->group, *pack, near->touched);
    const auto before = findings_about(written, near->touched);
    if (!before) return passed(before.error());
    const auto changed = replace_findings(near->group.records, written, *before, after);
    if (!changed) return passed(changed.error());
    // To be dated: what is found otherwise than before, and what the touched issues answer.
    std::vector<ResourceId> issues;
    for (const auto& resource : near->group.resources) {
        if (resource.kind == v1::KIND_DETECTED_ISSUE) issues.push_back(resource.id);
    }
    auto to_date = findings_answered_in(written, issues);
    if (!to_date) return passed(to_date.error());
    for (const auto& finding : after) {
        if (std::binary_search(changed->begin(), changed->end(), finding.id)) {
            to_date->push_back(finding);
        }
    }
    if (!to_date->empty()) {
        const auto answers = issues_of(*this, members, *to_date);
        if (!answers) return passed(answers.error());
        if (auto ok = date_findings(*answers, written, *to_date); !ok) return passed(ok.error());
    }
    // What a kept group holds of what open findings name is no longer all.
    if (!changed->empty()) forget(record);
    return changed;
}

Result<void> DeviceStore::State::review_all(const RecordId& record,
                                            const std::vector<RecordId>& written) {
    const auto group = whole_group(record);
    if (!group) return passed(group.error());
    const auto before = stored_findings(written);
    if (!before) return passed(before.error());
    const auto after = chart::review(*group, *pack);
    const auto changed = replace_findings(group->records, written, *before, after);
    if (!changed) return passed(changed.error());
    forget(record);
    return date_findings(*group, written, after);
}

Result<std::vector<FindingId>> DeviceStore::State::review_now(const RecordId& record,
                                                              const ResourceId& resource) {
    const auto members = closure(record);
    if (!members) return passed(members.error());
    const auto written = written_by_review(record, *members);
    if (!written) return passed(written.error());
    return review_some(record, *members, *written, {resource});
}

Result<void> DeviceStore::State::review_group(const RecordId& record) {
    const auto members = closure(record);
    if (!members) return passed(members.error());
    const auto written = written_by_review(record, *members);
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
    if (touched.size() > k_touched_max ||
        std::binary_search(touched.begin(), touched.end(), k_whole_record)) {
        if (auto ok = review_all(record, *written); !ok) return ok;
        touched.clear();
    }
    for (std::size_t at = 0; at < touched.size(); at += k_touched_at_once) {
        const auto end = std::min(touched.size(), at + k_touched_at_once);
        const auto done = review_some(record, *members, *written,
                                      {touched.begin() + static_cast<std::ptrdiff_t>(at),
                                       touched.begin() + static_cast<std::ptrdiff_t>(end)});
        if (!done) return passed(done.error());
    }
    for (const auto& member : *written) {
        if (auto ok = run(db, "DELETE FROM owed WHERE record = ?1", member); !ok) return ok;
    }
    return {};
}

Result<std::vector<chart::Finding>> DeviceStore::findings(const RecordId& record, Instant since) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto members = state_->closure(record);
    if (!members) return passed(members.error());
    return state_->stored_findings(members->records, since);
}

Result<std::optional<chart::Finding>> DeviceStore::finding(const RecordId& record,
                                                           const FindingId& id) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto members = state_->closure(record);
    if (!members) return passed(members.error());
    std::optional<chart::Finding> found;
    for (const auto& member : members->records) {
        const auto ok = each_row(
            state_->db, "SELECT content FROM finding WHERE record = ?1 AND finding = ?2",
            [&](sqlcipher::Statement& row) -> Result<void> {
                auto finding = decode_finding(row.column_blob(0));
                if (!finding) return passed(finding.error());
                found = std::move(*finding);
                return {};
            },
            member, id);
        if (!ok) return passed(ok.error());
    }
    return found;
}

Result<std::vector<chart::TrackedFinding>> DeviceStore::unresolved(const RecordId& record) {
    const auto found = findings(record, chart::k_stands);
    if (!found) return passed(found.error());
    auto members = state_->closure(record);
    if (!members) return passed(members.error());
    Loading loading(*state_, std::move(*members));
    auto ok = loading.add_kind(v1::KIND_DETECTED_ISSUE, chart::k_stands);
    if (!ok) return passed(ok.error());
    // An issue may be settled by what it says itself, and not by what is found here since.
    for (const auto& finding : *found) {
        if (ok = loading.add(chart::issue_resource(finding.id)); !ok) return passed(ok.error());
    }
    auto tracked = chart::track(loading.group(), *found);
    std::erase_if(tracked, [](const chart::TrackedFinding& one) {
        return one.state == chart::FindingState::resolved;
    });
    return tracked;
}

Result<std::vector<chart::TrackedFinding>> DeviceStore::tracked_about(const RecordId& record,
                                                                      const ResourceId& resource) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto members = state_->closure(record);
    if (!members) return passed(members.error());
    const auto found = state_->findings_about(members->records, {resource});
    if (!found) return passed(found.error());
    if (found->empty()) return std::vector<chart::TrackedFinding>{};
    const auto issues = issues_of(*state_, *members, *found);
    if (!issues) return passed(issues.error());
    return chart::track(*issues, *found);
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
