// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/platform.hpp>

namespace kari::pack {

// A new key: the private part in `path` (SEC1 DER, 0600), the public point as hexadecimal text in
// `path`.pub: the line that a server's configuration trusts. Returns that text.
// Errors: already_exists (either file: no key is written over), storage_failed.
Result<std::string> make_key(const std::filesystem::path& path, Entropy& entropy);

// The public point that such a text says. Errors: malformed.
Result<std::string> read_public_key(std::string_view text);

// The envelope signed by that key, whoever signed it before.
// Errors: those of reading the files; malformed (no pack, a key that is none, the two files of a
// key are of two keys).
Result<std::string> sign_pack(std::string_view envelope, const std::filesystem::path& key,
                              Entropy& entropy);

}  // namespace kari::pack
