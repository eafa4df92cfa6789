import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The wallets of a shop` {
    @Test func `show the schedule that holds where it is changed, and keep what is not touched`()
        async throws
    {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.finance)
            try await desk.kernel.setPayoutSchedule(
                of: desk.shop.wallet, .eur, every: .monthly, day: 15, minimum: 2500,
                as: desk.shop.member)
            let path = "/money/wallets/\(desk.shop.wallet)/payout-schedules"

            let page = try await browser.get("/money/wallets")
            #expect(page.text.contains("Change when EUR is paid out"))
            let saved = try await browser.submit(page, path, ["day": "20"])

            #expect(saved.text.contains("The schedule is changed."))
            let schedule = try #require(
                try await desk.kernel.payoutSchedules(of: desk.shop.id).first)
            #expect(schedule.schedule.every == .monthly && schedule.schedule.day == 20)
            #expect(schedule.minimum == 2500)
        }
    }

    @Test func `keep their smallest payout and their BIC where the account is saved again`()
        async throws
    {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.finance)
            let details = WalletDetails(
                holder: "Clay", iban: "DE89370400440532013000", bic: "COBADEFFXXX")
            try await desk.kernel.editWallet(
                desk.shop.wallet,
                WalletDraft(
                    kind: .platformBalance, label: "Bank", details: details, payoutMinimum: 4000),
                as: desk.shop.member)
            let before = try #require(
                try await desk.kernel.wallets(as: desk.shop.member).first)

            let page = try await browser.get("/money/wallets")
            _ = try await browser.submit(
                page, "/money/wallets/\(desk.shop.wallet)",
                ["label": "House bank", "details.iban": "DE89370400440532013000"])

            let wallet = try #require(try await desk.kernel.wallets(as: desk.shop.member).first)
            #expect(wallet.label == "House bank" && wallet.payoutMinimum == 4000)
            #expect(wallet.details.bic == "COBADEFFXXX")
            #expect(wallet.paysFrom == before.paysFrom, "it is the same account")
            #expect(try await browser.get("/money/wallets").text.contains("begin after"))
            try await desk.kernel.moveClock(by: .seconds(73 * 3600), as: nil)
            #expect(!(try await browser.get("/money/wallets").text.contains("begin after")))
        }
    }

    @Test func `say what comes of taking somebody out of the team before it is done`() async throws
    {
        try await Desk.run { desk in
            let owner = try await desk.colleague(.owner)
            let page = try await owner.get("/team").text

            let form = try #require(page.firstRange(of: "/leave\""))
            let before = page[..<form.lowerBound].suffix(500)
            #expect(before.contains("<summary>Take out of the team</summary>"))
            #expect(before.contains("sees nothing of the shop from then on"))
        }
    }
}
