// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/record_window.hpp"

#include <algorithm>
#include <unordered_map>

#include "sdk/base/id.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/finding.hpp"
#include "sdk/chart/window.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

// As many records as one reply goes between.
constexpr std::size_t k_windows_kept = 4;

class Ordering {
public:
    Ordering(std::shared_ptr<const RecordLog> log, const WindowChoice& choice)
        : choice_(choice), group_(chart::make_group({log->record}, {}, log->changes)) {
        out_.log = std::move(log);
    }

    RecordWindow run() {
        place();
        mark_named();
        raise_acts();
        for (auto& [id, item] : items_)
            out_.items.push_back(std::move(item));
        std::sort(out_.items.begin(), out_.items.end(),
                  [](const auto& a, const auto& b) { return a.at > b.at; });
        mark_newest();
        return std::move(out_);
    }

private:
    void place() {
        const chart::ClockNotes clocks(group_);
        for (const auto& resource : group_.resources) {
            WindowItem& item = items_[resource.id];
            item.kind = resource.kind;
            item.at = {is_cut(resource.kind) ? chart::moment_of(resource, clocks) : chart::k_stands,
                       resource.id};
        }
        std::map<ResourceId, std::size_t> bytes;
        std::uint64_t position = 0;
        for (const auto& change : out_.log->changes) {
            items_[change->resource].positions.push_back(++position);
            std::size_t& all = bytes[change->resource];
            all += change->header_bytes.size() + change->body_bytes.value_or("").size();
            out_.parts_fit = out_.parts_fit && all <= k_window_resource_bytes;
        }
    }

    // A finding that waits for somebody is shown with what it is about.
    void mark_named() {
        std::unordered_map<ChangeId, ResourceId> written;
        for (const auto& resource : group_.resources) {
            if (resource.kind != v1::KIND_DETECTED_ISSUE || chart::is_settled(resource)) continue;
            if (written.empty()) {
                for (const auto& change : out_.log->changes)
                    written.emplace(change->id, change->resource);
            }
            const auto said = merge::operative_as<v1::DetectedIssue>(resource).statement();
            for (const auto& input : chart::finding_from(said).inputs) {
                const auto at = written.find(input);
                if (at != written.end()) items_[at->second].named = true;
            }
        }
    }

    // What was done about a visit, an appointment or a task tells its state: it is never behind it,
    // and stands while what it names is not here yet (after a restore an act may come first). A
    // measure is carried out for years, and its acts say nothing of its state.
    void raise_acts() {
        for (const auto& resource : group_.resources) {
            if (resource.kind != v1::KIND_ENCOUNTER && resource.kind != v1::KIND_PROCEDURE)
                continue;
            WindowItem& act = items_[resource.id];
            for (const auto& named : chart::named_by(resource)) {
                const auto plan = items_.find(named);
                if (plan == items_.end()) {
                    act.at.moment = chart::k_stands;
                    continue;
                }
                if (chart::is_measure(plan->second.kind)) continue;
                act.at.moment = std::max(act.at.moment, plan->second.at.moment);
                if (is_cut(plan->second.kind)) out_.acts[named].push_back(resource.id);
            }
        }
    }

    void mark_newest() {
        std::map<std::uint32_t, std::size_t> met;
        for (auto& item : out_.items) {
            if (item.at.moment == chart::k_stands) continue;
            item.among_newest = met[item.kind]++ < choice_.newest;
        }
    }

    const WindowChoice& choice_;
    chart::Group group_;
    std::map<ResourceId, WindowItem> items_;
    RecordWindow out_;
};

bool is_written_by(const RecordLog& log, const WindowItem& item,
                   const std::set<IncarnationId>& own) {
    return std::any_of(item.positions.begin(), item.positions.end(), [&](std::uint64_t position) {
        return own.contains(log.changes[position - 1]->incarnation);
    });
}

}  // namespace

Result<WindowMark> mark_from(const v1::WindowMark& wire) {
    if (wire.resource().empty()) return WindowMark{Instant{wire.moment_ms()}, {}};
    const auto resource = base::from_bytes<ResourceId>(wire.resource());
    if (!resource) return fail(ErrorCode::malformed, "mark of a window");
    return WindowMark{Instant{wire.moment_ms()}, *resource};
}

v1::WindowMark to_wire(const WindowMark& mark) {
    v1::WindowMark wire;
    wire.set_moment_ms(mark.moment.ms);
    if (!mark.resource.is_zero()) wire.set_resource(base::to_bytes(mark.resource));
    return wire;
}

bool is_cut(std::uint32_t kind) {
    return chart::is_dated(kind) && kind != v1::KIND_DETECTED_ISSUE &&
           kind != v1::KIND_IMMUNIZATION && kind != v1::KIND_OTHER_RESOURCE &&
           kind != v1::KIND_STOCK_EVENT;  // a sum of a part is none
}

RecordWindow RecordWindow::of(std::shared_ptr<const RecordLog> log, const WindowChoice& choice) {
    return Ordering(std::move(log), choice).run();
}

WindowPass pass_of(const RecordWindow& window, const std::optional<WindowMark>& held,
                   Instant back_to, const std::set<IncarnationId>& own) {
    WindowPass pass;
    pass.end = {back_to, {}};
    const bool first = !held || held->moment == chart::k_stands;
    const auto goes_beside = [&](const WindowItem& item) {
        return item.among_newest || item.named || is_written_by(*window.log, item, own);
    };
    // What was done about a plan goes with it: without that it would look as if nobody had come.
    std::set<ResourceId> done_about;
    for (const auto& item : window.items) {
        const auto acts = window.acts.find(item.at.resource);
        if (!first || acts == window.acts.end() || !goes_beside(item)) continue;
        done_about.insert(acts->second.begin(), acts->second.end());
    }
    for (const auto& item : window.items) {
        const bool stands = item.at.moment == chart::k_stands;
        const bool recent = !stands && item.at.moment >= back_to;
        const bool beside = first && !stands && !recent &&
                            (goes_beside(item) || done_about.contains(item.at.resource));
        if (!stands && !recent && !beside) continue;
        const WindowMark after{recent ? item.at.moment : chart::k_stands, item.at.resource};
        if (held && after >= *held) continue;
        pass.steps.push_back({after, &item});
    }
    std::sort(pass.steps.begin(), pass.steps.end(),
              [](const auto& a, const auto& b) { return a.after > b.after; });
    return pass;
}

Result<std::shared_ptr<const RecordWindow>> RecordWindows::read(storage::Storage& storage,
                                                                RecordLogs& logs,
                                                                const RecordId& record) {
    KARI_LET(auto log, logs.read(storage, record));
    {
        const std::lock_guard lock(mutex_);
        for (auto it = used_.begin(); it != used_.end(); ++it) {
            if ((*it)->log->record != record || (*it)->log->head != log->head) continue;
            used_.splice(used_.begin(), used_, it);
            return used_.front();
        }
    }
    auto made = std::make_shared<const RecordWindow>(RecordWindow::of(std::move(log), choice));
    const std::lock_guard lock(mutex_);
    std::erase_if(used_, [&](const auto& kept) { return kept->log->record == record; });
    used_.push_front(made);
    if (used_.size() > k_windows_kept) used_.pop_back();
    return made;
}

}  // namespace kari::server::exchange
