import Foundation
import Vocabulary

/// Messages as banks send them. Config/test holds them against the schemas of ISO 20022.
enum BankMessages {
    struct Transfer {
        let reference: String
        let amount: String
        /// Of a status report its status, of a statement the reason of a return.
        var word = ""
        var isCredit = false
    }

    /// `pain.002.001.03` of one file; a status of the whole file when `group` is given.
    static func statusReport(
        of message: String, _ transfers: [Transfer], group: String? = nil
    ) -> String {
        let each = transfers.map { transfer in
            """
            <TxInfAndSts><OrgnlEndToEndId>\(transfer.reference)</OrgnlEndToEndId>\
            <TxSts>\(transfer.word)</TxSts>\
            \(transfer.word == "RJCT" ? reason("StsRsnInf", "AC04", "account closed") : "")\
            <OrgnlTxRef><Amt><InstdAmt Ccy="EUR">\(transfer.amount)</InstdAmt></Amt></OrgnlTxRef>\
            </TxInfAndSts>
            """
        }.joined(separator: "\n")
        let payments =
            transfers.isEmpty
            ? ""
            : """
            <OrgnlPmtInfAndSts><OrgnlPmtInfId>\(message)-1</OrgnlPmtInfId>
            \(each)
            </OrgnlPmtInfAndSts>
            """
        let status =
            group.map {
                "<GrpSts>\($0)</GrpSts>"
                    + ($0 == "RJCT" ? reason("StsRsnInf", "AM05", "the file was sent twice") : "")
            } ?? ""
        return document(
            "pain.002.001.03",
            """
            <CstmrPmtStsRpt>
            <GrpHdr><MsgId>STATUS-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>
            <OrgnlGrpInfAndSts><OrgnlMsgId>\(message)</OrgnlMsgId>\
            <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>\(status)</OrgnlGrpInfAndSts>
            \(payments)
            </CstmrPmtStsRpt>
            """)
    }

    /// `camt.053.001.02` or `.08`: each transfer is an entry of its own.
    static func statement(_ version: String, _ transfers: [Transfer]) -> String {
        let isOld = version == "02"
        let entries = transfers.map { transfer in
            let sign = transfer.isCredit ? "CRDT" : "DBIT"
            let returned =
                transfer.isCredit ? reason("RtrInf", transfer.word, "Konto erloschen") : ""
            return """
                <Ntry><Amt Ccy="EUR">\(transfer.amount)</Amt><CdtDbtInd>\(sign)</CdtDbtInd>\
                <Sts>\(isOld ? "BOOK" : "<Cd>BOOK</Cd>")</Sts>\
                <BkTxCd><Prtry><Cd>116</Cd></Prtry></BkTxCd>\
                <NtryDtls><TxDtls><Refs><EndToEndId>\(transfer.reference)</EndToEndId></Refs>\
                \(isOld ? "" : "<Amt Ccy=\"EUR\">\(transfer.amount)</Amt>")\
                \(isOld ? "" : "<CdtDbtInd>\(sign)</CdtDbtInd>")\
                \(returned)</TxDtls></NtryDtls></Ntry>
                """
        }.joined(separator: "\n")
        return document(
            "camt.053.001.\(version)",
            """
            <BkToCstmrStmt>
            <GrpHdr><MsgId>STMT-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>
            <Stmt><Id>STMT-1</Id><CreDtTm>2026-11-21T10:00:00Z</CreDtTm>
            <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
            <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt>\
            <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-21</Dt></Dt></Bal>
            \(entries)
            </Stmt>
            </BkToCstmrStmt>
            """)
    }

    /// `camt.054.001.08`: all transfers in one batch entry.
    static func notification(_ transfers: [Transfer], total: String) -> String {
        let each = transfers.map { transfer in
            """
            <TxDtls><Refs><EndToEndId>\(transfer.reference)</EndToEndId></Refs>\
            <Amt Ccy="EUR">\(transfer.amount)</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>
            """
        }.joined(separator: "\n")
        return document(
            "camt.054.001.08",
            """
            <BkToCstmrDbtCdtNtfctn>
            <GrpHdr><MsgId>NOTE-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>
            <Ntfctn><Id>NOTE-1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
            <Ntry><Amt Ccy="EUR">\(total)</Amt><CdtDbtInd>DBIT</CdtDbtInd>\
            <Sts><Cd>BOOK</Cd></Sts><BkTxCd><Prtry><Cd>191</Cd></Prtry></BkTxCd>
            <NtryDtls><Btch><NbOfTxs>\(transfers.count)</NbOfTxs></Btch>
            \(each)
            </NtryDtls></Ntry>
            </Ntfctn>
            </BkToCstmrDbtCdtNtfctn>
            """)
    }

    private static func reason(_ element: String, _ code: String, _ words: String) -> String {
        "<\(element)><Rsn><Cd>\(code)</Cd></Rsn><AddtlInf>\(words)</AddtlInf></\(element)>"
    }

    private static func document(_ format: String, _ content: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:\(format)">
        \(content)
        </Document>

        """
    }

    /// Leaves a message where Config/test looks for it.
    static func keep(_ message: String, as name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["GUILDHALL_TEST_FILES"] else {
            return
        }
        let url = URL(fileURLWithPath: folder)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try Data(message.utf8).write(to: url.appendingPathComponent(name + ".xml"))
    }
}
