import Kernel
import Vocabulary
import Web

/// Payouts that go to a bank as a file, and what the bank made of them.
struct PayoutFileRoutes {
    struct FilePath: Described { let file: ID<PayoutFileBatch> }

    struct NewFile: Described {
        let instance: ID<ProviderInstance>
        let currency: Currency
    }

    struct Results: Described {
        let results: String
        let reason: String
        static let rules: [String: [Rule]] = [
            "results": [
                .length(10...200_000),
                .about(
                    """
                    One transfer a line: its reference, `executed` or `returned`, and why it \
                    came back, with commas between.
                    """),
            ],
            "reason": [.length(3...500)],
        ]
    }

    struct Route: Described {
        /// Whose money is paid out.
        let holder: ID<ProviderInstance>
        /// Who pays it; the holder itself when left out.
        let payer: ID<ProviderInstance>?
        let reason: String
        static let rules: [String: [Rule]] = ["reason": [.length(3...500)]]
    }

    struct Settlement: Described {
        let from: ID<ProviderInstance>
        let to: ID<ProviderInstance>
        let amount: Int64
        let currency: Currency
        /// The bank's; each counts once.
        let reference: String
        let reason: String
        static let rules: [String: [Rule]] = [
            "amount": [.range(1...Money.amountMax), .about("Minor units.")],
            "reference": [.length(1...80)], "reason": [.length(3...500)],
        ]
    }

    let desk: Desk

    func mount() {
        desk.page("/payout-files", .readMoney, query: ListQuery.self) { call, admin in
            PayoutFilePages.list(
                try await call.marketplace.payoutFiles(call.query.page()),
                try await PayoutRoutesAnswer(call.marketplace),
                try await call.marketplace.providerInstances(.payment), admin)
        }
        desk.page("/payout-files/{file}", .readMoney, path: FilePath.self) { call, admin in
            PayoutFilePages.show(
                try await PayoutFileAnswer(call.marketplace, call.path.file), admin)
        }
        reads()
        acts()
        routesAndSettlements()
    }

    private func reads() {
        desk.read(
            "/payout-files", "Files for banks, newest first", tag: "Payout files", .readMoney,
            query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.payoutFiles(call.query.page())) {
                PayoutFileAnswer($0, [])
            }
        }
        desk.read(
            "/payout-files/{file}", "A file with its transfers", tag: "Payout files", .readMoney,
            path: FilePath.self
        ) { call, _ in try await PayoutFileAnswer(call.marketplace, call.path.file) }
        desk.read(
            "/payout-files/{file}/content", "The file as the bank takes it",
            tag: "Payout files", .runPayouts, path: FilePath.self
        ) { call, _ in
            let file = try await call.marketplace.payoutFile(call.path.file)
            return Download(file.bytes, type: file.mediaType, fileName: file.name)
        }
    }

    private func acts() {
        desk.act(
            Act<Nothing>(
                "/payout-files", "Put what waits for a bank into a file", tag: "Payout files",
                .runPayouts, done: "The file is made.", back: { _ in "/payout-files" }
            ).mayFail(.unavailable), input: NewFile.self
        ) { marketplace, _, input, admin in
            let batch = try await marketplace.makePayoutFile(
                at: input.instance, input.currency, by: admin.account.id)
            return try await PayoutFileAnswer(marketplace, batch.id)
        }
        desk.act(
            Act<FilePath>(
                "/payout-files/{file}/results", "Say which transfers were executed or came back",
                tag: "Payout files", .runPayouts, done: "It is written down.",
                back: { "/payout-files/\($0.file)" }
            ).mayFail(.unavailable), input: Results.self
        ) { marketplace, path, input, admin in
            try await marketplace.confirmPayouts(
                in: path.file, try [PayoutResult](lines: input.results), reason: input.reason,
                by: admin.account.id)
            return try await PayoutFileAnswer(marketplace, path.file)
        }
    }

    private func routesAndSettlements() {
        desk.read(
            "/payout-routes", "Whose money is paid out by whom, and what waits for a file",
            tag: "Payout files", .readMoney
        ) { call, _ in try await PayoutRoutesAnswer(call.marketplace) }
        desk.act(
            Act<Nothing>(
                "/payout-routes", "Let a provider pay out what another holds",
                tag: "Payout files", .setPayoutLimits, done: "It holds for payouts from now on.",
                back: { _ in "/payout-files" }
            ).mayFail(.unavailable), input: Route.self
        ) { marketplace, _, input, admin in
            try await marketplace.setPayoutRoute(
                of: input.holder, to: input.payer, reason: input.reason, by: admin.account.id)
            return try await PayoutRoutesAnswer(marketplace)
        }
        desk.act(
            Act<Nothing>(
                "/settlements", "Write down that a provider settled to another",
                tag: "Payout files", .runPayouts, done: "It is in the books.",
                back: { _ in "/payout-files" }), input: Settlement.self
        ) { marketplace, _, input, admin in
            try await marketplace.recordSettlement(
                of: Money(input.amount, input.currency), from: input.from, to: input.to,
                reference: input.reference, reason: input.reason, by: admin.account.id)
            return AccountsAnswer(
                items: try await marketplace.platformBalances().map { AccountAnswer($0) })
        }
    }
}
