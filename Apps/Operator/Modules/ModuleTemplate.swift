import ProviderKit

/// The files of a module that somebody is about to write.
struct ModuleTemplate {
    let kind: ProviderKind
    let name: String

    /// Nil when `name` cannot be a type's name.
    init?(_ kind: ProviderKind, _ name: String) {
        guard (2...60).contains(name.utf8.count), let first = name.utf8.first,
            (65...90).contains(first),
            name.utf8.allSatisfy({
                (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0)
            })
        else { return nil }
        self.kind = kind
        self.name = name
    }

    /// `FlatShipping` → `flat-shipping`
    var key: String {
        var key = ""
        for letter in name {
            if letter.isUppercase, !key.isEmpty { key += "-" }
            key += letter.lowercased()
        }
        return key
    }

    /// `FlatShipping` → `Flat shipping`
    var title: String {
        let words = key.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Texts by their paths in the package; `kit` is the folder of the kit's package.
    func files(kit: String) -> [(path: String, text: String)] {
        [
            ("Package.swift", package(kit: kit)), ("README.md", readme),
            ("Sources/\(name)/\(name).swift", filled(source)),
            ("Tests/\(name)Tests/\(name)Tests.swift", filled(test)), (".gitignore", ".build\n"),
        ]
    }

    private var source: String {
        switch kind {
        case .payment: ModuleTexts.payment
        case .shipping: ModuleTexts.shipping
        case .tax: ModuleTexts.tax
        }
    }

    private var test: String {
        switch kind {
        case .payment: ModuleTexts.paymentTest
        case .shipping: ModuleTexts.shippingTest
        case .tax: ModuleTexts.taxTest
        }
    }

    private func filled(_ text: String) -> String {
        text.replacing("<NAME>", with: name).replacing("<KEY>", with: key)
            .replacing("<TITLE>", with: title)
    }

    private func package(kit: String) -> String {
        filled(
            #"""
            // swift-tools-version: 6.2
            import PackageDescription

            let package = Package(
                name: "<NAME>",
                products: [.library(name: "<NAME>", type: .dynamic, targets: ["<NAME>"])],
                dependencies: [
                    // The kit of the Guildhall that will load the module, and its compiler.
                    .package(path: "<KIT>")
                ],
                targets: [
                    .target(
                        name: "<NAME>",
                        dependencies: [.product(name: "ProviderKit", package: "ProviderKit")],
                        swiftSettings: [.swiftLanguageMode(.v6)]),
                    .testTarget(
                        name: "<NAME>Tests",
                        dependencies: [
                            "<NAME>", .product(name: "ProviderKit", package: "ProviderKit"),
                        ],
                        swiftSettings: [.swiftLanguageMode(.v6)]),
                ]
            )

            """#
        ).replacing("<KIT>", with: kit)
    }

    private var readme: String {
        filled(
            """
            # <TITLE>

            A provider module for Guildhall. What the contract asks stands in the provider kit's own
            README.

                swift build
                swift test
                guildhall module check .build/debug/lib<NAME>.so

            Copy `lib<NAME>.so` (of `swift build -c release`) into the modules folder of your
            Guildhall; the back office lists it at once. The compiler and the kit must be those that
            Guildhall itself was built with.

            """)
    }
}
