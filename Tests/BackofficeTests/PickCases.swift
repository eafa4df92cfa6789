import Testing

extension `The trail of the back office` {
    /// Choosing for the shop's first page.
    static let picking: [String: Case] = [
        "POST /listings/{listing}/pick": { scene in
            ("/listings/\(scene.sale.listing)/pick", "{}")
        },
        "POST /listings/{listing}/pick-removal": { scene in
            let admin = try #require(scene.office.accounts[.administrator])
            let thing = try await Sale.thing(scene.market, by: scene.sale.sellers[0])
            try await scene.market.marketplace.pick(thing.listing, true, by: admin.id)
            return ("/listings/\(thing.listing)/pick-removal", "{}")
        },
        "POST /sellers/{seller}/pick": { scene in
            ("/sellers/\(try await scene.seller("verified").id)/pick", "{}")
        },
        "POST /sellers/{seller}/pick-removal": { scene in
            let admin = try #require(scene.office.accounts[.administrator])
            let seller = try await scene.seller("verified")
            try await scene.market.marketplace.pick(seller.id, true, by: admin.id)
            return ("/sellers/\(seller.id)/pick-removal", "{}")
        },
    ]
}
