// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_KEY_STORE_H
#define KARI_KEY_STORE_H

#include <kari/status.h>
#include <kari/values.h>

// What: a key store of the app's: Android's Keystore, Apple's keychain and Secure Enclave. Include
//   <kari.h>. kari/platform.hpp says of kari::KeyStore what each function promises.
// Requires: every function is there; each answers KARI_OK or an error, and lets no exception out.
// Returns and errors: already_exists, not_found, malformed, too_large, storage_full,
//   key_store_failed, key_store_missing; any other counts as key_store_failed.
// Durability: what a function stored is on the disk when it returns.
// Threads: from any, one call of a device at a time. Calls no function of kari.h.
// Ownership: texts and bytes are borrowed until the function returns. `released` is called once,
//   when the device has ended, or when the call that was given this has failed; no function after
//   it. A struct that was itself refused (its size, a function that is null) is not released.
// Units and limits: names of 1 to 64 characters; what is saved or wrapped is at most 4 KiB.

typedef struct kari_bytes {
    const uint8_t* data;
    size_t size;
} kari_bytes;

// Where a function answers: at most `room` bytes at `data`; `size` says how many.
typedef struct kari_room {
    uint8_t* data;
    size_t room;
    size_t size;
} kari_room;

typedef struct kari_key_store {
    size_t struct_size;
    void* context;  // handed to each of them
    // A P-256 key for signing, replacing none.
    kari_status (*make_signing_key)(void* context, kari_text name);
    // The uncompressed point: 65 bytes.
    kari_status (*public_key)(void* context, kari_text name, kari_room* out);
    // ECDSA over a SHA-256 digest: r and s, 64 bytes.
    kari_status (*sign)(void* context, kari_text name, const kari_digest* digest, kari_room* out);
    // Under a key that never leaves the store.
    kari_status (*wrap)(void* context, kari_bytes plain, kari_room* out);
    kari_status (*unwrap)(void* context, kari_bytes wrapped, kari_room* out);
    // Small durable values.
    kari_status (*save)(void* context, kari_text name, kari_bytes value);
    kari_status (*load)(void* context, kari_text name, kari_room* out);
    // The value and the key of this name; KARI_OK where there is none.
    kari_status (*erase)(void* context, kari_text name);
    void (*released)(void* context);  // may be null
} kari_key_store;                     // a key store of the app's

#endif
