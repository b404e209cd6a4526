// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "kari/v1/change.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/chain.hpp"

namespace kari::sync::test {

template <typename T>
T an_id(const std::string& name) {
    return base::shorten<T>(base::sha256(name));
}

inline constexpr std::uint32_t k_ordinary_kind = 1;
inline constexpr std::uint32_t k_safety_kind = 2;

// One incarnation that writes changes, each chained to its predecessor in the stream.
class Writer {
public:
    explicit Writer(const std::string& name)
        : name_(name), incarnation(an_id<IncarnationId>("incarnation " + name)) {}

    StoredChange write(const RecordId& record, std::uint32_t kind = k_ordinary_kind,
                       std::size_t body_bytes = 40) {
        auto& head = heads_[record];
        ++head.seq;
        std::string body =
            base::to_bytes(base::sha256(name_ + std::to_string(++written_))).substr(0, 16);
        body.resize(body_bytes, 'b');
        v1::ChangeHeader header;
        header.set_incarnation(base::to_bytes(incarnation));
        header.set_record(base::to_bytes(record));
        header.set_seq(head.seq);
        header.set_resource(std::string(16, 'r'));
        header.set_kind(kind);
        header.add_atom(1);
        header.set_body_sha256(base::to_bytes(base::sha256(body)));
        if (head.seq > 1) header.set_prev(base::to_bytes(head.id));
        StoredChange change;
        change.header_bytes = header.SerializeAsString();
        change.body_bytes = body;
        change.id.bytes = base::sha256(*change.header_bytes).bytes;
        head.id = change.id;
        return change;
    }

private:
    struct Head {
        std::uint64_t seq = 0;
        ChangeId id;
    };
    std::string name_;
    std::map<RecordId, Head> heads_;
    int written_ = 0;

public:
    IncarnationId incarnation;
};

inline v1::ChangeHeader header_of(const StoredChange& change) {
    v1::ChangeHeader header;
    if (change.header_bytes) header.ParseFromString(*change.header_bytes);
    return header;
}

}  // namespace kari::sync::test
