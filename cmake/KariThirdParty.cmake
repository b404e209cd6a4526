# SPDX-License-Identifier: Apache-2.0
# Everything that comes from the system. What a package does not describe itself gets a target here.
include(KariSdkThirdParty)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)

# mbedTLS has a CMake description from 3.x on (Debian 13), none in 2.28 (Debian 12).
find_path(KARI_MBEDTLS_INCLUDE mbedtls/version.h REQUIRED)
find_library(KARI_MBEDX509 mbedx509 REQUIRED)
find_library(KARI_MBEDCRYPTO mbedcrypto REQUIRED)
add_library(kari_mbedtls INTERFACE)
add_library(kari::mbedtls ALIAS kari_mbedtls)
target_include_directories(kari_mbedtls SYSTEM
                           INTERFACE "$<BUILD_INTERFACE:${KARI_MBEDTLS_INCLUDE}>")
target_link_libraries(kari_mbedtls INTERFACE "${KARI_MBEDX509}" "${KARI_MBEDCRYPTO}")

# Asio and Beast are headers only; coroutines are on in C++20.
add_library(kari_asio INTERFACE)
add_library(kari::asio ALIAS kari_asio)
target_compile_definitions(kari_asio INTERFACE BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(kari_asio INTERFACE Boost::headers OpenSSL::SSL Threads::Threads)
