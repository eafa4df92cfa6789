import Conformance
import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@Suite struct `The conformance suite` {
    /// A module that is sound but for one thing.
    struct Spoiled: Sendable, CustomTestStringConvertible {
        let flaw: any Flaw.Type
        var testDescription: String { "\(flaw)" }
    }

    static let spoiled: [Spoiled] =
        ([
            FreshKeys.self, NoKeys.self, HastyNo.self, GivesUp.self, Doubtful.self,
            BlamesCustomer.self, ForgetsWhen.self, DeniesAll.self, ErrsOnNothing.self,
            BlindCheck.self, Patient.self, Strays.self, Talkative.self, Verbose.self, Fearless.self,
            Ambidextrous.self,
            TakesLess.self, SoftNo.self, Modest.self, CapturesInParts.self, Generous.self,
            EndlessBooks.self, CentsEverywhere.self, SixDigits.self, TakesNothing.self,
            Possessive.self, OddKey.self, MakesDo.self, Grumbles.self, Impostor.self,
            BelievesAnybody.self, LastSignature.self, Forgetful.self, Misreads.self,
            RestlessFiles.self,
            WritesAnything.self, Promises.self, ForeignPrices.self, MoodyPrices.self,
            ShipsNothing.self, CentOff.self, MoodyTax.self, TiresOfLines.self,
            Undeclared.self, MoodyListener.self, EasilyContent.self, WaitsForever.self,
            Credulous.self, Trusting.self, SlowQuotes.self, SlowTax.self, SlowFiles.self,
            OneForAll.self, OnePot.self, Nameless.self, QuietlySeveral.self, OneLump.self,
            TakesAll.self, Clings.self, Pessimist.self, AtAccounts<FreshKeys>.self,
            AtAccounts<NoKeys>.self, AtAccounts<HastyNo>.self, AtAccounts<GivesUp>.self,
            AtAccounts<Doubtful>.self, AtAccounts<BlamesCustomer>.self,
            AtAccounts<ForgetsWhen>.self, AtAccounts<Patient>.self, DeniesAccounts.self,
            FirstPageOnly.self, LosesSight.self, HopesForTheBest.self, PatientWithDisputes.self,
            TiresOfBanks.self, NeverOlder.self, DeafToBanks.self, HopesForBanks.self,
            PatientWithBanks.self, RemembersRiches.self, OverlooksOrders.self,
            WaitsForRiches.self, ForgetsOriginals.self, PatientWithFunds.self,
        ] as [any Flaw.Type]).map { Spoiled(flaw: $0) }

    @Test(arguments: spoiled) func `catches a module that is wrong in one thing`(
        _ spoiled: Spoiled
    ) async throws {
        let flaw = spoiled.flaw
        let wanted = flaw.before + flaw.caught
        let suite = ConformanceSuite(flaw.export, counterpart: flaw.counterpartExport)

        let report = await suite.run(matching: { title in
            wanted.contains { title.hasPrefix($0) }
        })

        for prefix in flaw.caught {
            let cases = report.cases.filter { "\($0.group): \($0.name)".hasPrefix(prefix) }
            #expect(!cases.isEmpty, "there is no case \(prefix)")
            for one in cases {
                #expect(one.result == .failed, "\(one.group): \(one.name) \(one.detail)")
            }
        }
    }

    /// Every rule has been seen broken: one that nothing breaks protects nothing.
    @Test func `has no rule that is never broken`() throws {
        let caught = Self.spoiled.flatMap { $0.flaw.caught }
        // Only a trap breaks it: see the run in processes of its own.
        let trapped: Set<String> = [
            "settings: nonsense is refused in words, or taken",
            "mapped: numbers beyond all bounds do no harm",
        ]
        var unbroken: Set<String> = []
        for name in ["SandboxPayments", "BankFilePayouts", "TableRateShipping", "RateTableTax"] {
            let file = try ModuleFile.load("\(productsFolder)/lib\(name).so")
            for (group, name) in ConformanceSuite(file.module).names
            where !caught.contains(where: { "\(group): \(name)".hasPrefix($0) }) {
                unbroken.insert("\(group): \(name)")
            }
        }

        #expect(unbroken == trapped)
    }
}
