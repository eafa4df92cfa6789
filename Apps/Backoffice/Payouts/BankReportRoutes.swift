import Kernel
import Vocabulary
import Web

/// Banks' messages about the transfers of files: what was executed, refused or came back.
struct BankReportRoutes {
    struct ReportPath: Described { let report: ID<BankReportRun> }

    struct Upload: Described { let instance: ID<ProviderInstance> }

    struct NewReport: Described {
        /// The module that wrote the files.
        let instance: ID<ProviderInstance>
        let content: String
        static let rules: [String: [Rule]] = [
            "content": [
                .length(1...BankReport.bytesMax),
                .about("The message as the bank sends it: pain.002 or camt.052 to camt.054."),
            ]
        ]
    }

    let desk: Desk

    func mount() {
        pages()
        desk.read(
            "/bank-reports", "Banks' messages that were read, newest first", tag: Self.tag,
            .readMoney, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.bankReports(call.query.page())) {
                BankReportAnswer($0)
            }
        }
        desk.read(
            "/bank-reports/{report}", "A bank's message, line by line", tag: Self.tag, .readMoney,
            path: ReportPath.self
        ) { call, _ in
            BankReportAnswer(try await call.marketplace.bankReport(call.path.report))
        }
        desk.api.post(
            "/bank-reports", "Read a bank's message and settle the payouts that it names",
            tag: Self.tag
        )
        .body(NewReport.self, upTo: BankReport.bytesMax + 1_000_000).onlyOnce()
        .refuses(.conflict).refuses(.missing).refuses(.unavailable)
        .handle(as: Administrator.self, needing: Duty.runPayouts.roles) { call, admin in
            BankReportAnswer(
                try await call.marketplace.readBankReport(
                    Array(call.body.content.utf8), at: call.body.instance, by: admin.account.id))
        }
    }

    private static let tag = "Payout files"

    private func pages() {
        desk.page("/bank-reports", .readMoney, query: ListQuery.self) { call, admin in
            var writers: [ProviderInstance] = []
            for instance in try await call.marketplace.providerInstances(.payment)
            where try await call.marketplace.writesPayoutFiles(instance.id) {
                writers.append(instance)
            }
            return BankReportPages.list(
                try await call.marketplace.bankReports(call.query.page()), writers, admin)
        }
        desk.page("/bank-reports/{report}", .readMoney, path: ReportPath.self) { call, _ in
            BankReportPages.show(try await call.marketplace.bankReport(call.path.report))
        }
        desk.routes.post("/bank-reports").form(Upload.self).files(upTo: BankReport.bytesMax)
            .show(
                as: Administrator.self, needing: Duty.runPayouts.roles,
                again: { again, _ in .seeOther("/bank-reports", warning: again.explanation) }
            ) { call, admin in
                guard let file = call.files.first(where: { $0.field == "content" }) else {
                    throw InputRefusal(.wrong("Choose a file first."), field: "content")
                }
                let run = try await call.marketplace.readBankReport(
                    file.bytes, at: call.form.instance, by: admin.account.id)
                return .seeOther(
                    "/bank-reports/\(run.id)",
                    notice: localized(
                        "\(Format.count(run.settled, "payout", "payouts")) settled."))
            }
    }
}

struct BankReportAnswer: Codable {
    struct Line: Codable {
        /// The end-to-end id of the transfer, or the message id of a file.
        let reference: String
        let outcome: BankReport.Outcome
        let amount: Money?
        let reason: String?
        let result: BankReportFinding.Result
        let payout: ID<Payout>?
    }

    let id: ID<BankReportRun>
    let instance: ID<ProviderInstance>
    let instanceName: String
    let format: String
    let message: String
    let readAt: Instant
    let settled: Int
    /// Lines about a payout of another amount, which changed nothing, and about one that had
    /// failed, whose seller's payouts are frozen.
    let wrong: Int
    let unknown: Int
    /// At most 2,000, those that need a person first; empty in lists.
    let lines: [Line]

    init(_ run: BankReportRun) {
        id = run.id
        instance = run.instance
        instanceName = run.instanceName
        format = run.format
        message = run.message
        readAt = run.readAt
        settled = run.settled
        wrong = run.wrong
        unknown = run.unknown
        lines = run.findings.map {
            Line(
                reference: $0.reference, outcome: $0.outcome, amount: $0.amount,
                reason: $0.reason, result: $0.result, payout: $0.payout)
        }
    }
}
