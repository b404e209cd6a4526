// swift-tools-version: 6.0
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// libkari is found by pkg-config (PKG_CONFIG_PATH) after `cmake --install BUILD --component c`.
let package = Package(
    name: "kari",
    platforms: [.iOS(.v18), .macOS(.v15)],
    products: [.library(name: "Kari", targets: ["Kari"])],
    targets: [
        .systemLibrary(name: "CKari", pkgConfig: "kari"),
        .target(name: "Kari", dependencies: ["CKari"]),
        .executableTarget(name: "Scenario", dependencies: ["Kari"], path: "Tests/Scenario"),
        .testTarget(name: "KariTests", dependencies: ["Kari"]),
    ],
    swiftLanguageModes: [.v6]
)
