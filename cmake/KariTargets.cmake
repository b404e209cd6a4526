# SPDX-License-Identifier: Apache-2.0
# How a folder becomes a target. No list of files anywhere: every *.cpp of the folder is in.
#
#   kari_library(NAME [RECORDS] [FOLDER dir...] [EXCLUDE file] [DEPS target...]
#                [PRIVATE_DEPS target...])
#   kari_executable(BINARY [FOLDER dir] [SOURCES file...] [DEPS target...])
#   kari_test(SUITE NAME [DEPS target...])
#   kari_protocol(NAME ROOT dir)
#
# FOLDER is relative to the calling CMakeLists.txt and is not searched recursively. RECORDS says
# that most of the files read the messages of the log, so that these come precompiled too.

# The sources of a folder. A new file is seen by the next build.
function(kari_sources out folder)
  file(GLOB found CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp")
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# A library kari_NAME, also called kari::NAME; an INTERFACE library while it has no source.
function(kari_library name)
  cmake_parse_arguments(ARG "RECORDS" "EXCLUDE" "FOLDER;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT DEFINED ARG_FOLDER)
    set(ARG_FOLDER ".")
  endif()
  set(sources)
  foreach(folder IN LISTS ARG_FOLDER)
    kari_sources(found "${folder}")
    list(APPEND sources ${found})
  endforeach()
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "/${ARG_EXCLUDE}$")
  endif()
  if(sources)
    add_library(kari_${name} STATIC ${sources})
    target_link_libraries(kari_${name} PUBLIC ${ARG_DEPS}
                          PRIVATE ${ARG_PRIVATE_DEPS} "$<BUILD_INTERFACE:kari::strict>")
    if(ARG_RECORDS)
      kari_reads_precompiled(kari_${name} records)
    else()
      kari_reads_precompiled(kari_${name} plain)
    endif()
    target_include_directories(kari_${name} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>")
  else()
    add_library(kari_${name} INTERFACE)
    target_link_libraries(kari_${name} INTERFACE ${ARG_DEPS} ${ARG_PRIVATE_DEPS})
    target_include_directories(kari_${name} INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>")
  endif()
  add_library(kari::${name} ALIAS kari_${name})
endfunction()

# A program in the build folder of the calling CMakeLists.txt; nothing while it has no source.
function(kari_executable name)
  cmake_parse_arguments(ARG "" "FOLDER" "SOURCES;DEPS" ${ARGN})
  if(NOT DEFINED ARG_FOLDER)
    set(ARG_FOLDER ".")
  endif()
  set(sources)
  if(ARG_SOURCES)
    foreach(file IN LISTS ARG_SOURCES)
      if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
        list(APPEND sources "${file}")
      endif()
    endforeach()
  else()
    kari_sources(sources "${ARG_FOLDER}")
  endif()
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} kari::strict)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                           "${CMAKE_CURRENT_BINARY_DIR}/${ARG_FOLDER}")
endfunction()

# A Catch2 program build/PRESET/tests/SUITE/SUITE_NAME from tests/SUITE/NAME/*.cpp. The target
# kari_tests_SUITE builds all of a suite.
function(kari_test suite name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  kari_sources(sources "${suite}/${name}")
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" binary "${suite}_${name}")
  add_executable(${binary} ${sources})
  target_link_libraries(${binary} PRIVATE ${ARG_DEPS} kari::strict kari::test_support)
  target_compile_options(${binary} PRIVATE ${kari_tests_options})
  kari_reads_precompiled(${binary} tests)
  set_target_properties(${binary} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                             "${PROJECT_BINARY_DIR}/tests/${suite}")
  if(NOT TARGET kari_tests_${suite})
    add_custom_target(kari_tests_${suite})
    add_dependencies(kari_tests kari_tests_${suite})
  endif()
  add_dependencies(kari_tests_${suite} ${binary})
  add_test(NAME ${binary} COMMAND ${binary})
  set_property(GLOBAL APPEND PROPERTY kari_test_programs
               "${PROJECT_BINARY_DIR}/tests/${suite}/${binary}")
endfunction()

# The schema: every .proto under ROOT, compiled to a library. Its headers are system headers.
function(kari_protocol name)
  cmake_parse_arguments(ARG "" "ROOT" "" ${ARGN})
  set(root "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_ROOT}")
  set(generated "${PROJECT_BINARY_DIR}/generated")
  file(MAKE_DIRECTORY "${generated}")
  file(GLOB_RECURSE schemas CONFIGURE_DEPENDS RELATIVE "${root}" "${root}/*.proto")
  if(NOT schemas)
    add_library(kari_${name} INTERFACE)
    target_link_libraries(kari_${name} INTERFACE protobuf::libprotobuf)
    add_library(kari::${name} ALIAS kari_${name})
    return()
  endif()
  list(TRANSFORM schemas PREPEND "${root}/" OUTPUT_VARIABLE inputs)
  set(sources)
  foreach(schema IN LISTS schemas)
    string(REGEX REPLACE "\\.proto$" ".pb" stem "${generated}/${schema}")
    add_custom_command(
      OUTPUT "${stem}.cc" "${stem}.h"
      COMMAND protobuf::protoc "--proto_path=${root}" "--cpp_out=${generated}" "${root}/${schema}"
      DEPENDS ${inputs}
      COMMENT "protoc ${schema}"
      VERBATIM)
    list(APPEND sources "${stem}.cc" "${stem}.h")
  endforeach()
  add_library(kari_${name} STATIC ${sources})
  target_compile_options(kari_${name} PRIVATE -w)
  target_include_directories(kari_${name} SYSTEM PUBLIC "$<BUILD_INTERFACE:${generated}>")
  target_link_libraries(kari_${name} PUBLIC protobuf::libprotobuf)
  add_library(kari::${name} ALIAS kari_${name})
endfunction()
