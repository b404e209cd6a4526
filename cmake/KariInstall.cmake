# SPDX-License-Identifier: Apache-2.0
# What an application's build finds with find_package(kari): headers, the SDK's libraries, and how
# they are linked. Beside it the command `kari` is installed (examples/CMakeLists.txt); the server
# is a component of its own (sync-server/CMakeLists.txt); other examples and tests are not.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(kari_parts
    api
    proto
    base
    clinical
    demo_pack
    merge
    chart
    fhir
    crypto
    store_sqlcipher
    store
    sync
    transport
    device
    platform_linux)

# kari::kari is all that an application links: the SDK and the ports of this platform.
add_library(kari_kari INTERFACE)
add_library(kari::kari ALIAS kari_kari)
target_link_libraries(kari_kari INTERFACE kari::device kari::platform_linux)
target_compile_features(kari_kari INTERFACE cxx_std_20) # an application may have said nothing

foreach(part IN LISTS kari_parts ITEMS kari)
  set_target_properties(kari_${part} PROPERTIES EXPORT_NAME ${part})
  list(APPEND kari_installed kari_${part})
endforeach()

install(
  TARGETS ${kari_installed} kari_mbedtls
  EXPORT kariTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(folder IN ITEMS sdk/include platform/linux/include)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}/" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()

set(kari_package ${CMAKE_INSTALL_LIBDIR}/cmake/kari)
install(EXPORT kariTargets NAMESPACE kari:: DESTINATION ${kari_package})
install(FILES "${PROJECT_SOURCE_DIR}/cmake/KariSdkThirdParty.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/kariConfig.cmake" DESTINATION ${kari_package})
# Before 1.0 a minor version may change the API.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/kariConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/kariConfigVersion.cmake" DESTINATION ${kari_package})
