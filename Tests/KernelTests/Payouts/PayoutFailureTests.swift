import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Why a payout was not made` {
    @Test(arguments: [
        ("The bank sent it back.", "Die Bank hat sie zurückgesandt."),
        (
            "It was stopped: the seller is not verified.",
            "Sie wurde angehalten: der Shop ist nicht bestätigt."
        ),
        ("AC04 account closed", "AC04 account closed"),
    ])
    func `is said in the reader's language where the market wrote it`(
        _ failure: String, _ words: String
    ) throws {
        let german = try Words.kernel(.german)

        #expect(Words.$current.withValue(german) { PayoutFailure.said(failure) } == words)
        #expect(PayoutFailure.said(failure) == failure)
    }

    @Test(arguments: [Language.german, .french])
    func `is known to the catalogues`(_ language: Language) throws {
        let known = try Words.kernel(language).entries
        for key in PayoutFailure.keys + FreezeReason.keys {
            #expect(known[key] != nil, "\(key)")
        }
        // What stops one that was set aside.
        for reason in [WaitingWallet.Reason.notVerified, .frozen, .disputed] {
            #expect(known[reason.rawValue] != nil, "\(reason)")
        }
    }
}
