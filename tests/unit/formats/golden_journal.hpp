// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

// A small journal with every part of the formats in it, made by the current code from fixed
// inputs: two streams of one record, an accepted proposal, a withheld body, access entries, two
// seals, the record's chain, receipts, a sealed key and derived ids.
//
// tests/compat/golden/journal.json is what this once gave. It is never written again for a change
// of code: bytes on disk and on the wire stay as they are. A new file stands beside it when a
// format gains a part.
boost::json::value golden_journal();
