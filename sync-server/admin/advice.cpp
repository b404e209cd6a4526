// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/advice.hpp"

namespace kari::server::admin {

std::string_view what_to_do(ErrorCode code) {
    switch (code) {
        case ErrorCode::storage_corrupt:
        case ErrorCode::storage_truncated:
            return "The database is damaged; nothing was deleted. Stop the server, keep a copy of "
                   "its directory, and run `restore FOLDER` with the newest backup: the tablets "
                   "give back what it lacks.";
        case ErrorCode::chain_broken:
            return "What is stored is not what was signed; nothing was changed. Run `verify`, keep "
                   "a copy of the directory, and `restore` the newest backup that verifies.";
        case ErrorCode::storage_full:
            return "Make room on the disk and say it again; nothing is half-written.";
        case ErrorCode::storage_failed:
            return "Look at the path and at who may write there, then say it again.";
        case ErrorCode::wrong_key:
            return "The secrets folder is not the one that this database was made with: put the "
                   "right one in its place.";
        case ErrorCode::schema_too_new:
            return "Install that kari-sync-server; this one changes nothing here.";
        case ErrorCode::invalid_argument:
            return "Run with --help for more information.";
        default:
            return {};
    }
}

}  // namespace kari::server::admin
