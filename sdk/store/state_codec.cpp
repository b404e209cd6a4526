// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/state_codec.hpp"

#include "sdk/base/digest.hpp"
#include "sdk/merge/schema.hpp"
#include "sdk/store/packed.hpp"

namespace kari::store {
namespace {

// Raised when the fold, what is kept beside it (moment, traces) or this encoding gives other bytes
// for the same changes.
constexpr std::uint32_t k_fold_version = 5;

tl::unexpected<Error> corrupt(std::string_view row) {
    return fail(ErrorCode::storage_corrupt, "store: " + std::string(row) + " row");
}

void pack_writes(Packer& out, const std::vector<merge::AtomWrite>& writes) {
    out.u32(writes.size());
    for (const auto& write : writes) {
        out.id(write.change).u64(write.tick).u8(write.effective ? 1 : 0).u8(write.cleared ? 1 : 0);
        out.part(write.value);
    }
}

std::vector<merge::AtomWrite> unpack_writes(Unpacker& in) {
    constexpr std::size_t least = 32 + 8 + 1 + 1 + 4;
    std::vector<merge::AtomWrite> writes(in.count(least));
    for (auto& write : writes) {
        write.change = in.id<ChangeId>();
        write.tick = in.u64();
        write.effective = in.u8() != 0;
        write.cleared = in.u8() != 0;
        write.value = in.part();
    }
    return writes;
}

}  // namespace

std::string encode_resource(const merge::Resource& resource) {
    Packer out;
    out.id(resource.record).id(resource.id).u32(resource.kind);
    out.ids(resource.heads).ids(resource.changes).ids(resource.missing).u64(resource.tick);
    out.u8(resource.withheld ? 1 : 0).u8(resource.unreadable ? 1 : 0);
    out.u32(resource.atoms.size());
    for (const auto& atom : resource.atoms) {
        out.u32(atom.number).u8(atom.contested ? 1 : 0).u8(atom.unreadable ? 1 : 0);
        pack_writes(out, atom.live);
        pack_writes(out, atom.pending);
    }
    return out.take();
}

Result<merge::Resource> decode_resource(std::string_view bytes) {
    Unpacker in(bytes);
    merge::Resource resource;
    resource.record = in.id<RecordId>();
    resource.id = in.id<ResourceId>();
    resource.kind = in.u32();
    resource.heads = in.ids<ChangeId>();
    resource.changes = in.ids<ChangeId>();
    resource.missing = in.ids<ChangeId>();
    resource.tick = in.u64();
    resource.withheld = in.u8() != 0;
    resource.unreadable = in.u8() != 0;
    constexpr std::size_t least = 4 + 1 + 1 + 4 + 4;
    resource.atoms.resize(in.count(least));
    for (auto& atom : resource.atoms) {
        atom.number = in.u32();
        atom.contested = in.u8() != 0;
        atom.unreadable = in.u8() != 0;
        atom.live = unpack_writes(in);
        atom.pending = unpack_writes(in);
    }
    if (!in.done()) return corrupt("resource");
    return resource;
}

std::string encode_finding(const chart::Finding& finding) {
    Packer out;
    out.id(finding.id).part(finding.rule).u32(static_cast<std::size_t>(finding.severity));
    out.part(finding.subject.bytes);
    out.ids(finding.inputs).ids(finding.records).ids(finding.resources);
    return out.take();
}

Result<chart::Finding> decode_finding(std::string_view bytes) {
    Unpacker in(bytes);
    chart::Finding finding;
    finding.id = in.id<FindingId>();
    finding.rule = in.part();
    finding.severity = static_cast<v1::Severity>(in.u32());
    finding.subject.bytes = in.part();
    finding.inputs = in.ids<ChangeId>();
    finding.records = in.ids<RecordId>();
    finding.resources = in.ids<ResourceId>();
    if (!in.done()) return corrupt("finding");
    return finding;
}

std::string encode_addresses(const std::vector<Address>& addresses) {
    Packer out;
    out.u32(addresses.size());
    for (const auto& at : addresses)
        out.id(at.incarnation).u64(at.seq).id(at.id);
    return out.take();
}

Result<std::vector<Address>> decode_addresses(std::string_view bytes) {
    Unpacker in(bytes);
    std::vector<Address> addresses(in.count(16 + 8 + 32));
    for (auto& at : addresses) {
        at.incarnation = in.id<IncarnationId>();
        at.seq = in.u64();
        at.id = in.id<ChangeId>();
    }
    if (!in.done()) return corrupt("resource");
    return addresses;
}

std::string encode_traces(const std::vector<chart::Trace>& traces) {
    Packer out;
    out.u32(traces.size());
    for (const auto& trace : traces)
        out.part(trace.key).u64(static_cast<std::uint64_t>(trace.at.ms));
    return out.take();
}

Result<std::vector<chart::Trace>> decode_traces(std::string_view bytes) {
    Unpacker in(bytes);
    std::vector<chart::Trace> traces(in.count(4 + 8));
    for (auto& trace : traces) {
        trace.key = in.part();
        trace.at.ms = static_cast<std::int64_t>(in.u64());
    }
    if (!in.done()) return corrupt("resource");
    return traces;
}

std::string encode_parts(const std::vector<std::string>& parts) {
    Packer out;
    out.u32(parts.size());
    for (const auto& part : parts)
        out.part(part);
    return out.take();
}

Result<std::vector<std::string>> decode_parts(std::string_view bytes) {
    Unpacker in(bytes);
    std::vector<std::string> parts(in.count(4));
    for (auto& part : parts)
        part = in.part();
    if (!in.done()) return corrupt("seal");
    return parts;
}

std::string fold_schema_digest() {
    std::string schema;
    for (const auto* file : merge::schema_files())
        schema += file->DebugString();
    return base::to_bytes(base::sha256_of("kari fold schema", {base::u32(k_fold_version), schema}));
}

}  // namespace kari::store
