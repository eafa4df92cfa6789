import Conformance
import ProviderHost
import ProviderKit
import Testing

@Suite struct `The modules that are shipped` {
    @Test(arguments: [
        "BankFilePayouts", "BankTransfer", "CashOnDelivery", "RateTableTax", "SandboxPayments",
        "SandboxWallet", "SolanaPay", "StripePayments", "TableRateShipping",
    ])
    func `keep every rule of the contract`(_ name: String) async throws {
        let file = try ModuleFile.load("\(productsFolder)/lib\(name).so")

        await keepsEveryRule(file.module, file.counterpart)
    }

    @Test func `in another language keep every rule too, by another's counterpart`() async throws {
        let cards = try ModuleFile.load(ProgramFolder.cards + "/sandbox-cards.module.json")
        let lender = try ModuleFile.load("\(productsFolder)/libSandboxPayments.so")

        await keepsEveryRule(cards.module, lender.counterpart)
        #expect(cards.counterpartFile == ProgramFolder.cards + "/libSandboxPayments.so")
    }

    @Test func `are kept pace with by a program with sellers' accounts and payouts to their banks`()
        async throws
    {
        let accounts = try ModuleFile.load(ProgramFolder.accounts + "/stripe-accounts.module.json")
        let lender = try ModuleFile.load("\(productsFolder)/libStripePayments.so")

        let report = await keepsEveryRule(accounts.module, lender.counterpart)

        // What it is tried for is what it says that it does.
        let tried = report.cases.filter { $0.result == .passed }.map(\.name)
        for name in [
            "payOut, asked three times under one key", "reverse: an answer that is lost",
            "every payout is read once, page by page, to the end",
            "what an account could send is what it holds", "one that takes another back names it",
        ] { #expect(tried.contains { $0.hasSuffix(name) }, "\(name)") }
    }

    @discardableResult
    private func keepsEveryRule(
        _ module: ModuleExport, _ counterpart: CounterpartExport?
    ) async -> ConformanceReport {
        let report = await ConformanceSuite(module, counterpart: counterpart).run()

        for broken in report.cases where broken.result == .failed {
            Issue.record("\(broken.group), \(broken.name): \(broken.detail)")
        }
        #expect(report.count(.passed) >= 10)
        return report
    }
}
