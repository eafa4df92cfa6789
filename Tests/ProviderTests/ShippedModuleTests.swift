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

    private func keepsEveryRule(
        _ module: ModuleExport, _ counterpart: CounterpartExport?
    ) async {
        let report = await ConformanceSuite(module, counterpart: counterpart).run()

        for broken in report.cases where broken.result == .failed {
            Issue.record("\(broken.group), \(broken.name): \(broken.detail)")
        }
        #expect(report.count(.passed) >= 10)
    }
}
