# SPDX-License-Identifier: Apache-2.0
# Read before the project when the NDK builds it (build.gradle.kts). Written, and never run.
# What Debian brings on Linux (SQLCipher, protobuf, mbedTLS, curl, Boost.JSON, fmt, argon2,
# zstd, date) has to be built for bionic first, static and position independent, one prefix for each
# ABI; the headers alone of tl-expected, and a protoc of the machine that builds.
if(NOT ANDROID)
  message(FATAL_ERROR "ndk.cmake is for the NDK's toolchain")
endif()
set(prefix "$ENV{KARI_ANDROID_PREFIX}/${ANDROID_ABI}")
if(NOT EXISTS "${prefix}")
  message(FATAL_ERROR "KARI_ANDROID_PREFIX names no folder with the libraries for ${ANDROID_ABI}")
endif()
list(APPEND CMAKE_FIND_ROOT_PATH "${prefix}")
set(ENV{PKG_CONFIG_LIBDIR} "${prefix}/lib/pkgconfig")
# Android 15 has machines with pages of 16 KiB.
add_link_options("LINKER:-z,max-page-size=16384")
