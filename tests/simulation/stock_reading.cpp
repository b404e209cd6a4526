// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/stock_reading.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"

namespace kari::sim {
namespace {

template <typename T>
std::optional<T> said_in(const ReadChange& change) {
    const auto body = body_of(change);
    T said;
    if (!body || !said.ParseFromString(body->resource())) return std::nullopt;
    return said;
}

ResourceId id_in(const std::string& bytes) {
    return base::from_bytes<ResourceId>(bytes).value_or(ResourceId{});
}

Writing writing_of(const ReadChange& change) {
    const v1::ChangeHeader& header = change.header;
    return {change.id,
            base::from_bytes<PersonId>(header.author().practitioner()).value_or(PersonId{}),
            header.incarnation() + header.recorded().boot(),
            static_cast<std::int64_t>(header.recorded().boot_clock_ms()),
            Instant{header.recorded().wall_ms()}};
}

std::string atc_of(const v1::CodeableConcept& drug) {
    for (const v1::Coding& coding : drug.coding()) {
        if (coding.system() == "http://www.whocc.no/atc") return coding.code();
    }
    return {};
}

std::string_view name_of(v1::StockAct act) {
    switch (act) {
        case v1::STOCK_ACT_RECEIVE:
            return "receive";
        case v1::STOCK_ACT_ISSUE:
            return "issue";
        case v1::STOCK_ACT_ADMINISTER:
            return "administer";
        case v1::STOCK_ACT_WASTE:
            return "waste";
        case v1::STOCK_ACT_RETURN:
            return "return";
        case v1::STOCK_ACT_TRANSFER_OUT:
            return "transfer-out";
        case v1::STOCK_ACT_TRANSFER_IN:
            return "transfer-in";
        case v1::STOCK_ACT_COUNT:
            return "count";
        case v1::STOCK_ACT_ADJUST:
            return "adjust";
        default:
            return "?";
    }
}

class Reader {
public:
    Reader(const World& world, const ReadLog& log, const RecordId& record, StockBooks& books)
        : world_(world), record_(record), books_(books) {
        for (const auto& [id, change] : log)
            by_resource_[change.header.resource()].push_back(&change);
    }

    void read() {
        for (auto& [resource, changes] : by_resource_) {
            std::sort(changes.begin(), changes.end(), [](const auto* a, const auto* b) {
                return std::pair(a->header.tick(), a->id) < std::pair(b->header.tick(), b->id);
            });
            switch (changes.front()->header.kind()) {
                case v1::KIND_STOCK_EVENT:
                    add_event(id_in(resource), changes);
                    break;
                case v1::KIND_MEDICATION_ADMINISTRATION:
                    add_dose(id_in(resource), changes);
                    break;
                case v1::KIND_PROCEDURE:
                    add_witness(changes);
                    break;
                default:
                    break;
            }
        }
    }

private:
    using Changes = std::vector<const ReadChange*>;

    bool plain(const ReadChange& change) const {
        return change.sound && change.body && !world_.newer.contains(change.id) &&
               change.header.origin() != v1::ORIGIN_SERVER;
    }

    void add_event(const ResourceId& resource, const Changes& changes) {
        StockRead read;
        for (const ReadChange* change : changes) {
            const auto said = said_in<v1::StockEvent>(*change);
            if (!said || !said->has_event() || !plain(*change)) continue;
            read.written = writing_of(*change);
            read.said = said->event();
            break;
        }
        read.record = record_;
        read.resource = resource;
        const auto amount = Decimal::parse(read.said.quantity().value());
        read.amount = amount.value_or(Decimal());
        read.clear = changes.size() == 1 && plain(*changes.front()) && amount &&
                     read.said.quantity().code() == k_stock_unit;
        books_
            .accounts[account_of(read.said.place().kind(), read.said.place().name(),
                                 atc_of(read.said.medication()))]
            .push_back(std::move(read));
    }

    void add_dose(const ResourceId& resource, const Changes& changes) {
        DoseRead& dose = books_.doses[resource];
        for (const ReadChange* change : changes) {
            const auto said = said_in<v1::MedicationAdministration>(*change);
            dose.clear = dose.clear && plain(*change) && said && said->has_administration();
            if (said) dose.all.push_back({writing_of(*change), said->administration()});
        }
    }

    void add_witness(const Changes& changes) {
        for (const ReadChange* change : changes) {
            const auto said = said_in<v1::Procedure>(*change);
            if (!said) continue;
            const auto& coding = said->procedure().code().coding();
            if (std::none_of(coding.begin(), coding.end(),
                             [](const auto& one) { return one.code() == "stock-witness"; })) {
                continue;
            }
            const ResourceId event = id_in(said->procedure().about().resource());
            books_.witnesses[event].push_back(writing_of(*change));
            if (changes.size() > 1 || !plain(*change)) books_.doubted.insert(event);
        }
    }

    const World& world_;
    RecordId record_;
    StockBooks& books_;
    std::map<std::string, Changes> by_resource_;
};

}  // namespace

int kind_of(StockPlaceKind kind) {
    switch (kind) {
        case StockPlaceKind::patient_home:
            return v1::STOCK_PLACE_KIND_PATIENT_HOME;
        case StockPlaceKind::car:
            return v1::STOCK_PLACE_KIND_CAR;
        case StockPlaceKind::person:
            return v1::STOCK_PLACE_KIND_PERSON;
        case StockPlaceKind::office:
            break;
    }
    return v1::STOCK_PLACE_KIND_OFFICE;
}

Decimal StockRead::moved() const {
    switch (said.act()) {
        case v1::STOCK_ACT_RECEIVE:
        case v1::STOCK_ACT_TRANSFER_IN:
        case v1::STOCK_ACT_ADJUST:
            return amount;
        case v1::STOCK_ACT_COUNT:
            return {};
        default:
            return Decimal() - amount;
    }
}

ResourceId StockRead::dose() const {
    return id_in(said.administration());
}

StockBooks read_books(const World& world, const Logs& logs, const std::vector<RecordId>& group) {
    StockBooks books;
    for (const RecordId& record : group) {
        const auto log = logs.find(record);
        if (log != logs.end()) Reader(world, log->second, record, books).read();
    }
    return books;
}

std::string words_of(std::string_view act, int place, std::string_view name,
                     std::string_view amount, std::string_view atc, std::string_view incident) {
    return fmt::format("{} {} {} {} {} {}", act, place, name, amount, atc, incident);
}

std::string words_of(const v1::StockMovement& said) {
    return words_of(name_of(said.act()), said.place().kind(), said.place().name(),
                    said.quantity().value() + said.quantity().code(), atc_of(said.medication()),
                    said.incident());
}

std::string account_of(int place, std::string_view name, std::string_view atc) {
    std::string out = fmt::format("{} {} {}", place, name, atc);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool kept_by_us(const v1::StockPlace& place) {
    return place.kind() == v1::STOCK_PLACE_KIND_OFFICE ||
           place.kind() == v1::STOCK_PLACE_KIND_CAR || place.kind() == v1::STOCK_PLACE_KIND_PERSON;
}

}  // namespace kari::sim
