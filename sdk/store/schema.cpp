// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/schema.hpp"

namespace kari::store {
namespace {

// Everything of a record stands together: tables are clustered by it, and a purge deletes ranges.
// The log has no index beside its key. `fate` numbers are those of store::Fate; position 0 is
// unknown; log 1 holds changes, 2 the access log.
constexpr std::string_view k_0001_first = R"sql(
CREATE TABLE identity(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  device BLOB NOT NULL CHECK(length(device) = 16),
  unit BLOB NOT NULL CHECK(length(unit) = 16),
  opens INTEGER NOT NULL,
  fold_schema BLOB NOT NULL,
  pack TEXT NOT NULL
) STRICT;
CREATE TABLE incarnation(
  number INTEGER PRIMARY KEY,
  incarnation BLOB NOT NULL UNIQUE CHECK(length(incarnation) = 16)
) STRICT;
CREATE TABLE setting(
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE record(
  record BLOB PRIMARY KEY CHECK(length(record) = 16),
  tick INTEGER NOT NULL DEFAULT 0,
  base_position INTEGER NOT NULL DEFAULT 0,
  base_chain BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK(length(base_chain) = 32),
  cursor_position INTEGER NOT NULL DEFAULT 0,
  cursor_chain BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK(length(cursor_chain) = 32),
  epoch BLOB NOT NULL DEFAULT (zeroblob(16)) CHECK(length(epoch) = 16),
  safety_position INTEGER NOT NULL DEFAULT 0,
  secured_position INTEGER NOT NULL DEFAULT 0,
  secured_chain BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK(length(secured_chain) = 32),
  receipt BLOB,
  caseload INTEGER NOT NULL DEFAULT 0,
  not_here INTEGER NOT NULL DEFAULT 0,
  server_position INTEGER NOT NULL DEFAULT 0,
  server_chain BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK(length(server_chain) = 32),
  hidden INTEGER NOT NULL DEFAULT 0,
  made_here INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE change(
  record BLOB NOT NULL REFERENCES record(record),
  incarnation BLOB NOT NULL CHECK(length(incarnation) = 16),
  seq INTEGER NOT NULL CHECK(seq > 0),
  id BLOB NOT NULL CHECK(length(id) = 32),
  fate INTEGER NOT NULL DEFAULT 0,
  error INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0,
  header BLOB NOT NULL,
  body BLOB,
  PRIMARY KEY(record, incarnation, seq, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE resource(
  record BLOB NOT NULL REFERENCES record(record),
  kind INTEGER NOT NULL,
  resource BLOB NOT NULL CHECK(length(resource) = 16),
  state BLOB NOT NULL,
  addresses BLOB NOT NULL,
  PRIMARY KEY(record, kind, resource)
) STRICT, WITHOUT ROWID;
CREATE TABLE link(
  record BLOB NOT NULL,
  other BLOB NOT NULL,
  stated_in BLOB NOT NULL REFERENCES record(record),
  PRIMARY KEY(record, other, stated_in)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding(
  record BLOB NOT NULL REFERENCES record(record),
  finding BLOB NOT NULL CHECK(length(finding) = 32),
  content BLOB NOT NULL,
  PRIMARY KEY(record, finding)
) STRICT, WITHOUT ROWID;
-- What is still to be reviewed. The resource of zeros stands for all of the record.
CREATE TABLE owed(
  record BLOB NOT NULL REFERENCES record(record),
  resource BLOB NOT NULL,
  PRIMARY KEY(record, resource)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft(
  record BLOB NOT NULL REFERENCES record(record),
  resource BLOB NOT NULL CHECK(length(resource) = 16),
  person BLOB NOT NULL CHECK(length(person) = 16),
  kind INTEGER NOT NULL,
  saved_ms INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY(record, resource)
) STRICT, WITHOUT ROWID;

CREATE TABLE access(
  record BLOB NOT NULL,
  incarnation BLOB NOT NULL CHECK(length(incarnation) = 16),
  seq INTEGER NOT NULL CHECK(seq > 0),
  id BLOB NOT NULL CHECK(length(id) = 32),
  fate INTEGER NOT NULL DEFAULT 0,
  error INTEGER NOT NULL DEFAULT 0,
  entry BLOB NOT NULL,
  PRIMARY KEY(record, incarnation, seq)
) STRICT, WITHOUT ROWID;

-- Own streams. Up to sent_seq the server has all (stored, secured or in its quarantine), up to
-- done_seq all is secured. A row outlives the record: a purged record that comes back
-- must go on where its stream ended.
CREATE TABLE stream(
  log INTEGER NOT NULL,
  record BLOB NOT NULL,
  incarnation BLOB NOT NULL CHECK(length(incarnation) = 16),
  seq INTEGER NOT NULL,
  head BLOB NOT NULL CHECK(length(head) = 32),
  sealed_seq INTEGER NOT NULL DEFAULT 0,
  sent_seq INTEGER NOT NULL DEFAULT 0,
  done_seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(log, record, incarnation)
) STRICT, WITHOUT ROWID;

CREATE TABLE seal(
  incarnation BLOB NOT NULL CHECK(length(incarnation) = 16),
  number INTEGER NOT NULL,
  statement BLOB NOT NULL,
  signature BLOB NOT NULL,
  leaves BLOB NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(incarnation, number)
) STRICT, WITHOUT ROWID;
-- Of each stream of the record one seal: that of its branch here which reaches furthest.
CREATE TABLE received_seal(
  record BLOB NOT NULL REFERENCES record(record),
  incarnation BLOB NOT NULL,
  log INTEGER NOT NULL,
  number INTEGER NOT NULL,
  seal BLOB NOT NULL,
  PRIMARY KEY(record, incarnation, log)
) STRICT, WITHOUT ROWID;

-- Receipts that the range of the record's prefix does not cover: of pairs, and of former epochs.
CREATE TABLE receipt(
  record BLOB NOT NULL REFERENCES record(record),
  number INTEGER NOT NULL,
  epoch BLOB NOT NULL CHECK(length(epoch) = 16),
  pairs INTEGER NOT NULL,
  last_position INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY(record, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE give_back(
  record BLOB NOT NULL REFERENCES record(record),
  id BLOB NOT NULL CHECK(length(id) = 32),
  position INTEGER NOT NULL,
  incarnation BLOB NOT NULL,
  seq INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(record, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine(
  record BLOB NOT NULL REFERENCES record(record),
  id BLOB NOT NULL CHECK(length(id) = 32),
  position INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  what TEXT NOT NULL,
  header BLOB NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY(record, id)
) STRICT, WITHOUT ROWID;
)sql";

// Who sealed, how far a record's seals have come, and of which epoch's positions a return speaks:
// two restores in a row leave parts of two.
constexpr std::string_view k_0002_seals_alone = R"sql(
CREATE TABLE certificate(
  incarnation BLOB PRIMARY KEY CHECK(length(incarnation) = 16),
  der BLOB NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE record ADD COLUMN seal_position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE give_back RENAME TO give_back_1;
CREATE TABLE give_back(
  record BLOB NOT NULL REFERENCES record(record),
  epoch BLOB NOT NULL CHECK(length(epoch) = 16),
  id BLOB NOT NULL CHECK(length(id) = 32),
  turn INTEGER NOT NULL,
  position INTEGER NOT NULL,
  incarnation BLOB NOT NULL,
  seq INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(record, epoch, id)
) STRICT, WITHOUT ROWID;
INSERT INTO give_back SELECT record, coalesce(
  (SELECT epoch FROM receipt WHERE receipt.record = give_back_1.record
   AND epoch <> (SELECT epoch FROM record WHERE record.record = give_back_1.record)
   ORDER BY number DESC LIMIT 1), zeroblob(16)),
  id, 1, position, incarnation, seq, done FROM give_back_1;
DROP TABLE give_back_1;
)sql";

// Folded state by the moment at which it last mattered, so that a chart reads what is recent as one
// range and touches nothing older; what stands always has the greatest moment (chart::k_stands).
// `trace` is how a review finds what is not loaded, `finding_about` which findings a resource has.
// The rows are made again from the log: the fold's version says that they are of another.
constexpr std::string_view k_0003_windows = R"sql(
DROP TABLE resource;
CREATE TABLE resource(
  record BLOB NOT NULL REFERENCES record(record),
  kind INTEGER NOT NULL,
  moment INTEGER NOT NULL,
  resource BLOB NOT NULL CHECK(length(resource) = 16),
  state BLOB NOT NULL,
  addresses BLOB NOT NULL,
  traces BLOB NOT NULL,
  PRIMARY KEY(record, kind, moment, resource)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX resource_place ON resource(record, resource);
CREATE TABLE trace(
  record BLOB NOT NULL REFERENCES record(record),
  key BLOB NOT NULL,
  at INTEGER NOT NULL,
  resource BLOB NOT NULL CHECK(length(resource) = 16),
  PRIMARY KEY(record, key, at, resource)
) STRICT, WITHOUT ROWID;
DROP TABLE finding;
CREATE TABLE finding(
  record BLOB NOT NULL REFERENCES record(record),
  finding BLOB NOT NULL CHECK(length(finding) = 32),
  moment INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY(record, finding)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_moment ON finding(record, moment);
CREATE TABLE finding_about(
  record BLOB NOT NULL REFERENCES record(record),
  resource BLOB NOT NULL CHECK(length(resource) = 16),
  finding BLOB NOT NULL CHECK(length(finding) = 32),
  PRIMARY KEY(record, resource, finding)
) STRICT, WITHOUT ROWID;
-- What is held above the cursor of the prefix.
CREATE TABLE beside(
  record BLOB NOT NULL REFERENCES record(record),
  id BLOB NOT NULL CHECK(length(id) = 32),
  position INTEGER NOT NULL,
  incarnation BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY(record, id)
) STRICT, WITHOUT ROWID;
INSERT INTO beside SELECT c.record, c.id, c.position, c.incarnation, c.seq FROM change c
  JOIN record r ON r.record = c.record WHERE c.position > r.cursor_position;
-- From seq 1 to here nothing of the stream is missing; more may be held.
ALTER TABLE stream ADD COLUMN held_seq INTEGER NOT NULL DEFAULT 0;
)sql";

// The sealed chunks of attachments, apart from what a chart reads. An attachment has no id while it
// is being written, and no chunks while it is only named by a change. `fate` numbers are those of
// store::Fate; `wanted` and `used` are turns: 0 is never.
constexpr std::string_view k_0004_attachments = R"sql(
CREATE TABLE attachment(
  number INTEGER PRIMARY KEY,
  record BLOB NOT NULL REFERENCES record(record),
  id BLOB CHECK(length(id) = 32),
  thumbnail INTEGER NOT NULL DEFAULT 0,
  key BLOB NOT NULL CHECK(length(key) = 32),
  size INTEGER NOT NULL DEFAULT 0,
  chunks INTEGER NOT NULL DEFAULT 0,
  here INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  own INTEGER NOT NULL DEFAULT 0,
  referenced INTEGER NOT NULL DEFAULT 0,
  fate INTEGER NOT NULL DEFAULT 0,
  trouble INTEGER NOT NULL DEFAULT 0,
  wanted INTEGER NOT NULL DEFAULT 0,
  used INTEGER NOT NULL DEFAULT 0,
  UNIQUE(record, id)
) STRICT;
CREATE TABLE attachment_chunk(
  number INTEGER NOT NULL REFERENCES attachment(number),
  chunk INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK(length(digest) = 32),
  sealed BLOB NOT NULL,
  PRIMARY KEY(number, chunk)
) STRICT, WITHOUT ROWID;
)sql";

// Of a record that did not go whole, how far back it is held (a WindowPart); such a record keeps
// the receipts of single positions, because no range covers what is below its base.
constexpr std::string_view k_0005_elsewhere = R"sql(
CREATE TABLE elsewhere(
  record BLOB PRIMARY KEY REFERENCES record(record),
  part BLOB NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE receipt ADD COLUMN first_position INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace

const std::vector<std::string_view>& migrations() {
    static const std::vector<std::string_view> scripts{
        k_0001_first, k_0002_seals_alone, k_0003_windows, k_0004_attachments, k_0005_elsewhere};
    return scripts;
}

}  // namespace kari::store
