// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <kari/error.hpp>
#include <kari/platform.hpp>

// What: the ports of a Linux machine, with a key store of files under one directory.
// Requires: a parent directory that exists.
// Returns and errors: key_store_failed when the directory is another's or open to others, or
//   cannot be written; internal when the system does not tell its boot id; storage_failed when the
//   log file cannot be opened.
// Durability: what a key store call stored is on the disk when the call returns.
// Threads: clock, log and entropy from any; the key store one call at a time. Several processes
//   may use one directory.
// Ownership: a Platform shares its ports with every device that is given it.
// Units and limits: values and wrapped bytes up to 4 KiB; log lines are cut at 2,000 bytes a part.
// Source of clinical rules: none.
//
// The key store protects less than one of hardware. Its key is a file that only its owner may
// read: who reads the owner's files, or the raw disk, has every key in it, and an old copy of the
// directory put back is not noticed. It is for development, demonstrations, servers and Linux
// terminals with an encrypted disk. A tablet fills the port with its hardware key store.
namespace kari::platform_linux {

struct Options {  // what of a Linux machine is not as usual
    // NOLINTBEGIN(readability-redundant-member-init): so that a designated initialiser may leave
    // them out without a warning.
    // IANA zone for what is read before the device knows its unit's; empty: the machine's own.
    std::string zone{};
    // Where log lines go; empty: standard error.
    std::string log_file{};
    // NOLINTEND(readability-redundant-member-init)
    LogLevel log_from = LogLevel::info;
    // Added to the machine's wall clock: lets a demonstration show a tablet whose clock is wrong.
    // The boot clock is not touched.
    Duration wall_offset{};
    // False where a tablet is there already: a key store that is gone is then not made anew, but
    // answers key_store_missing to everything.
    bool may_make_key_store = true;
    // Instead of files: `directory` is then neither made nor read.
    std::shared_ptr<KeyStore> key_store = nullptr;
};

// `directory` is made with mode 0700 when it is missing and may be made.
Result<Platform> make_platform(const std::string& directory, const Options& options = {});

}  // namespace kari::platform_linux
