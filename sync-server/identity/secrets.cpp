// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/secrets.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "sdk/base/id.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_file_bytes_max = 64 * 1024 * 1024;
constexpr int k_ca_days = 3650;
constexpr int k_server_days = 825;

Result<void> write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fail(ErrorCode::storage_failed, "writing a private file");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file) != 0) return fail(ErrorCode::storage_failed, "writing a private file");
    return {};
}

Result<crypto::Secret> read_secret(const fs::path& path) {
    KARI_LET(auto bytes, read_whole_file(path));
    return crypto::Secret(std::move(bytes));
}

Result<crypto::Secret> read_key(const fs::path& path) {
    KARI_LET(const auto text, read_whole_file(path));
    const auto bytes = base::from_hex(std::string_view(text).substr(0, 64));
    if (!bytes || bytes->size() != 32) return fail(ErrorCode::malformed, path.string());
    return crypto::Secret(*bytes);
}

}  // namespace

Result<void> write_private_file(const fs::path& path, std::string_view bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        return fail(errno == EEXIST ? ErrorCode::already_exists : ErrorCode::storage_failed,
                    path.string());
    }
    auto done = write_all(file, bytes);
    ::close(file);
    return done;
}

Result<std::string> read_whole_file(const fs::path& path) {
    std::error_code gone;
    const auto size = fs::file_size(path, gone);
    if (gone) return fail(ErrorCode::not_found, path.string());
    if (size > k_file_bytes_max) return fail(ErrorCode::too_large, path.string());
    std::ifstream input(path, std::ios::binary);
    std::ostringstream text;
    text << input.rdbuf();
    if (!input) return fail(ErrorCode::storage_failed, path.string());
    return std::move(text).str();
}

Result<void> make_secrets(const fs::path& folder, const std::vector<std::string>& server_names,
                          Instant now, Entropy& entropy) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed) return fail(ErrorCode::storage_failed, folder.string());
    for (const char* name : {"database.key", "receipt.key"}) {
        KARI_TRY(write_private_file(folder / name, base::to_hex(random_bytes(entropy, 32)) + "\n"));
    }
    KARI_LET(const auto ca, make_key());
    KARI_LET(const auto ca_certificate, make_ca(ca.private_pem, now, k_ca_days));
    KARI_LET(const auto server, make_key());
    KARI_LET(const auto server_certificate,
             make_server_certificate(ca.private_pem, ca_certificate.pem, server.private_pem,
                                     server_names, now, k_server_days));
    KARI_LET(const auto signing, make_key());
    KARI_LET(const auto recovery, make_key());
    KARI_TRY(write_private_file(folder / "ca.key", ca.private_pem));
    KARI_TRY(write_private_file(folder / "ca.pem", ca_certificate.pem));
    KARI_TRY(write_private_file(folder / "server.key", server.private_pem));
    KARI_TRY(write_private_file(folder / "server.pem", server_certificate.pem));
    KARI_TRY(write_private_file(folder / "signing.key", signing.private_pem));
    KARI_TRY(write_private_file(folder / "recovery.key", recovery.private_pem));
    return write_private_file(folder / "recovery.pub", base::to_hex(recovery.public_point) + "\n");
}

Result<void> renew_server_certificate(const fs::path& folder, const Secrets& secrets,
                                      const std::vector<std::string>& server_names, Instant now) {
    KARI_LET(const auto made,
             make_server_certificate(secrets.ca_key.view(), secrets.ca_certificate,
                                     secrets.server_key.view(), server_names, now, k_server_days));
    const fs::path file = folder / "server.pem";
    const fs::path fresh = folder / "server.pem.new";
    const fs::path before = folder / "server.pem.before";
    std::error_code failed;
    fs::remove(fresh, failed);
    KARI_TRY(write_private_file(fresh, made.pem));
    fs::remove(before, failed);
    fs::create_hard_link(file, before, failed);
    if (!failed) fs::rename(fresh, file, failed);  // there is always one under the name
    if (failed) return fail(ErrorCode::storage_failed, file.string());
    return {};
}

Result<Secrets> load_secrets(const fs::path& folder) {
    std::error_code gone;
    const auto status = fs::status(folder, gone);
    if (gone || !fs::is_directory(status)) {
        return fail(ErrorCode::not_found,
                    folder.string() + " (run `kari-sync-server init` first, or name --dir)");
    }
    if ((status.permissions() & (fs::perms::group_all | fs::perms::others_all)) !=
        fs::perms::none) {
        return fail(ErrorCode::not_permitted,
                    folder.string() + " may be read by others; run chmod 700 on it");
    }
    Secrets secrets;
    KARI_LET(secrets.database_key, read_key(folder / "database.key"));
    KARI_LET(secrets.receipt_key, read_key(folder / "receipt.key"));
    KARI_LET(secrets.ca_key, read_secret(folder / "ca.key"));
    KARI_LET(secrets.server_key, read_secret(folder / "server.key"));
    KARI_LET(secrets.signing_key, read_secret(folder / "signing.key"));
    KARI_LET(secrets.ca_certificate, read_whole_file(folder / "ca.pem"));
    KARI_LET(secrets.server_certificate, read_whole_file(folder / "server.pem"));
    KARI_LET(const auto recovery, read_whole_file(folder / "recovery.pub"));
    const auto point = base::from_hex(std::string_view(recovery).substr(0, 130));
    if (!point || point->size() != 65) return fail(ErrorCode::malformed, "recovery.pub");
    secrets.recovery_point = *point;
    KARI_LET(const auto der, pem_to_der(secrets.server_certificate));
    KARI_LET(secrets.server_pin, spki_digest_of_certificate(der));
    return secrets;
}

}  // namespace kari::server::identity
