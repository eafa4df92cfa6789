import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Reading what a bank says of transfers` {
    typealias Transfer = BankMessages.Transfer

    private static let three = [
        Transfer(reference: "A1", amount: "12.50", word: "ACSC"),
        Transfer(reference: "B2", amount: "7.00", word: "RJCT"),
        Transfer(reference: "C3", amount: "1.00", word: "ACSP"),
    ]

    private func read(_ text: String) throws -> BankReport { try BankReport(Array(text.utf8)) }

    @Test func `a status report names what was settled, refused and is under way`() throws {
        let text = BankMessages.statusReport(of: "M1", Self.three, group: "PART")
        try BankMessages.keep(text, as: "pain.002.001.03")

        let report = try read(text)

        #expect(report.format == "pain.002.001.03" && report.message == "STATUS-1")
        #expect(report.lines.map(\.reference) == ["A1", "B2", "C3", "M1"])
        #expect(report.lines.map(\.outcome) == [.executed, .returned, .underWay, .underWay])
        #expect(report.lines[0].amount == Money(1250, .eur))
        #expect(report.lines[1].reason == "account closed (AC04)")
        #expect(report.lines[3].isFile)
    }

    @Test(arguments: ["02", "08"])
    func `a statement's debits were executed, and its credits came back`(_ version: String) throws {
        let text = BankMessages.statement(
            version,
            [
                Transfer(reference: "A1", amount: "12.50", word: "AC04", isCredit: true),
                Transfer(reference: "A1", amount: "12.50"),
                Transfer(reference: "NOTPROVIDED", amount: "9.00"),
            ])
        try BankMessages.keep(text, as: "camt.053.001.\(version)")

        let report = try read(text)

        // The debit first, though the bank listed it last.
        #expect(report.lines.map(\.outcome) == [.executed, .returned])
        #expect(report.lines.map(\.amount) == [Money(1250, .eur), Money(1250, .eur)])
        #expect(report.lines[1].reason == "Konto erloschen (AC04)")
    }

    @Test func `of a batch each transfer has its own amount`() throws {
        let text = BankMessages.notification(
            [
                Transfer(reference: "A1", amount: "12.50"),
                Transfer(reference: "B2", amount: "7.00"),
            ], total: "19.50")
        try BankMessages.keep(text, as: "camt.054.001.08")

        #expect(try read(text).lines.map(\.amount?.amount) == [1250, 700])
    }

    @Test func `what is pending, in no known currency or without a status settles nothing`() throws
    {
        let pending = BankMessages.statement("08", [Transfer(reference: "A1", amount: "12.50")])
            .replacing("<Cd>BOOK</Cd>", with: "<Cd>PDNG</Cd>")
        #expect(try read(pending).lines.map(\.outcome) == [.underWay])
        let odd = BankMessages.statement("08", [Transfer(reference: "A1", amount: "12.505")])
        #expect(try read(odd).lines.map(\.amount) == [nil])
    }

    @Test func `namespaces with a prefix, comments, CDATA and entities are read`() throws {
        let text = """
            <?xml version='1.0'?><!-- a bank --><p:Document \
            xmlns:p='urn:iso:std:iso:20022:tech:xsd:pain.002.001.03'><p:CstmrPmtStsRpt>\
            <p:GrpHdr><p:MsgId>A&amp;B&#x41;</p:MsgId></p:GrpHdr><p:OrgnlGrpInfAndSts>\
            <p:OrgnlMsgId><![CDATA[<M>]]></p:OrgnlMsgId><p:GrpSts>ACSC</p:GrpSts>\
            </p:OrgnlGrpInfAndSts></p:CstmrPmtStsRpt></p:Document>
            """
        let report = try read(text)
        #expect(report.format == "pain.002.001.03" && report.message == "A&BA")
        #expect(report.lines.map(\.reference) == ["<M>"])
    }

    @Test func `what is not such a message is refused, whatever it is`() {
        for wrong in [
            "", "hello", "<a>", "<a></b>", "<a/><b/>", "<a b></a>", "<a b=c/>", "<a>&nbsp;</a>",
            "<a>&", "<", "</a>", "<a", "<a b=\"", "<!-- ", "text<a/>", "<a>\u{0}",
            "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
            String(repeating: "<a>", count: 60) + String(repeating: "</a>", count: 60),
        ] {
            #expect(throws: BankReportRefusal.self, "\(wrong.prefix(40))") { try read(wrong) }
        }
        // A document type that cannot be seen in the bytes.
        let hidden = "<!DOCTYPE a [<!ENTITY b \"x\">]><a>&b;</a>"
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in hidden.utf16 { wide += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(throws: BankReportRefusal.notXML(line: 1)) { try BankReport(wide) }
        for encoding in ["UTF-7", "utf-16", "ISO-8859-1", "UTF-32LE", "x"] {
            #expect(throws: BankReportRefusal.notXML(line: 1), "\(encoding)") {
                try read("<?xml version='1.0' encoding = '\(encoding)'?><Document/>")
            }
        }
        #expect(throws: BankReportRefusal.notKnown) {
            try read("<?xml version=\"1.0\" encoding=\"utf-8\"?><Document><X/></Document>")
        }
        #expect(throws: BankReportRefusal.notKnown) { try read("<Document><X/></Document>") }
        #expect(throws: BankReportRefusal.notXML(line: 3)) { try read("<a>\n\n<b></c></a>") }
        #expect(throws: BankReportRefusal.self) { try BankReport([0x3C, 0x61, 0x3E, 0xFF, 0xFE]) }
    }

    @Test func `no piece of a message makes it trap`() throws {
        let text = Array(BankMessages.statement("08", Self.three).utf8)
        for length in stride(from: 0, to: text.count, by: 7) {
            _ = try? BankReport(Array(text[..<length]))
        }
    }
}
