import Kernel
import Vocabulary
import Web

/// The blocks in which the ledger and the audit trail are sealed, and whether they still fit.
struct SealRoutes {
    struct SealQuery: Described {
        let chain: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "chain": [.choice(SealedChain.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        var chosen: SealedChain { chain.flatMap(SealedChain.init(rawValue:)) ?? .ledger }

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/seals", .readTrail, query: SealQuery.self) { call, _ in
            SealPage.show(
                try await call.marketplace.lastSealVerifications(),
                try await call.marketplace.seals(of: call.query.chosen, call.query.page()),
                call.query.chosen)
        }
        desk.read(
            "/seals", "Blocks of the ledger or the audit trail, newest first", tag: "Audit",
            .readTrail, query: SealQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.seals(of: call.query.chosen, call.query.page())
            ) { SealAnswer($0) }
        }
        desk.read(
            "/seals/verification", "Whether rows and seals fit, when they were last compared",
            tag: "Audit", .readTrail
        ) { call, _ in
            SealsAnswer(
                items: try await call.marketplace.lastSealVerifications().map {
                    ChainAnswer($0)
                })
        }
    }
}

struct SealAnswer: Codable {
    let chain: String
    let number: Int64
    let at: Instant
    /// How many rows it covers, and the first and last of them.
    let rows: Int
    let firstRow: Int64?
    let lastRow: Int64?
    /// SHA-256, 64 hexadecimal digits.
    let hash: String
    /// The hash of the block before; empty for the first.
    let previous: String

    init(_ seal: Seal) {
        chain = seal.chain.rawValue
        number = seal.number
        at = seal.at
        rows = seal.rows
        firstRow = seal.first
        lastRow = seal.last
        hash = seal.hash
        previous = seal.previous
    }
}

struct SealsAnswer: Codable { let items: [ChainAnswer] }

struct ChainAnswer: Codable {
    let chain: String
    let isClean: Bool
    let at: Instant
    let seals: Int64
    let rows: Int64
    /// Rows that no seal covered then.
    let unsealed: Int64
    /// What does not fit, the earliest first.
    let faults: [String]

    init(_ found: SealVerification) {
        chain = found.chain.rawValue
        isClean = found.faults.isEmpty
        at = found.at
        seals = found.seals
        rows = found.rows
        unsealed = found.unsealed
        faults = found.faults
    }
}

enum SealPage {
    static func show(
        _ found: [SealVerification], _ page: Kernel.Page<Seal>, _ chain: SealedChain
    ) -> DeskPage {
        let rows = page.items.map { seal in
            [
                Cell(data: String(seal.number), isNumber: true), .time(seal.at), .number(seal.rows),
                Cell(data: rowRange(seal)), Cell(data: seal.hash),
                Cell(data: seal.previous.isEmpty ? "—" : seal.previous),
            ]
        }
        let here = "/seals"
        return DeskPage(
            "Seals",
            lead: """
                Rows are sealed in blocks, each chained to the one before by its hash. Whoever \
                changes a row by hand breaks its block.
                """,
            tabs: DeskPage.Tab.books(here),
            [standing(found)] + found.filter { !$0.faults.isEmpty }.map(broken) + [
                Block(
                    chain == .ledger ? "Blocks of the ledger" : "Blocks of the audit trail",
                    facts: [
                        Fact(
                            "Other chain", chain == .ledger ? "audit trail" : "ledger",
                            to: Links.with(
                                here, [("chain", chain == .ledger ? "audit" : "ledger")]))
                    ],
                    table: Table(
                        ["Block#", "Sealed", "Rows#", "From to", "SHA-256", "Of the one before"],
                        rows), nothing: "Nothing was sealed yet.",
                    more: page.next.map {
                        Links.with(
                            here, [("chain", chain.rawValue), ("after", Cursor.seal($0))])
                    })
            ])
    }

    private static func rowRange(_ seal: Seal) -> String {
        guard let first = seal.first, let last = seal.last else { return "" }
        return "\(first) – \(last)"
    }

    private static func standing(_ found: [SealVerification]) -> Block {
        Block(
            "Compared with their rows",
            table: Table(
                ["Chain", "", "When", "Blocks#", "Rows#", "Not sealed yet#"],
                found.map { chain in
                    [
                        Cell(data: chain.chain.rawValue.inWords),
                        chain.faults.isEmpty ? Cell("fits", .good) : Cell("broken", .bad),
                        .time(chain.at), Cell(data: String(chain.seals), isNumber: true),
                        Cell(data: String(chain.rows), isNumber: true),
                        Cell(data: String(chain.unsealed), isNumber: true),
                    ]
                }), nothing: "They were not compared yet; the worker does it.")
    }

    private static func broken(_ found: SealVerification) -> Block {
        Block(
            "Broken: \(found.chain.rawValue.inWords)",
            text: "The first of these is where it was touched by hand.",
            table: Table(
                ["What does not fit"],
                found.faults.map { [Cell(data: localized(sentence: $0), .bad)] }))
    }
}
