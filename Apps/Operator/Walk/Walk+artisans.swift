import Foundation
import Vocabulary

extension Walk {
    /// Three artisans, from registration to a published catalogue.
    func artisansOpen(_ admin: WalkClient) async throws -> [Artisan] {
        var artisans: [Artisan] = []
        for shop in market.sellers.prefix(3) {
            artisans.append(try await apply(shop))
        }
        narrator.chapter("The administrator verifies them")
        for artisan in artisans { try await verify(artisan, admin) }
        narrator.chapter("They publish their catalogues")
        for artisan in artisans { try await publish(artisan) }
        return artisans
    }

    private func apply(_ shop: DemoMarket.Shop) async throws -> Artisan {
        let first = shop.person.split(separator: " ").first.map { $0.lowercased() } ?? "artisan"
        let email = "\(first)-\(tag)@example.com"
        let client = WalkClient("seller app", sellerApp)
        narrator.chapter("\(shop.person) wants to sell")
        try await register(shop.person, email, client)
        let applied = try await client.post(
            "/api/v1/shops",
            [
                "name": .string("\(shop.name) \(tag)"), "about": .string(shop.about),
                "country": .string(shop.address.country),
                "legalName": .string("\(shop.name), \(shop.person)"),
                "origin": Fact(shop.address),
            ], key: key())
        var artisan = Artisan(shop: shop, name: shop.person, email: email, client: client)
        artisan.sellerID = try applied.text("id")
        artisan.slug = try applied.text("slug")
        narrator.tell("registers as \(email) and applies as \"\(shop.name) \(tag)\"")
        try await sendPapers(artisan)
        try await nameBank(artisan)
        return artisan
    }

    private func sendPapers(_ artisan: Artisan) async throws {
        let early = try await artisan.client.post(
            "/api/v1/shop/submission", nil, expecting: [409, 422])
        narrator.tell("sends in the application too early: \(early["detail"].text ?? "?")")
        guard let paper = try pictures(of: artisan).first else {
            throw OperatorProblem("\(artisan.shop.name) has no pictures.")
        }
        _ = try await artisan.client.post(
            "/api/v1/shop/documents",
            [
                "kind": "business", "fileName": "trade-register.jpg",
                "content": paper["content"],
            ], key: key())
        let submitted = try await artisan.client.post("/api/v1/shop/submission", nil)
        try submitted.expect(submitted["state"].text == "submitted", "an application sent in")
        narrator.tell("adds the trade register's paper and sends in the application")
    }

    private func nameBank(_ artisan: Artisan) async throws {
        let wallets = try await artisan.client.get("/api/v1/wallets")
        let wallet = wallets["items"].items.first { $0["isDefault"].flag == true }
        guard let id = wallet?["id"].text else {
            throw WalkProblem(expected: "a default wallet", wallets)
        }
        _ = try await artisan.client.put(
            "/api/v1/wallets/\(id)",
            [
                "kind": "platformBalance", "label": "Bank account",
                "details": [
                    "holder": .string(artisan.shop.name), "iban": .string(artisan.shop.iban),
                ],
            ])
        narrator.tell("names the bank account \(artisan.shop.iban) for payouts")
    }

    private func verify(_ artisan: Artisan, _ admin: WalkClient) async throws {
        let file = try await admin.get("/api/v1/sellers/\(artisan.sellerID)")
        guard let document = file["documents"][0]["id"].text else {
            throw WalkProblem(expected: "a document to look at", file)
        }
        _ = try await admin.post(
            "/api/v1/sellers/\(artisan.sellerID)/documents/\(document)/judgement",
            ["state": "accepted"], key: key())
        for entry in file["checklist"].items where entry["tickedAt"].text == nil {
            let row = entry["row"].text ?? "?"
            let ticked = try await admin.post(
                "/api/v1/sellers/\(artisan.sellerID)/checklist/\(row)/tick",
                ["note": "Looked at in the walk."], key: key())
            let isThere = ticked["checklist"].items.contains {
                $0["row"].text == row && $0["tickedByName"].text != nil
            }
            try ticked.expect(isThere, "a tick with the name of who gave it")
        }
        let verified = try await admin.post(
            "/api/v1/sellers/\(artisan.sellerID)/verification", [:], key: key())
        try verified.expect(verified["state"].text == "verified", "a verified seller")
        narrator.tell(
            "\(artisan.shop.name) \(tag): papers accepted, "
                + "\(file["checklist"].items.count) rows ticked, verified")
    }

    private func publish(_ artisan: Artisan) async throws {
        let path = folder + "/" + artisan.shop.catalogue
        guard let csv = FileManager.default.contents(atPath: path) else {
            throw OperatorProblem("\(path) cannot be read.")
        }
        let pictures = try pictures(of: artisan)
        var order: [String: Fact] = [
            "csv": .string(String(decoding: csv, as: UTF8.self)), "pictures": .list(pictures),
            "dryRun": true,
        ]
        let look = try await artisan.client.post("/api/v1/imports", .members(order))
        try look.expect(look["skipped"].integer == 0, "a dry run without errors")
        order["dryRun"] = false
        order["publish"] = true
        let done = try await artisan.client.post("/api/v1/imports", .members(order))
        let created = try done.integer("created")
        try done.expect(created == look["created"].integer, "what the dry run foretold")
        try done.expect(done["notes"].items.isEmpty, "an import without a warning")
        let again = try await artisan.client.post("/api/v1/imports", .members(order))
        try again.expect(
            again["unchanged"].integer == created, "that a second import changes nothing")
        narrator.tell(
            "\(artisan.shop.name) \(tag): \(created) things with \(pictures.count) pictures "
                + "imported and published; a second time changes nothing")
    }

    /// The pictures beside the catalogue, as the import takes them.
    private func pictures(of artisan: Artisan) throws -> [Fact] {
        let folder = URL(fileURLWithPath: folder + "/" + artisan.shop.catalogue)
            .deletingLastPathComponent().appendingPathComponent("pictures").path
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.hasSuffix(".jpg") }
            .map { name in
                guard let bytes = FileManager.default.contents(atPath: folder + "/" + name)
                else { throw OperatorProblem("\(folder)/\(name) cannot be read.") }
                return ["name": .string(name), "content": .string(bytes.base64EncodedString())]
            }
    }
}
