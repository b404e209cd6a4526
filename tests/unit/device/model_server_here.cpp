// SPDX-License-Identifier: Apache-2.0
//
// The exchange's model server, compiled into this test too.
#include "tests/unit/sync/model_server.cpp"
