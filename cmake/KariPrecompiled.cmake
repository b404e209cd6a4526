# SPDX-License-Identifier: Apache-2.0
# The headers that most files read, compiled once: reading them anew was half of a cold build.
# Three sets, each with one set of flags. A source still includes what it uses: the clang preset
# builds without these (KARI_PRECOMPILED=OFF) and says what is missing.
#
#   plain     the standard library and tl::expected
#   records   plain, and the messages of the log that half of the SDK handles
#   tests     records, Catch2 and rapidcheck, and not optimised

# A test's own code takes longer to optimise than it then runs; what it tests is optimised.
set(kari_tests_options)
if(KARI_PRECOMPILED)
  set(kari_tests_options -O0)
endif()

# A target that only carries the headers of a set.
function(kari_precompiled set)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS;OPTIONS" ${ARGN})
  if(NOT KARI_PRECOMPILED)
    return()
  endif()
  set(target kari_precompiled_${set})
  add_library(${target} OBJECT "${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp")
  target_link_libraries(${target} PRIVATE ${ARG_DEPS} kari::strict)
  target_compile_options(${target} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(${target} PRIVATE ${ARG_HEADERS})
endfunction()

function(kari_reads_precompiled target set)
  if(KARI_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM kari_precompiled_${set})
  endif()
endfunction()

set(kari_plain_headers
    <algorithm>
    <array>
    <atomic>
    <chrono>
    <condition_variable>
    <cstdint>
    <cstdlib>
    <cstring>
    <deque>
    <filesystem>
    <fstream>
    <functional>
    <iostream>
    <limits>
    <map>
    <memory>
    <mutex>
    <optional>
    <random>
    <ranges>
    <set>
    <span>
    <sstream>
    <stdexcept>
    <string>
    <string_view>
    <thread>
    <tl/expected.hpp>
    <tuple>
    <unordered_map>
    <utility>
    <variant>
    <vector>)
# Of the messages those that nearly all of these files read: another schema touches its users only.
set(kari_records_headers ${kari_plain_headers} <google/protobuf/message.h>
                         <kari/v1/resources.pb.h> <kari/v1/change.pb.h>)
set(kari_tests_headers ${kari_records_headers} <catch2/catch_test_macros.hpp>
                       <catch2/generators/catch_generators.hpp> <rapidcheck.h>)

kari_precompiled(plain HEADERS ${kari_plain_headers} DEPS tl::expected)
kari_precompiled(records HEADERS ${kari_records_headers} DEPS tl::expected kari::proto)
