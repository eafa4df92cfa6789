// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)]
let kit: [Target.Dependency] = [
    .product(name: "ProviderKit", package: "ProviderKit")
]
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "guildhall",
    products: [
        .executable(name: "guildhall", targets: ["Operator"]),
        // Provider modules: each is loaded at run time, never linked.
        .library(name: "SandboxPayments", type: .dynamic, targets: ["SandboxPaymentsExport"]),
        .library(name: "SandboxWallet", type: .dynamic, targets: ["SandboxWallet"]),
        .library(name: "BankFilePayouts", type: .dynamic, targets: ["BankFilePayouts"]),
        .library(name: "SolanaPay", type: .dynamic, targets: ["SolanaPayExport"]),
        .library(name: "BankTransfer", type: .dynamic, targets: ["BankTransferExport"]),
        .library(name: "CashOnDelivery", type: .dynamic, targets: ["CashOnDeliveryExport"]),
        .library(name: "StripePayments", type: .dynamic, targets: ["StripePaymentsExport"]),
        .library(name: "TableRateShipping", type: .dynamic, targets: ["TableRateShipping"]),
        .library(name: "RateTableTax", type: .dynamic, targets: ["RateTableTax"]),
        // A module of another contract version, for the test that it is refused.
        .library(name: "OutdatedModule", type: .dynamic, targets: ["OutdatedModule"]),
        // One that traps, for the test that a conformance run outlives it.
        .library(name: "TrappingModule", type: .dynamic, targets: ["TrappingModule"]),
    ],
    dependencies: [
        .package(path: "Core/ProviderKit"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.9.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
    ],
    targets: [
        // Floor 0: C libraries by name.
        .systemLibrary(
            name: "CPostgres", path: "Core/System/CPostgres", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CHiredis", path: "Core/System/CHiredis",
            providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CEpoll", path: "Core/System/CEpoll"),
        .systemLibrary(name: "CProcess", path: "Core/System/CProcess"),
        .systemLibrary(name: "CSpawn", path: "Core/System/CSpawn"),
        .systemLibrary(
            name: "CQRencode", path: "Core/System/CQRencode",
            providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Core/System/CZlib", providers: [.apt(["zlib1g-dev"])]),

        // Floor 1: one epoll thread for both drivers.
        .target(
            name: "Reactor", dependencies: ["CEpoll"], path: "Core/Reactor",
            swiftSettings: settings),

        // Values as JSON, for frames, answers and columns.
        .target(name: "JSONText", path: "Core/JSONText", swiftSettings: settings),

        // Floor 2: drivers that know no commerce, and the loader of provider modules.
        .target(
            name: "Postgres", dependencies: ["CPostgres", "Reactor", logging],
            path: "Core/Postgres", swiftSettings: settings),
        .target(
            name: "Redis", dependencies: ["CHiredis", "Reactor", logging], path: "Core/Redis",
            swiftSettings: settings),
        .target(
            name: "ProviderHost",
            dependencies: kit + [
                "CProcess", "CSpawn", "JSONText",
                logging, .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Core/ProviderHost", exclude: ["README.md"], swiftSettings: settings),
        // The rules of the contract, tried on a module.
        .target(
            name: "Conformance", dependencies: kit + ["ProviderHost"], path: "Core/Conformance",
            swiftSettings: settings),

        // Floor 3: the market itself, and the provider modules; neither sees the other.
        .target(
            name: "Kernel",
            dependencies: kit + [
                "CSpawn", "JSONText", "Postgres", "ProviderHost", "Conformance", logging,
            ],
            path: "Core/Kernel", exclude: ["README.md"],
            resources: [.copy("Migrations"), .copy("Words")],
            swiftSettings: settings),
        .target(
            name: "SandboxPayments", dependencies: kit,
            path: "Plugins/Payments/SandboxPayments", exclude: ["Export"],
            swiftSettings: settings),
        .target(
            name: "SandboxPaymentsExport", dependencies: kit + ["SandboxPayments"],
            path: "Plugins/Payments/SandboxPayments/Export", swiftSettings: settings),
        .target(
            name: "SandboxWallet", dependencies: kit + ["SandboxPayments"],
            path: "Plugins/Payments/SandboxWallet", swiftSettings: settings),
        .target(
            name: "BankFilePayouts", dependencies: kit,
            path: "Plugins/Payments/BankFilePayouts", exclude: ["README.md"],
            swiftSettings: settings),
        .target(
            name: "SolanaPay", dependencies: kit, path: "Plugins/Payments/SolanaPay",
            exclude: ["Export", "README.md"], swiftSettings: settings),
        .target(
            name: "SolanaPayExport", dependencies: kit + ["SolanaPay"],
            path: "Plugins/Payments/SolanaPay/Export", swiftSettings: settings),
        .target(
            name: "BankTransfer", dependencies: kit, path: "Plugins/Payments/BankTransfer",
            exclude: ["Export"], swiftSettings: settings),
        .target(
            name: "BankTransferExport", dependencies: kit + ["BankTransfer"],
            path: "Plugins/Payments/BankTransfer/Export", swiftSettings: settings),
        .target(
            name: "CashOnDelivery", dependencies: kit, path: "Plugins/Payments/CashOnDelivery",
            exclude: ["Export"], swiftSettings: settings),
        .target(
            name: "CashOnDeliveryExport", dependencies: kit + ["CashOnDelivery"],
            path: "Plugins/Payments/CashOnDelivery/Export", swiftSettings: settings),
        .target(
            name: "StripePayments", dependencies: kit, path: "Plugins/Payments/Stripe",
            exclude: ["Export", "README.md"], swiftSettings: settings),
        .target(
            name: "StripePaymentsExport", dependencies: kit + ["StripePayments"],
            path: "Plugins/Payments/Stripe/Export", swiftSettings: settings),
        .target(
            name: "TableRateShipping", dependencies: kit,
            path: "Plugins/Shipping/TableRateShipping", exclude: ["README.md"],
            swiftSettings: settings),
        .target(
            name: "RateTableTax", dependencies: kit, path: "Plugins/Tax/RateTableTax",
            exclude: ["README.md"], swiftSettings: settings),
        // The sandbox's counterpart: a bank of its own behind a socket, never a module.
        .target(
            name: "SandboxBank",
            dependencies: kit + [
                hummingbird, logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Plugins/Payments/SandboxBank", exclude: ["README.md"],
            swiftSettings: settings),

        // Floor 4: what the HTTP apps share.
        .target(
            name: "Web",
            dependencies: kit + [
                "CQRencode", "CZlib", "JSONText", "Kernel", "Postgres", "Redis", hummingbird,
                logging,
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Core/Web",
            resources: [.copy("Templates"), .copy("Assets"), .copy("Words")],
            swiftSettings: settings),

        // Floor 5: the apps, and the one executable.
        .target(
            name: "Storefront",
            dependencies: kit + [
                "Web", "Kernel", "Redis", hummingbird, logging, nio, httpTypes,
            ],
            path: "Apps/Storefront", resources: [.copy("Templates"), .copy("Words")],
            swiftSettings: settings),
        .target(
            name: "SellerDesk",
            dependencies: kit + [
                "Web", "Kernel", "Redis", hummingbird, logging, nio, httpTypes,
            ],
            path: "Apps/SellerDesk", resources: [.copy("Templates"), .copy("Words")],
            swiftSettings: settings),
        .target(
            name: "Backoffice", dependencies: kit + ["Web", "Kernel", "Conformance", hummingbird],
            path: "Apps/Backoffice", resources: [.copy("Templates"), .copy("Words")],
            swiftSettings: settings),
        .executableTarget(
            name: "Operator",
            dependencies: kit + [
                "Storefront", "SellerDesk", "Backoffice", "SandboxBank", "Web", "Kernel",
                "Postgres", "Redis", "Reactor", "ProviderHost", "Conformance", hummingbird,
                logging, nio, .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Apps/Operator", swiftSettings: settings),

        // Tests mirror the folders that they test.
        .target(
            name: "TestSupport",
            dependencies: kit + [
                "BankFilePayouts", "BankTransfer", "CashOnDelivery", "SolanaPay", "Kernel",
                "Postgres",
                "Redis", "Reactor", "ProviderHost", "Web", logging,
            ],
            path: "Tests/Support", swiftSettings: settings),
        .testTarget(
            name: "VocabularyTests", dependencies: kit, path: "Tests/VocabularyTests",
            swiftSettings: settings),
        .target(
            name: "TestServers", dependencies: ["CSpawn"], path: "Tests/Servers",
            swiftSettings: settings),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "Reactor", "TestServers", logging],
            path: "Tests/PostgresTests", swiftSettings: settings),
        .testTarget(
            name: "RedisTests", dependencies: ["Redis", "Reactor", "TestServers", logging],
            path: "Tests/RedisTests", swiftSettings: settings),
        .target(name: "OutdatedModule", path: "Tests/Fixtures/OutdatedModule"),
        .target(
            name: "TrappingModule", dependencies: kit, path: "Tests/Fixtures/TrappingModule",
            swiftSettings: settings),
        .testTarget(
            name: "ProviderTests",
            // The modules themselves are loaded, as the market does it: each exports the same two
            // C symbols, so no program can link two of them.
            dependencies: kit + [
                "JSONText", "ProviderHost", "Conformance", "SandboxBank", hummingbird, logging,
                nio, .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/ProviderTests", swiftSettings: settings),
        .testTarget(
            // One module only, so that it may be linked instead of loaded.
            name: "BankFileTests", dependencies: kit + ["BankFilePayouts"],
            path: "Tests/BankFileTests", swiftSettings: settings),
        .testTarget(
            name: "SolanaPayTests",
            dependencies: kit + [
                "SolanaPay", "Kernel", "Postgres", "ProviderHost", "Storefront", "TestServers",
                "TestSupport", "Web",
            ],
            path: "Tests/SolanaPayTests", exclude: ["Chain"], swiftSettings: settings),
        .testTarget(
            name: "StripeTests",
            dependencies: kit + ["StripePayments", "ProviderHost", "TestServers"],
            path: "Tests/StripeTests", swiftSettings: settings),
        .testTarget(
            name: "KernelTests",
            dependencies: kit + ["Kernel", "ProviderHost", "TestSupport", "Postgres"],
            path: "Tests/KernelTests", swiftSettings: settings),
        .testTarget(
            name: "WebTests",
            dependencies: kit + [
                "Web", "Kernel", "JSONText", "TestSupport", hummingbird, logging, nio, httpTypes,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            path: "Tests/WebTests", swiftSettings: settings),
        .testTarget(
            name: "StorefrontTests",
            dependencies: kit + [
                "Storefront", "Web", "Kernel", "TestSupport", hummingbird,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            path: "Tests/StorefrontTests", swiftSettings: settings),
        .testTarget(
            name: "SellerDeskTests",
            dependencies: kit + [
                "SellerDesk", "Web", "Kernel", "TestSupport", hummingbird,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            path: "Tests/SellerDeskTests", swiftSettings: settings),
        .testTarget(
            name: "BackofficeTests",
            dependencies: kit + [
                "Backoffice", "Storefront", "SellerDesk", "Web", "Kernel", "Postgres", "Redis",
                "ProviderHost", "TestSupport", hummingbird,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            path: "Tests/BackofficeTests", swiftSettings: settings),
        .testTarget(
            name: "JourneyTests",
            dependencies: kit + [
                "Kernel", "TestSupport", "TestServers", "Postgres", "ProviderHost", "SandboxBank",
                hummingbird, logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/JourneyTests", swiftSettings: settings),
        // They run the program itself, as it was built beside them.
        .testTarget(
            name: "OperatorTests",
            dependencies: kit + [
                "Operator", "Kernel", "Postgres", "ProviderHost", "SandboxBank", "TestSupport",
                "TestServers", logging,
            ],
            path: "Tests/OperatorTests", swiftSettings: settings),
        .testTarget(name: "TidyTests", path: "Tests/TidyTests", swiftSettings: settings),
    ]
)
