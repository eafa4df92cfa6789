import ProviderHost
import ProviderKit
import Vocabulary

/// Longer than any call of the deadline cases has, and than a machine that is not busier than these
/// tests make it is allowed besides.
private func dawdle() async { _ = try? await Task.sleep(for: .seconds(12)) }

/// It thinks about its prices, and about itself, with nobody to ask.
enum SlowQuotes: Flaw {
    static let caught = ["deadlines: quotes", "deadlines: check"]
    static let library = "TableRateShipping"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        await dawdle()
        return try await sound.ask(question, context)
    }
}

/// It thinks about its rates.
enum SlowTax: Flaw {
    static let caught = ["deadlines: tax"]
    static let library = "RateTableTax"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        await dawdle()
        return try await sound.ask(question, context)
    }
}

/// It takes its time to take a payout, which a person pays much later.
enum SlowFiles: Flaw {
    static let caught = ["deadlines: payouts"]
    static let library = "BankFilePayouts"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        await dawdle()
        return try await sound.ask(question, context)
    }
}
