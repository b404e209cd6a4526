// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/edit_token.hpp"

#include <string>
#include <string_view>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"

namespace kari::device {

namespace {

constexpr char k_version = 2;
constexpr char k_without_lines = 1;  // of a dose's order it named an index, and not whose
constexpr char k_has_slot = 1;
constexpr char k_has_age = 2;
constexpr char k_has_finding = 4;
constexpr char k_has_line = 8;
constexpr std::size_t k_token_bytes_max = 64 * 1024;

// Takes ids from the front of a text.
class Reader {
public:
    explicit Reader(std::string_view bytes) : left_(bytes) {}

    template <typename T>
    bool take(T& id) {
        const auto read = left_.size() < id.bytes.size()
                              ? std::nullopt
                              : base::from_bytes<T>(left_.substr(0, id.bytes.size()));
        if (!read) return false;
        id = *read;
        left_.remove_prefix(id.bytes.size());
        return true;
    }

    // Big-endian, of `bytes` bytes.
    template <typename T>
    bool take_number(T& number, std::size_t bytes) {
        if (left_.size() < bytes) return false;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) {
            value = value << 8 | static_cast<unsigned char>(left_.front());
            left_.remove_prefix(1);
        }
        number = static_cast<T>(value);
        return true;
    }

    // Ascending, without repeats.
    bool take_changes(std::vector<ChangeId>& changes, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            ChangeId id;
            if (!take(id) || (!changes.empty() && !(changes.back() < id))) return false;
            changes.push_back(id);
        }
        return true;
    }

    std::size_t left() const { return left_.size(); }

private:
    std::string_view left_;
};

std::string changes_text(const std::vector<ChangeId>& changes) {
    std::string bytes = base::u32(static_cast<std::uint32_t>(changes.size()));
    for (const ChangeId& id : changes)
        bytes += base::to_bytes(id);
    return bytes;
}

bool take_finding(Reader& reader, SeenFinding& finding) {
    std::uint32_t inputs = 0;
    return reader.take(finding.finding) && reader.take_number(finding.severity, 1) &&
           reader.take_number(inputs, 4) && reader.take_changes(finding.inputs, inputs);
}

bool take_all(Reader& reader, char flags, SeenResource& seen) {
    if (!reader.take(seen.record) || !reader.take(seen.resource)) return false;
    if ((flags & k_has_slot) != 0 && !reader.take(seen.slot.emplace())) return false;
    if ((flags & k_has_line) != 0) {
        SeenLine& line = seen.line.emplace();
        if (!reader.take(line.prescription) || !reader.take_number(line.dosage, 4)) return false;
    }
    if ((flags & k_has_age) != 0 && !reader.take_number(seen.age_ms.emplace(), 8)) return false;
    if ((flags & k_has_finding) != 0 && !take_finding(reader, seen.finding.emplace())) return false;
    std::uint32_t heads = 0;
    return reader.take_number(heads, 4) && reader.take_changes(seen.heads, heads) &&
           reader.left() == 0;
}

}  // namespace

EditToken make_token(const SeenResource& seen) {
    std::string bytes;
    bytes.push_back(k_version);
    bytes.push_back(static_cast<char>((seen.slot ? k_has_slot : 0) | (seen.age_ms ? k_has_age : 0) |
                                      (seen.finding ? k_has_finding : 0) |
                                      (seen.line ? k_has_line : 0)));
    bytes += base::to_bytes(seen.record);
    bytes += base::to_bytes(seen.resource);
    if (seen.slot) bytes += base::to_bytes(*seen.slot);
    if (seen.line) bytes += base::to_bytes(seen.line->prescription) + base::u32(seen.line->dosage);
    if (seen.age_ms) bytes += base::u64(*seen.age_ms);
    if (seen.finding) {
        bytes += base::to_bytes(seen.finding->finding);
        bytes.push_back(static_cast<char>(seen.finding->severity));
        bytes += changes_text(seen.finding->inputs);
    }
    bytes += changes_text(seen.heads);
    return {base::to_hex(bytes)};
}

Result<SeenResource> read_token(const EditToken& token) {
    const auto bytes =
        token.text.size() > 2 * k_token_bytes_max ? std::nullopt : base::from_hex(token.text);
    SeenResource seen;
    if (bytes && bytes->size() >= 2 && bytes->front() == k_version &&
        ((*bytes)[1] & ~(k_has_slot | k_has_age | k_has_finding | k_has_line)) == 0) {
        Reader reader(std::string_view(*bytes).substr(2));
        if (take_all(reader, (*bytes)[1], seen)) return seen;
    }
    if (bytes && !bytes->empty() && bytes->front() == k_without_lines) {
        return fail(ErrorCode::view_outdated, "an earlier release made the edit token");
    }
    return fail(ErrorCode::malformed, "the edit token is not one that this SDK made");
}

}  // namespace kari::device
