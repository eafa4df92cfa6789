import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A wallet in the back office` {
    @Test func `is called by its seller, its kind and the ends of its account`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let kernel = office.market.marketplace
            let (seller, other) = (sale.sellers[0], sale.sellers[1])
            let payout = try #require(
                try await kernel.runPayouts().payouts.first { $0.seller == other.id })

            let own = "platform balance, DE89 •••• 3000"
            let path = "/sellers/\(seller.id)"
            for page in [path, path + "/payouts"] {
                let text = try await office.get(page).text
                #expect(text.contains(own), "\(page)")
                #expect(!text.contains(seller.wallet.description.suffix(12)), "\(page)")
            }
            #expect(
                try await office.get(path + "/payouts", in: "de").text
                    .contains("Plattformguthaben, DE89 •••• 3000"))
            for page in ["/payouts", "/payouts/\(payout.id)"] {
                let text = try await office.get(page).text
                #expect(text.contains("Wool: platform balance, DE89 •••• 3000"), "\(page)")
                #expect(text.contains("/sellers/\(other.id)\""), "\(page)")
                #expect(!text.contains(payout.wallet.description.suffix(12)), "\(page)")
            }
        }
    }

    @Test func `on a chain is called by the ends of its address, and by its own name`()
        async throws
    {
        try await Office.run { office in
            let kernel = office.market.marketplace
            let seller = try await office.market.given.verifiedSeller("Wool")
            let wallet = try await kernel.addWallet(
                WalletDraft(
                    kind: .chainAddress, label: "Savings",
                    details: WalletDetails(
                        chain: "solana",
                        address: "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin")),
                as: seller.member)
            let empty = try await kernel.addWallet(
                WalletDraft(kind: .platformBalance, label: "Platform balance"), as: seller.member)

            let names = try await kernel.walletNames([wallet.id, empty.id, ID()])

            #expect(names.count == 2)
            #expect(names[wallet.id]?.seller == "Wool")
            #expect(names[wallet.id]?.kind == .chainAddress)
            #expect(names[wallet.id]?.label == "Savings")
            #expect(names[wallet.id]?.place == "9xQe •••• VFin")
            #expect(names[empty.id]?.place == nil)
        }
    }
}
