// SPDX-License-Identifier: Apache-2.0
#include "sync-server/storage/embedded/schema.hpp"

namespace kari::server::storage::embedded {
namespace {

// Clustered by record: a pull reads one record's log from front to back.
constexpr std::string_view k_records = R"sql(
CREATE TABLE record (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  made_on_tablet INTEGER NOT NULL,
  head INTEGER NOT NULL, head_chain BLOB NOT NULL,
  access_head INTEGER NOT NULL, access_chain BLOB NOT NULL,
  secured INTEGER NOT NULL, access_secured INTEGER NOT NULL, reviewed INTEGER NOT NULL,
  tick INTEGER NOT NULL,  epoch_start INTEGER NOT NULL, epoch_chain BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE change (
  record BLOB NOT NULL REFERENCES record(id), position INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 32), chain BLOB NOT NULL CHECK (length(chain) = 32),
  kind INTEGER NOT NULL, incarnation BLOB NOT NULL, seq INTEGER NOT NULL,
  header BLOB NOT NULL, body BLOB,
  PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX change_id ON change(record, id);
CREATE INDEX change_address ON change(record, incarnation, seq);
CREATE TABLE gap (
  record BLOB NOT NULL, incarnation BLOB NOT NULL, seq INTEGER NOT NULL, missing BLOB NOT NULL,
  PRIMARY KEY (record, missing)
) STRICT, WITHOUT ROWID;
CREATE TABLE access (
  record BLOB NOT NULL REFERENCES record(id), position INTEGER NOT NULL,
  id BLOB NOT NULL, chain BLOB NOT NULL, incarnation BLOB NOT NULL, seq INTEGER NOT NULL,
  prev BLOB NOT NULL, entry BLOB NOT NULL,
  PRIMARY KEY (record, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_id ON access(record, id);
CREATE INDEX access_address ON access(record, incarnation, seq);
CREATE TABLE seal (
  record BLOB NOT NULL REFERENCES record(id), incarnation BLOB NOT NULL, number INTEGER NOT NULL,
  statement BLOB NOT NULL, previous BLOB NOT NULL, access INTEGER NOT NULL,
  covers INTEGER NOT NULL, seal BLOB NOT NULL,
  PRIMARY KEY (record, incarnation, number, statement, access)
) STRICT, WITHOUT ROWID;
CREATE INDEX seal_statement ON seal(incarnation, number);
CREATE TABLE link (
  record BLOB NOT NULL, other BLOB NOT NULL, linked INTEGER NOT NULL,
  PRIMARY KEY (record, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_other ON link(other);
)sql";

constexpr std::string_view k_directory = R"sql(
CREATE TABLE unit (
  id BLOB PRIMARY KEY, record BLOB NOT NULL REFERENCES record(id), display TEXT NOT NULL,
  zone TEXT NOT NULL, feed INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE TABLE person (
  id BLOB PRIMARY KEY, unit BLOB NOT NULL REFERENCES unit(id), role TEXT NOT NULL,
  display TEXT NOT NULL, active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE device (
  id BLOB PRIMARY KEY, unit BLOB NOT NULL REFERENCES unit(id), name TEXT NOT NULL,
  enrolled INTEGER NOT NULL, revoked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE certificate (
  spki BLOB PRIMARY KEY, use INTEGER NOT NULL, device BLOB NOT NULL REFERENCES device(id),
  incarnation BLOB NOT NULL, serial TEXT NOT NULL, not_after INTEGER NOT NULL, der BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_incarnation ON certificate(incarnation);
CREATE TABLE invitation (
  code BLOB PRIMARY KEY, unit BLOB NOT NULL REFERENCES unit(id), expires INTEGER NOT NULL,
  used INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE caseload (
  unit BLOB NOT NULL REFERENCES unit(id), record BLOB NOT NULL REFERENCES record(id),
  state INTEGER NOT NULL, PRIMARY KEY (unit, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX caseload_record ON caseload(record);
)sql";

constexpr std::string_view k_operations = R"sql(
CREATE TABLE server (
  one INTEGER PRIMARY KEY CHECK (one = 1), epoch BLOB NOT NULL, recovering INTEGER NOT NULL,
  directory_version INTEGER NOT NULL
) STRICT;
CREATE TABLE quarantine (
  number INTEGER PRIMARY KEY, device BLOB NOT NULL, incarnation BLOB NOT NULL,
  received INTEGER NOT NULL, error INTEGER NOT NULL, what TEXT NOT NULL, digest BLOB NOT NULL,
  bytes BLOB NOT NULL, UNIQUE (device, digest)
) STRICT;
CREATE TABLE imported (
  system TEXT NOT NULL, logical_id TEXT NOT NULL, record BLOB NOT NULL REFERENCES record(id),
  PRIMARY KEY (system, logical_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE directory_resource (
  system TEXT NOT NULL, type TEXT NOT NULL, logical_id TEXT NOT NULL,
  resource BLOB NOT NULL,
  PRIMARY KEY (system, type, logical_id)
) STRICT, WITHOUT ROWID;
)sql";

// Certificates of the server's own incarnations, and the order in which seals arrived.
constexpr std::string_view k_seals_alone = R"sql(
CREATE TABLE server_certificate (
  incarnation BLOB PRIMARY KEY CHECK (length(incarnation) = 16), spki BLOB NOT NULL,
  serial TEXT NOT NULL, not_after INTEGER NOT NULL, der BLOB NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE seal ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;
UPDATE seal SET arrival = (
  SELECT count(*) FROM seal AS other WHERE other.record = seal.record AND
  (other.covers, other.incarnation, other.number, other.statement, other.access) <=
  (seal.covers, seal.incarnation, seal.number, seal.statement, seal.access));
CREATE INDEX seal_arrival ON seal(record, arrival);
)sql";

// resource_change says which changes a resource has: as an index of `change` would, were the
// resource a column of it.
constexpr std::string_view k_imports = R"sql(
CREATE TABLE resource_change (
  record BLOB NOT NULL, resource BLOB NOT NULL CHECK (length(resource) = 16),
  position INTEGER NOT NULL, kind INTEGER NOT NULL,
  PRIMARY KEY (record, resource, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE imported_resource (
  resource BLOB PRIMARY KEY CHECK (length(resource) = 16), record BLOB REFERENCES record(id),
  body BLOB NOT NULL CHECK (length(body) = 32), leaving BLOB REFERENCES record(id)
) STRICT, WITHOUT ROWID;
CREATE INDEX imported_leaving ON imported_resource(leaving) WHERE leaving IS NOT NULL;
CREATE TABLE filling (
  record BLOB PRIMARY KEY REFERENCES record(id), run BLOB NOT NULL CHECK (length(run) = 16)
) STRICT, WITHOUT ROWID;
)sql";

// Attachments: their chunks, which of them a change names, and how many of each record have come
// in whole and how many of these are secured.
constexpr std::string_view k_attachments = R"sql(
CREATE TABLE attachment (
  record BLOB NOT NULL REFERENCES record(id), id BLOB NOT NULL CHECK (length(id) = 32),
  sealed_size INTEGER NOT NULL, digests BLOB NOT NULL, held BLOB NOT NULL,
  device BLOB NOT NULL, offered INTEGER NOT NULL, arrival INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (record, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_device ON attachment(device);
CREATE TABLE attachment_chunk (
  record BLOB NOT NULL, id BLOB NOT NULL, number INTEGER NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (record, id, number),
  FOREIGN KEY (record, id) REFERENCES attachment(record, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE attachment_named (
  record BLOB NOT NULL REFERENCES record(id), id BLOB NOT NULL,
  PRIMARY KEY (record, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE attachment_reach (
  record BLOB PRIMARY KEY REFERENCES record(id), head INTEGER NOT NULL,
  secured INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
)sql";

// What an operator is told of. `upgrade` keeps its form in every later schema: a program that is
// too old reads from it which one is needed.
constexpr std::string_view k_operators = R"sql(
CREATE TABLE upgrade (
  schema INTEGER PRIMARY KEY, program TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE TABLE sighting (
  device BLOB PRIMARY KEY REFERENCES device(id), seen INTEGER NOT NULL,
  unsent INTEGER, oldest_unsent INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE open_finding (
  record BLOB NOT NULL REFERENCES record(id), issue BLOB NOT NULL CHECK (length(issue) = 16),
  severity INTEGER NOT NULL, deferred INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (record, issue)
) STRICT, WITHOUT ROWID;
CREATE TABLE disk_day (day INTEGER PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
CREATE TABLE backup (
  taken INTEGER PRIMARY KEY, records INTEGER NOT NULL, changes INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
)sql";

// What is listed of open findings. Rows of before stand without until the rules look again.
constexpr std::string_view k_findings_due = R"sql(
ALTER TABLE open_finding ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE open_finding ADD COLUMN due INTEGER;
)sql";

// When the present epoch began; 0: it is the first, or began before anybody asked.
constexpr std::string_view k_epoch_began = R"sql(
ALTER TABLE server ADD COLUMN epoch_began INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace

const std::vector<std::string_view>& migrations() {
    static const std::vector<std::string_view> scripts = {
        k_records,     k_directory, k_operations,   k_seals_alone, k_imports,
        k_attachments, k_operators, k_findings_due, k_epoch_began};
    return scripts;
}

}  // namespace kari::server::storage::embedded
