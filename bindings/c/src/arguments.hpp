// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <kari.h>
#include <kari/actions.hpp>
#include <kari/error.hpp>

// Arguments as C gives them become the values of the C++ API.
namespace kari::c {

// The size that a struct had in the first header; one that has grown since has a line of its own.
template <typename C>
inline constexpr std::size_t k_first_size = sizeof(C);
template <>
inline constexpr std::size_t k_first_size<kari_dose_entry> = offsetof(kari_dose_entry, intake);
template <>
inline constexpr std::size_t k_first_size<kari_dose_correction> =
    offsetof(kari_dose_correction, intake);
template <>
inline constexpr std::size_t k_first_size<kari_device_options> =
    offsetof(kari_device_options, key_store);

// Reads arguments; the first that cannot be is what done() answers, and all that is read is then
// without meaning.
class Arguments {
public:
    Result<void> done() const;

    std::string text(kari_text text, const char* name);
    Coded coded(const kari_coded& coded, const char* name);
    std::optional<Quantity> quantity(const kari_quantity* quantity, const char* name);
    std::optional<ZonedInstant> time(const kari_time* time, const char* name);
    std::vector<Override> overrides(const kari_override* overrides, std::size_t count);
    EditToken token(kari_text text) { return {this->text(text, "token")}; }

    template <typename Id, typename C>
    Id id(const C* id, const char* name) {
        Id out;
        static_assert(sizeof out.bytes == sizeof id->bytes);
        if (given(id, name)) std::memcpy(out.bytes.data(), id->bytes, sizeof id->bytes);
        return out;
    }

    // A struct of whatever header, as this one's.
    template <typename C>
    C sized(const C* from, const char* name) {
        C out{};
        if (!given(from, name) ||
            !size_is_known(from, from->struct_size, sizeof(C), k_first_size<C>, name)) {
            return out;
        }
        std::memcpy(&out, from, std::min(from->struct_size, sizeof(C)));
        return out;
    }

    bool given(const void* pointer, const char* name);
    // Refuses what an act has no place for.
    void nothing_more(const kari_time* time, kari_text reason, kari_text note);
    bool one_of(std::uint32_t value, std::uint32_t last, const char* name);
    bool few(std::size_t count, const void* items, const char* name);

private:
    bool size_is_known(const void* from, std::size_t size, std::size_t own, std::size_t first,
                       const char* name);
    void wrong(ErrorCode code, std::string what);
    std::optional<Error> wrong_;
};

}  // namespace kari::c
