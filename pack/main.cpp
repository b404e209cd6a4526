// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "pack/commands.hpp"
#include "platform/linux/machine.hpp"

int main(int argc, char** argv) {
    kari::platform_linux::SystemEntropy entropy;
    return kari::pack::run({argv + 1, argv + argc}, entropy, std::cout, std::cerr);
}
