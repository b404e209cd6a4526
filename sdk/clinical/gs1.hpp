// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/time.hpp>

// What a scanner reads of a package: EAN-13 and other GTINs, the element strings of a GS1
// DataMatrix, and a Nordic article number (Vnr) that somebody types.
namespace kari::clinical {

// What a label says of itself. One of gtin and vnr is stated.
struct PackageLabel {
    std::string gtin;  // 14 digits, those of a shorter one behind zeros
    std::string vnr;   // 6 digits
    std::optional<LocalDate> expires;
    std::string lot;
    std::string serial;
};

inline constexpr std::size_t k_label_bytes_max = 256;

// Understood: a GTIN of 8, 12, 13 or 14 digits and a Vnr of 6, alone; the elements 01 (GTIN), 17
// (expiry, YYMMDD; of the day 00 the last one of its month), 10 (lot) and 21 (serial, both at most
// 20 characters, up to a group separator 0x1D or the end), each once and in any order, with or
// without the symbology's prefix "]d2" and a separator before them; the same with the numbers in
// parentheses, as people write them. A year is that of the hundred from 2000 on.
// Errors: malformed, too_large; `what` begins with "entry/scan-unreadable" and says what is wrong,
// never what was read.
Result<PackageLabel> read_label(std::string_view text);

// Of 8, 12, 13 or 14 digits, the last of which is the check digit of the others, as 14.
std::optional<std::string> whole_gtin(std::string_view digits);

}  // namespace kari::clinical
