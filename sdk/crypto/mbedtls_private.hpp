// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mbedtls/x509_crt.h>

// Version 3 hides what it has no accessor for (that an extension is there) behind this name, which
// version 2 does not know.
#ifndef MBEDTLS_PRIVATE
#define MBEDTLS_PRIVATE(member) member
#endif
