# SPDX-License-Identifier: Apache-2.0
# What the SDK takes from the system; installed with it, so that an application finds the same.
# What a package does not describe itself gets a target here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(CURL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS json)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(date REQUIRED)
pkg_check_modules(sqlcipher REQUIRED IMPORTED_TARGET sqlcipher)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(argon2 REQUIRED IMPORTED_TARGET libargon2)

# SQLCipher declares sqlite3_key and its kin only when asked.
target_compile_definitions(PkgConfig::sqlcipher INTERFACE SQLITE_HAS_CODEC)
