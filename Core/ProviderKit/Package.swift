// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

// A package of its own with one dynamic product: when the kit is linked statically into the
// host and into a module, its protocols exist twice and the first cast between them fails.
let package = Package(
    name: "ProviderKit",
    products: [
        .library(name: "ProviderKit", type: .dynamic, targets: ["Vocabulary", "ProviderKit"])
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL", path: "System/COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .target(name: "Vocabulary", path: "Sources/Vocabulary", swiftSettings: settings),
        .target(
            name: "ProviderKit", dependencies: ["Vocabulary", "COpenSSL"],
            path: "Sources/ProviderKit", swiftSettings: settings),
    ]
)
