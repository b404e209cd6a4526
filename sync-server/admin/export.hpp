// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sync-server/admin/output.hpp"

namespace kari::server::admin {

// All that is stored of one citizen, in a new folder below `folder` that its owner alone can read
// and whose name says nothing: bundle.json, the FHIR bundle; log.ndjson, the exact bytes of both
// logs with every seal and certificate, which verify without a server; ca.pem, whose certificates
// they are. The access stands in each record's access log, durable, before a byte is written. The
// folder has its name only when it is whole. docs/formats/export.md.
// Errors: invalid_argument, not_found (the record), storage_*.
Result<void> export_record(const Options& options, const std::string& record,
                           const std::string& folder);

// Checks such a folder by itself. `ca`: a file with the authority's certificate that the reader
// trusts; empty: the folder's own is believed. `exit_code` as of `verify`.
// Errors: not_found, malformed (names the line), chain_broken.
Result<void> verify_export(const Options& options, const std::string& folder, const std::string& ca,
                           int& exit_code);

}  // namespace kari::server::admin
