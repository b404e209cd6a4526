# SPDX-License-Identifier: Apache-2.0
# Language level, warnings and sanitizers. kari::strict is what our own code is compiled with;
# generated code is not.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

option(KARI_PRECOMPILED
       "read the most used headers precompiled, and leave the tests' own code unoptimised" OFF)
find_program(KARI_CCACHE ccache)
if(KARI_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher ${KARI_CCACHE})
  if(KARI_PRECOMPILED) # without these two ccache passes by whatever reads a precompiled header
    list(PREPEND launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros)
  endif()
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

set(KARI_SANITIZE "" CACHE STRING "what -fsanitize= is given, for example address,undefined")
if(KARI_SANITIZE)
  add_compile_options(-O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
                      "-fsanitize=${KARI_SANITIZE}")
  add_link_options("-fsanitize=${KARI_SANITIZE}")
endif()

option(KARI_MUTANTS "build in the faults of sdk/base/mutants.def, for `./dev sim --mutants`" OFF)
if(KARI_MUTANTS)
  add_compile_definitions(KARI_MUTANTS)
endif()

option(KARI_COVERAGE "count what runs" OFF)
if(KARI_COVERAGE)
  # By the conditions of the source, which clang alone does; four files a program, that those who
  # run at once add to in turn.
  set(counts "-fprofile-instr-generate=${CMAKE_BINARY_DIR}/counts/%4m.profraw")
  add_compile_options(${counts} -fcoverage-mapping -fprofile-update=atomic)
  add_link_options(${counts})
endif()

add_library(kari_strict INTERFACE)
add_library(kari::strict ALIAS kari_strict)
target_include_directories(kari_strict INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>")
target_compile_options(
  kari_strict
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Werror
            -Wshadow
            -Wconversion
            -Wsign-conversion
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wold-style-cast
            -Wcast-qual
            -Wformat=2
            -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(
    kari_strict INTERFACE -Wduplicated-cond -Wlogical-op
                          # gcc 12 sees these where they are not, at -O2 and under sanitizers
                          -Wno-error=maybe-uninitialized
                          -Wno-error=stringop-overflow -Wno-error=array-bounds
                          -Wno-error=restrict -Wno-error=dangling-pointer)
  if(KARI_SANITIZE)
    # What is compiled in for the sanitizer makes gcc see more of them: release is where they
    # count. And Asio's fences, which the thread sanitizer does not follow, stand beside a mutex.
    target_compile_options(kari_strict INTERFACE -Wno-maybe-uninitialized -Wno-stringop-overflow
                                                 -Wno-stringop-overread -Wno-array-bounds
                                                 -Wno-restrict -Wno-dangling-pointer
                                                 -Wno-tsan -Wno-error)
  endif()
else()
  # libstdc++ uses what it deprecates itself; an enum of the schema counts as signed for clang alone
  target_compile_options(kari_strict INTERFACE -Wno-error=deprecated-declarations
                                               -Wno-sign-conversion)
endif()
