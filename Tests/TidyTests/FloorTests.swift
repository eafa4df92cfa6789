import Testing

/// Lower floors never import upper ones. `Package.swift` alone does not see to it: an undeclared
/// import of a module that happens to be built compiles, and a wrong one may be declared.
@Suite struct `The floors of the house` {
    /// Each folder, and which of our modules its files may import. The longest match counts.
    static let allowed: [(folder: String, imports: Set<String>)] = [
        ("Core/ProviderKit/Sources/Vocabulary", []),
        ("Core/ProviderKit/Sources/ProviderKit", ["Vocabulary", "COpenSSL"]),
        ("Core/Reactor", ["CEpoll"]),
        ("Core/JSONText", []),
        ("Core/Postgres", ["CPostgres", "Reactor"]),
        ("Core/Redis", ["CHiredis", "Reactor"]),
        ("Core/ProviderHost", ["CProcess", "CSpawn", "JSONText", "Vocabulary", "ProviderKit"]),
        ("Core/Conformance", ["Vocabulary", "ProviderKit", "ProviderHost"]),
        (
            "Core/Kernel",
            [
                "CSpawn", "JSONText", "Vocabulary", "ProviderKit", "Postgres", "ProviderHost",
                "Conformance",
            ]
        ),
        ("Plugins", ["Vocabulary", "ProviderKit"]),
        ("Plugins/Payments/SolanaPay/Export", ["ProviderKit", "SolanaPay"]),
        ("Plugins/Payments/BankTransfer/Export", ["ProviderKit", "BankTransfer"]),
        ("Plugins/Payments/CashOnDelivery/Export", ["ProviderKit", "CashOnDelivery"]),
        ("Plugins/Payments/SandboxPayments/Export", ["ProviderKit", "SandboxPayments"]),
        ("Plugins/Payments/SandboxWallet", ["ProviderKit", "Vocabulary", "SandboxPayments"]),
        ("Plugins/Payments/Stripe/Export", ["Vocabulary", "ProviderKit", "StripePayments"]),
        (
            "Core/Web",
            [
                "Vocabulary", "ProviderKit", "CQRencode", "CZlib", "JSONText", "Postgres", "Redis",
                "Kernel",
            ]
        ),
        ("Apps/Storefront", ["Vocabulary", "ProviderKit", "Kernel", "Redis", "Web"]),
        ("Apps/SellerDesk", ["Vocabulary", "ProviderKit", "Kernel", "Redis", "Web"]),
        (
            "Apps/Backoffice",
            ["Vocabulary", "ProviderKit", "Conformance", "Kernel", "Redis", "Web"]
        ),
        (
            "Apps/Operator",
            [
                "Vocabulary", "ProviderKit", "Reactor", "Postgres", "Redis", "ProviderHost",
                "Conformance", "Kernel", "Web", "Storefront", "SellerDesk", "Backoffice",
                "SandboxBank",
            ]
        ),
    ]

    static let ours: Set<String> = [
        "Vocabulary", "ProviderKit", "COpenSSL", "CEpoll", "CPostgres", "CHiredis", "CQRencode",
        "CProcess", "CSpawn", "CZlib", "Reactor", "JSONText",
        "Postgres", "Redis", "ProviderHost", "Conformance", "Kernel", "Web", "Storefront",
        "SellerDesk",
        "Backoffice", "Operator", "SandboxBank", "SandboxPayments", "SandboxWallet",
        "TableRateShipping",
        "RateTableTax", "BankFilePayouts", "SolanaPay", "BankTransfer", "CashOnDelivery",
        "StripePayments", "TestSupport",
    ]

    /// Who may speak HTTP to the outside or to visitors. The kernel's tests need no server.
    static let frameworks: [String: [String]] = [
        "Hummingbird": ["Core/Web", "Apps", "Plugins/Payments/SandboxBank", "Tests"],
        "HummingbirdTesting": ["Tests"],
        "Mustache": ["Core/Web", "Apps"],
        "AsyncHTTPClient": [
            "Core/ProviderHost", "Apps/Operator", "Plugins/Payments/SandboxBank", "Tests",
        ],
    ]

    @Test func `nobody looks up`() {
        var faults: [String] = []
        for file in SourceTree.files where !file.isUnder("Tests") && file.name != "Package.swift" {
            guard let rule = Self.rule(for: file.path) else {
                faults.append("\(file.path) is on no floor")
                continue
            }
            for (index, module) in Self.imports(file)
            where Self.ours.contains(module) && !rule.imports.contains(module) {
                faults.append("\(file.at(index)) imports \(module), and \(rule.folder) may not")
            }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Move the code to the floor that may, or pass the value down."))")
    }

    @Test func `frameworks stay where they belong`() {
        var faults: [String] = []
        for file in SourceTree.files {
            for (index, module) in Self.imports(file) {
                guard let folders = Self.frameworks[module] else { continue }
                if !folders.contains(where: file.isUnder) {
                    faults.append("\(file.at(index)) imports \(module)")
                }
            }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "HTTP belongs to Web and the apps, outbound HTTP to ProviderHost."))")
    }

    private static func rule(for path: String) -> (folder: String, imports: Set<String>)? {
        allowed.filter { path.hasPrefix($0.folder + "/") }
            .max { $0.folder.count < $1.folder.count }
    }

    static func imports(_ file: SourceFile) -> [(Int, String)] {
        file.code.enumerated().compactMap { index, line in
            guard line.contains("import ") else { return nil }
            var words = line.split(separator: " ").map(String.init)
            while let first = words.first,
                first.hasPrefix("@") || first == "public" || first == "internal"
            {
                words.removeFirst()
            }
            guard words.first == "import", words.count >= 2 else { return nil }
            let kinds: Set<String> = ["struct", "enum", "class", "func", "protocol", "var"]
            let module = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return (index, String(module.split(separator: ".").first ?? ""))
        }
    }
}
