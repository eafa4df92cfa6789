import Kernel
import TestSupport
import Vocabulary
import Web

extension `The trail of the desk` {
    static let team: [String: Case] = [
        "POST /offers/price-changes": { counter in
            _ = try await counter.desk.listing("Rated thing")
            let look = try await counter.desk.kernel.previewPrices(
                PriceChange(way: .up, rate: PartsPerMillion(10_000)),
                of: OfferFilter(text: "rated thing"), as: counter.desk.shop.member)
            return (
                "/offers/price-changes",
                [
                    "text": "rated thing", "way": "up", "ppm": 10_000,
                    "seen": .string(look.seen),
                ]
            )
        },
        "POST /wallets/{wallet}/payouts": { counter in
            let amount = try await counter.available()
            return (
                "/wallets/\(counter.desk.shop.wallet)/payouts",
                ["amount": ["amount": .integer(amount.amount), "currency": "EUR"]]
            )
        },
        "POST /team/invitations": { _ in
            ("/team/invitations", ["email": "cy@example.test", "role": "support"])
        },
        "POST /team/invitations/{invitation}/letters": { counter in
            ("/team/invitations/\(try await counter.invitation())/letters", nil)
        },
        "DELETE /team/invitations/{invitation}": { counter in
            ("/team/invitations/\(try await counter.invitation())", nil)
        },
    ]
}

extension Counter {
    func invitation() async throws -> ID<TeamInvitation> {
        try await desk.kernel.invite(
            email: "\(ID<Account>())@example.test", role: .support, as: desk.shop.member,
            at: "http://desk.test"
        ).id
    }

    /// What the shop can ask to be paid now, of an order whose hold is over.
    func available() async throws -> Money {
        let (kernel, member) = (desk.kernel, desk.shop.member)
        try await kernel.makeDefault(desk.shop.wallet, as: member)
        let bought = try await bought()
        try await ship(bought.order.id)
        try await kernel.confirmDelivery(bought.order.id, as: buyer)
        try await kernel.moveClock(by: .seconds(8 * 86_400), as: nil)
        while try await kernel.releaseHolds() > 0 {}
        return try await kernel.payoutOffer(of: desk.shop.wallet, .eur, as: member).amount
    }
}
