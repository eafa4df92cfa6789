import Conformance
import ProviderHost
import Testing

@Suite struct `The modules that are shipped` {
    @Test(arguments: [
        "BankFilePayouts", "BankTransfer", "CashOnDelivery", "RateTableTax", "SandboxPayments",
        "SandboxWallet", "SolanaPay", "StripePayments", "TableRateShipping",
    ])
    func `keep every rule of the contract`(_ name: String) async throws {
        let file = try ModuleFile.load("\(productsFolder)/lib\(name).so")

        let report = await ConformanceSuite(file.module, counterpart: file.counterpart).run()

        for broken in report.cases where broken.result == .failed {
            Issue.record("\(broken.group), \(broken.name): \(broken.detail)")
        }
        #expect(report.count(.passed) >= 10)
    }
}
