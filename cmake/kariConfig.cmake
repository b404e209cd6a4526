# SPDX-License-Identifier: Apache-2.0
# find_package(kari) gives the target kari::kari. Headers: <kari/device.hpp>, and
# <kari/linux_platform.hpp> for the ports of a Linux machine.
include("${CMAKE_CURRENT_LIST_DIR}/KariSdkThirdParty.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/kariTargets.cmake")
