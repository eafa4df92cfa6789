import Foundation
import ProviderKit
import Testing
import Vocabulary

@testable import BankFilePayouts

@Suite struct `Files for a bank` {
    static let iban = "DE89370400440532013000"

    static func module(_ format: String = "pain.001.001.09") throws -> BankFilePayouts {
        try BankFilePayouts(
            settings: InstanceSettings(
                instanceID: "bank",
                values: ["format": format, "debtor": "Guildhall & Söhne", "iban": iban]),
            services: ProviderServices(http: NoNetwork()))
    }

    static func transfer(
        _ amount: Money = Money(1234, .eur), to holder: String = "Clay & Kiln", iban: String = iban,
        reference: String = "0198f1c2a1b27c3d8e4f5a6b7c8d9e0f"
    ) -> PayoutTransfer {
        PayoutTransfer(
            reference: reference, amount: amount,
            destination: PayoutDestination(
                holder: holder, account: iban, country: "DE", bic: "COBADEFFXXX"),
            statement: "Guildhall payout")
    }

    static func request(_ transfers: [PayoutTransfer]) -> PayoutFileRequest {
        PayoutFileRequest(
            fileID: "0198f1c2-0000-7c3d-8e4f-5a6b7c8d9e0f",
            createdAt: Instant(secondsSince1970: 1_795_255_202),
            executeOn: Instant(secondsSince1970: 1_795_255_202), transfers: transfers)
    }

    static func text(_ transfers: [PayoutTransfer], _ format: String) throws -> String {
        String(decoding: try module(format).file(request(transfers)).bytes, as: UTF8.self)
    }

    @Test(arguments: ["pain.001.001.03", "pain.001.001.09"])
    func `control sums are exact, ids are unique and the names are what banks read`(
        format: String
    ) throws {
        let xml = try Self.text(
            [
                Self.transfer(Money(1, .eur), reference: "a1"),
                Self.transfer(Money(99_999_999_999, .eur), to: "Søren Ærø", reference: "a2"),
                Self.transfer(Money(10, .eur), to: "Ateliér <b>\"Łódź\"</b>", reference: "a3"),
            ], format)

        #expect(xml.contains("urn:iso:std:iso:20022:tech:xsd:\(format)\""))
        #expect(xml.components(separatedBy: "<CtrlSum>1000000000.10</CtrlSum>").count == 3)
        #expect(xml.components(separatedBy: "<NbOfTxs>3</NbOfTxs>").count == 3)
        #expect(xml.contains("<MsgId>0198f1c200007c3d8e4f5a6b7c8d9e0f</MsgId>"))
        #expect(xml.contains("<InstdAmt Ccy=\"EUR\">999999999.99</InstdAmt>"))
        #expect(xml.contains("<Nm>Guildhall + Soehne</Nm>"))
        #expect(xml.contains("<Nm>Soren AEro</Nm>"))
        #expect(xml.contains("<Nm>Atelier .b..Lodz../b.</Nm>"))
        #expect(xml.contains("<Ustrd>Guildhall payout</Ustrd>"))
    }

    @Test func `the same request makes the same bytes`() throws {
        let transfers = [Self.transfer()]
        #expect(try Self.text(transfers, "csv") == Self.text(transfers, "csv"))
        #expect(
            try Self.text(transfers, "pain.001.001.03") == Self.text(transfers, "pain.001.001.03"))
    }

    @Test func `a spreadsheet takes no cell for a formula, and every currency has its digits`()
        throws
    {
        let csv = try Self.text(
            [Self.transfer(Money(12_345, .kwd), to: "+cmd|' /C calc'!A0", reference: "r1")], "csv")

        #expect(
            csv == """
                end_to_end_id,name,iban,bic,amount,currency,remittance\r
                "r1","'+cmd.' /C calc'.A0","DE89370400440532013000","COBADEFFXXX","12.345","KWD",\
                "Guildhall payout"\r

                """)
    }

    @Test(arguments: ["DE89370400440532013001", "DE8937040044053201300", "", "GB00", "x'; drop"])
    func `an IBAN with a typing error is refused before it is in a file`(iban: String) async throws
    {
        let module = try Self.module()
        let request = PayoutRequest(
            payoutID: "p", amount: Money(100, .eur),
            destination: PayoutDestination(holder: "A", account: iban, country: "DE"),
            webhookURL: "http://127.0.0.1")
        let context = OperationContext(key: "p", within: .seconds(60))

        await #expect(throws: ProviderError.self) { try await module.pay(request, context) }
    }

    @Test func `a payout waits for its file under a reference that comes back`() async throws {
        let request = PayoutRequest(
            payoutID: "0198f1c2-a1b2-7c3d-8e4f-5a6b7c8d9e0f", amount: Money(100, .eur),
            destination: PayoutDestination(holder: "A", account: Self.iban, country: "DE"),
            webhookURL: "http://127.0.0.1")
        let context = OperationContext(key: "p", within: .seconds(60))
        let snapshot = try await Self.module().pay(request, context)

        #expect(snapshot.status == .pending)
        #expect(snapshot.reference == "0198f1c2a1b27c3d8e4f5a6b7c8d9e0f")
    }

    @Test func `what is no SEPA transfer is refused`() throws {
        let refused: [[PayoutTransfer]] = [
            [], [Self.transfer(Money(100, .usd))], [Self.transfer(Money(0, .eur))],
            [Self.transfer(Money(100_000_000_000, .eur))], [Self.transfer(to: "★ ☂")],
            [Self.transfer(), Self.transfer()],
        ]
        for transfers in refused {
            #expect(throws: ProviderError.self) { try Self.text(transfers, "pain.001.001.09") }
        }
    }

    @Test(arguments: [["iban": "DE00"], ["debtor": "…"], ["bic": "X"], ["format": "pain.002"]])
    func `settings that no bank takes are refused with a sentence`(wrong: [String: String]) {
        var values = ["debtor": "Guildhall", "iban": Self.iban]
        values.merge(wrong) { _, new in new }
        #expect(throws: ProviderError.self) {
            try BankFilePayouts(
                settings: InstanceSettings(instanceID: "bank", values: values),
                services: ProviderServices(http: NoNetwork()))
        }
    }

    /// Written where `Config/test` holds them against the schemas of ISO 20022.
    @Test(arguments: ["pain.001.001.03", "pain.001.001.09"])
    func `any name and any amount makes a file that can be written`(format: String) throws {
        var random = SystemRandomNumberGenerator()
        let letters = Array("abcXYZ 0189äöüßéøłđ&<>\"'/-?:().,+=@#★你好\u{7}\u{202E}")
        let transfers = (1...200).map { number in
            let count = Int.random(in: 1...90, using: &random)
            let holder = "A" + String((0..<count).compactMap { _ in letters.randomElement() })
            return Self.transfer(
                Money(Int64.random(in: 1...99_999_999_999, using: &random), .eur), to: holder,
                reference: "r\(number)")
        }
        let xml = try Self.text(transfers, format)
        let total = try Money.sum(transfers.map(\.amount), .eur)

        #expect(xml.contains("<CtrlSum>\(total.decimalText)</CtrlSum>"))
        #expect(xml.unicodeScalars.allSatisfy { $0.isASCII && ($0.value >= 32 || $0 == "\n") })
        let named = ProcessInfo.processInfo.environment["GUILDHALL_TEST_FILES"]
        let folder =
            named.map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("pain")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(xml.utf8).write(to: folder.appendingPathComponent(format + ".xml"))
    }
}

/// The module needs none.
struct NoNetwork: HTTPTransport {
    func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse {
        throw .unavailable(message: "no network", retryAfterSeconds: nil)
    }
}
