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
}
