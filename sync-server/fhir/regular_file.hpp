// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <streambuf>
#include <vector>

#include <kari/error.hpp>

namespace kari::server::fhir {

// A regular file to read, again and again from its start, up to the length that it had when it was
// opened. Opening waits for nobody: a FIFO, a socket, a device and a folder are told apart and
// refused. A read that fails makes the stream bad. Threads: one.
class RegularFile final : public std::streambuf {
public:
    // Errors: not_found, invalid_argument (no regular file), storage_failed (may not be read);
    // `what` goes on after the name.
    static Result<std::unique_ptr<RegularFile>> open(const std::filesystem::path& path);
    static Result<std::unique_ptr<RegularFile>> standard_input();
    ~RegularFile() override;
    RegularFile(const RegularFile&) = delete;
    RegularFile& operator=(const RegularFile&) = delete;

    // Somebody wrote to it since it was opened.
    bool changed() const;

protected:
    int_type underflow() override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;

private:
    struct Facts;
    RegularFile(int file, std::unique_ptr<Facts> facts);
    static Result<std::unique_ptr<RegularFile>> take(int file);

    int file_;
    std::unique_ptr<Facts> facts_;  // as it was opened
    std::int64_t at_ = 0;           // behind what is in the buffer
    std::vector<char> buffer_;
};

}  // namespace kari::server::fhir
