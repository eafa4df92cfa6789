import Foundation
import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// The whole way: a program in Python, the frames to a provider host, the frames to the market, and
/// its books.
@Suite struct `Payouts to sellers' banks, told by a program behind a provider host of its own` {
    /// What the program says of one payout.
    private struct Row: Codable {
        var reference: String
        var status: String
        var amount: Int64 = 4250
        var madeAt = "\(Instant.systemNow)"
        var version: Int64 = 3
        var failure: String?
    }

    private static let top =
        URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let files = Dictionary(
        uniqueKeysWithValues: [
            "Tests/Fixtures/SellerAccounts/seller-accounts.module.json",
            "Tests/Fixtures/SellerAccounts/seller_accounts.py", "Plugins/guildhall_frames.py",
        ].map { (URL(filePath: $0).lastPathComponent, top + "/" + $0) })

    private struct Scene {
        let host: RunningHost
        let instance: ID<ProviderInstance>
        let seller: GivenSeller

        init(_ host: RunningHost) async throws {
            self.host = host
            instance = try await host.market.createProviderInstance(
                module: "seller-accounts", name: "Accounts",
                settings: ["webhookSecret": "whsec"], as: nil
            ).id
            let provider = try await host.market.providers.payment(instance)
            // The program takes its time to start, for which nobody below waits.
            _ = try await provider.methods(
                for: Money(100, .eur), OperationContext(key: "warm", within: .seconds(120)))
            #expect(provider.tellsBankPayouts)
            _ = try await host.market.activateProviderInstance(instance, as: nil)
            seller = try await host.given.verifiedSeller("Clay")
            _ = try await host.market.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
        }

        func write(_ rows: [Row]) throws {
            try JSONEncoder().encode(rows)
                .write(to: URL(filePath: host.modulesFolder + "/book.json"), options: .atomic)
        }

        /// A day later.
        func sweep() async throws -> Int {
            try await host.database.execute(
                "update payout_account set payouts_due_at = '-infinity'")
            return try await host.market.sweepBankPayouts()
        }

        /// How each stands, by the provider's reference.
        func listed() async throws -> [String: BankPayout.Status] {
            let all = try await host.market.bankPayouts(as: seller.member, PageRequest(limit: 100))
            return Dictionary(uniqueKeysWithValues: all.items.map { ($0.reference, $0.status) })
        }
    }

    @Test func `are read to the end though it dies in between, and heard of by webhook`()
        async throws
    {
        try await RunningHost.with(modules: Self.files) { host in
            let scene = try await Scene(host)
            var rows = [
                Row(reference: "po_1", status: "paid"),
                Row(reference: "po_2", status: "failed", failure: "The account is closed."),
                Row(reference: "po_3", status: "levitating"),
                Row(reference: "po_4", status: "inTransit"),
                Row(reference: "po_5", status: "paid", amount: -700),
            ]
            try scene.write(rows)
            let dies = host.modulesFolder + "/dies"
            #expect(FileManager.default.createFile(atPath: dies, contents: nil))

            #expect(try await scene.sweep() == 0)
            #expect(!FileManager.default.fileExists(atPath: dies), "it died on the second page")
            #expect(try await scene.listed() == ["po_1": .paid, "po_2": .failed])
            #expect(try await scene.sweep() == 1)

            let all: [String: BankPayout.Status] = [
                "po_1": .paid, "po_2": .failed, "po_4": .inTransit, "po_5": .paid,
            ]
            #expect(try await scene.listed() == all)

            rows[3].status = "failed"
            rows[3].version = 5
            try scene.write(rows)
            let text = #"{"id": "evt_1", "account": "acct_\#(scene.seller.id)", "payout": "po_4"}"#
            let body = Array(text.utf8)
            func header(_ secret: String, _ body: String? = nil) -> HTTPHeaders {
                [
                    "Accounts-Signature": WebhookSignature.header(
                        Array((body ?? text).utf8), secret: Secret(secret), at: .systemNow)
                ]
            }
            await #expect(throws: PaymentRefusal.signatureInvalid) {
                try await host.market.receiveWebhook(
                    from: scene.instance, headers: header("another"), body: body)
            }
            try await host.market.receiveWebhook(
                from: scene.instance, headers: header("whsec"), body: body)
            try await host.work()

            #expect(try await scene.listed() == all.merging(["po_4": .failed]) { $1 })
            try scene.write(rows + [Row(reference: "po_6", status: "levitating")])
            let odd = #"{"id": "evt_2", "account": "acct_\#(scene.seller.id)", "payout": "po_6"}"#
            try await host.market.receiveWebhook(
                from: scene.instance, headers: header("whsec", odd), body: Array(odd.utf8))
            try await host.work()
            let unread = try await host.market.unreadBankPayouts(PageRequest()).items
            #expect(Set(unread.map(\.reference)) == ["po_3", "po_6"])
            #expect(try await host.market.failedWebhooks(PageRequest()).items.isEmpty)
            #expect(host.exits.isEmpty, "the host outlives its program")
        }
    }
}
