import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `What Stripe says long afterwards` {
    @Test func `a seller who takes the permission back is paid no more`() async throws {
        try await StripeTown.run { town in
            let seller = try await town.connectedSeller("Clay")
            let placed = try await town.buy([try await town.thing(seller, 5000)])
            let order = try #require(try await town.detail(placed).orders.first)
            try await town.marketplace.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            try await town.marketplace.confirmDelivery(order.order.id, as: town.buyer)
            let account = try #require(
                try await town.marketplace.payoutConnections(as: seller.member).first?.account)
            #expect(account.isReady)

            try await town.stripe.control("accounts/\(account.reference ?? "")/deauthorize")
            try await town.eventually("the webhook holds the account back") {
                try await town.marketplace.payoutConnections(as: seller.member)
                    .first?.account?.isReady == false
            }

            let cut = try await town.marketplace.payoutConnections(as: seller.member).first?.account
            #expect(cut?.restriction == "The account is no longer connected with the platform.")
            try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
            let run = try await town.marketplace.runPayouts()
            #expect(run.payouts.isEmpty && run.waiting.map(\.reason) == [.accountNotReady])
        }
    }
}
