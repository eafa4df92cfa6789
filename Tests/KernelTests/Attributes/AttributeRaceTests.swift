import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `What is asked of things, changed while somebody says it` {
    private func lock(_ attribute: Attribute) -> SQL {
        "select id from attribute where id = \(attribute.id) for update"
    }

    private func shown(_ pottery: Pottery, _ thing: ListingDetails) async throws -> [String] {
        try await pottery.kernel.publicListing(thing.listing.id).attributes
            .flatMap { $0.values.map(\.handle) }
    }

    /// Each holds what the other wants, and the database ends one of them, who tries again.
    @Test(arguments: [true, false])
    func `a value that is retired is not shown, and comes back`(isSaidFirst: Bool) async throws {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let kernel = pottery.kernel
            let vase = try await pottery.thing(
                "Vase", in: pottery.vases, [ListingAttribute("material", values: ["stoneware"])])
            let raku = try #require(pottery.material.values.last)
            #expect(try await shown(pottery, vase) == ["stoneware"])
            let say: @Sendable () async throws -> Void = {
                _ = try await pottery.edit(vase) {
                    $0.attributes = [
                        ListingAttribute("material", values: ["stoneware", "raku"])
                    ]
                }
            }
            let retire: @Sendable () async throws -> Void = {
                try await kernel.retireAttributeValue(
                    raku.id, of: pottery.material.id, reason: nil, by: pottery.admin.id)
            }

            let ends = try await market.inTurn(
                lockedBy: lock(pottery.material), isSaidFirst ? [say, retire] : [retire, say])

            let saved = isSaidFirst ? ends[0] : ends[1]
            try (isSaidFirst ? ends[1] : ends[0]).get()
            #expect(try await shown(pottery, vase) == ["stoneware"])
            try await kernel.retireAttributeValue(
                raku.id, of: pottery.material.id, false, reason: nil, by: pottery.admin.id)
            // Who came too late was told so.
            switch saved {
            case .success: #expect(try await shown(pottery, vase) == ["stoneware", "raku"])
            case .failure(let error):
                #expect((error as? InputRefusal)?.field == "attributes.0.values")
                #expect(try await shown(pottery, vase) == ["stoneware"])
            }
        }
    }

    @Test func `no number gets out of bounds that are drawn tighter at the same moment`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let kernel = pottery.kernel
            for isSaidFirst in [true, false] {
                let vase = try await pottery.thing(
                    "Vase \(isSaidFirst)", in: pottery.vases, [])
                let say: @Sendable () async throws -> Void = {
                    _ = try await pottery.edit(vase) {
                        $0.attributes = [ListingAttribute("height", number: 250)]
                    }
                }
                let tighten: @Sendable () async throws -> Void = {
                    try await kernel.changeAttribute(
                        pottery.height.id,
                        to: AttributeDraft(
                            name: "Height", unit: "cm", least: 1, most: 200, position: 1),
                        reason: nil, by: pottery.admin.id)
                }

                let ends = try await market.inTurn(
                    lockedBy: lock(pottery.height), isSaidFirst ? [say, tighten] : [tighten, say])

                try ends[0].get()
                if isSaidFirst {
                    #expect(throws: AttributeRefusal.boundsUsed(1)) { try ends[1].get() }
                    _ = try await pottery.edit(
                        try await kernel.listing(vase.listing.id, as: pottery.seller.member)
                    ) { $0.attributes = [] }
                } else {
                    // A sentence at the input, and no fault of ours.
                    let refused = #expect(throws: InputRefusal.self) { try ends[1].get() }
                    #expect(refused?.field == "attributes.0.number")
                }
            }
        }
    }
}
