import Foundation
import ProviderKit
import Testing

@testable import Kernel
@testable import Web

/// States, kinds and roles are shown by their names in code, which no test finds in the sources.
@Suite struct `The names in the back office` {
    private static let lists: [[String]] = [
        Seller.State.allCases.map(\.rawValue), SellerDocument.State.allCases.map(\.rawValue),
        SellerDocument.Kind.allCases.map(\.rawValue), SellerRole.allCases.map(\.rawValue),
        Purchase.State.allCases.map(\.rawValue), Order.State.allCases.map(\.rawValue),
        Payment.State.allCases.map(\.rawValue), Refund.State.allCases.map(\.rawValue),
        Refund.Kind.allCases.map(\.rawValue), Payout.State.allCases.map(\.rawValue),
        PayoutReversal.State.allCases.map(\.rawValue),
        PayoutPlan.State.allCases.map(\.rawValue), Listing.State.allCases.map(\.rawValue),
        Mail.State.allCases.map(\.rawValue), SealedChain.allCases.map(\.rawValue),
        ProviderInstance.State.allCases.map(\.rawValue),
        ProviderInstance.Mode.allCases.map(\.rawValue),
        ProviderInstance.Capture.allCases.map(\.rawValue), ProviderKind.allCases.map(\.rawValue),
        AdminRole.allCases.map(\.rawValue), ActorKind.allCases.map(\.rawValue),
        PayoutSchedule.Every.allCases.map(\.rawValue), LedgerAccount.Kind.allCases.map(\.rawValue),
        Posting.Kind.allCases.map(\.rawValue), OpenItems.Kind.allCases.map(\.label),
        BalanceEntry.Kind.allCases.map(\.rawValue),
        WaitingWallet.Reason.allCases.map(\.rawValue), Wallet.Kind.allCases.map(\.rawValue),
        [CommissionScope.precedence], MarketObject.Kind.allCases.map(\.rawValue),
        Capability.allCases.map { spaced($0.rawValue) }, JobLane.allCases.map(\.rawValue),
    ]

    /// `partialRefund` → `partial refund`
    private static func spaced(_ name: String) -> String {
        name.reduce(into: "") { words, letter in
            words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }
    }

    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `are in its catalogues`(_ language: Language) throws {
        var known: Set<String> = []
        for floor in Catalogue.backoffice.floors {
            known.formUnion(try floor.words(language).entries.keys)
        }

        let missing = Self.lists.flatMap { $0 }.map {
            $0.replacing("_", with: " ").replacing("-", with: " ")
        }
        .filter { !known.contains($0) }

        #expect(missing.isEmpty, "in Apps/Backoffice/Words/\(language.code): \(missing)")
    }

    /// What must hold of the books stands beside the SQL that looks for the rows that break it.
    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `have what must hold of the books`(_ language: Language) throws {
        let known = try Catalogue.backoffice.words(language).entries
        let claims = Catalogue.files("Core/Kernel/Ledger", ".swift").flatMap { file in
            file.text.matches(of: /claim:\s*"((?:[^"\\]|"\s*\+\s*")+)"/).map {
                String($0.1).replacing(/"\s*\+\s*"/, with: "")
            }
        }

        let missing = claims.filter { known[$0] == nil }

        #expect(claims.count > 40)
        #expect(missing.isEmpty, "in Apps/Backoffice/Words/\(language.code): \(missing)")
    }
}
