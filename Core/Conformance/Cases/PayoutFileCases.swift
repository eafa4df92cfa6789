import ProviderKit
import Vocabulary

/// Files for a bank: the same request makes the same bytes.
enum PayoutFileCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("payout files", "the same request makes the same bytes") { subject in
            let (trial, files) = try files(subject)
            let request = try await request(trial)
            let first = try await files.writing(request)
            let second = try await trial.restarted().provider.writing(request)
            try expect(first == second, "two files of one request differ")
            try expect((1...16_777_216).contains(first.bytes.count), "a file of absurd size")
            try expect((1...200).contains(first.name.utf8.count), "a file of absurd name")
        },
        ConformanceCase("payout files", "nothing, and the same transfer twice, are refused") {
            subject in
            let (trial, files) = try files(subject)
            var request = try await request(trial)
            request.transfers += request.transfers
            if (try? await files.writing(request)) != nil {
                throw Breach("a transfer is in it twice")
            }
            request.transfers = []
            if (try? await files.writing(request)) != nil {
                throw Breach("it wrote a file of nothing")
            }
        },
        ConformanceCase("payout files", "what cannot stand in one is declined when it is asked") {
            subject in
            let (trial, _) = try files(subject)
            for currency in AmountCases.currencies {
                for amount in [0, -1, 1, Money.amountMax, Int64.max] {
                    let money = Money(amount, currency)
                    let paid = try await trial.pay(money)
                    guard case .success(let payout) = paid else { continue }
                    try expect(amount > 0, "it takes \(amount)")
                    var request = try await request(trial)
                    request.transfers[0].amount = money
                    request.transfers[0].reference = payout.reference
                    do throws(ProviderError) {
                        _ = try await trial.provider.writing(request)
                    } catch {
                        throw Breach("\(money) was taken and cannot be written: \(error)")
                    }
                }
            }
        },
    ]

    private static func files(_ subject: Subject) throws -> (Trial, any PayoutFileProvider) {
        let trial = try subject.trial()
        return (trial, try applicable(trial.provider.asPayoutFiles, "it writes no files"))
    }

    private static func request(_ trial: Trial) async throws -> PayoutFileRequest {
        let paid = try await trial.pay(id: "0f0e0d0c-0b0a-7908-8706-050403020100")
        guard case .success(let payout) = paid else {
            throw Breach("a payout that works is \(words(paid))")
        }
        let destination = try applicable(
            trial.counterpart?.payoutDestination, "its counterpart names nobody to pay")
        return PayoutFileRequest(
            fileID: "0f0e0d0c-0b0a-7908-8706-05040302010f",
            createdAt: Instant(secondsSince1970: 1_800_000_000),
            executeOn: Instant(secondsSince1970: 1_800_000_000),
            transfers: [
                PayoutTransfer(
                    reference: payout.reference, amount: payout.amount, destination: destination,
                    statement: "Conformance <&> \"ä\" \u{0}")
            ])
    }
}
