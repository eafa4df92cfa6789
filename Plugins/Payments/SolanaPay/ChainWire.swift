// The node's JSON, as far as this module reads it.

struct Valued<Value: Decodable>: Decodable {
    let value: Value
}

struct AccountBody: Decodable {
    let owner: String
    let executable: Bool
    /// Base64, and the word that says so.
    let data: [String]
}

/// A JSON value of any shape that is not null: the chain's error of a transaction.
struct ChainFault: Decodable, Hashable, Sendable {
    init(from decoder: any Decoder) throws {}
}

struct SignatureBody: Decodable {
    let signature: String
    let err: ChainFault?
}

struct StatusBody: Decodable {
    let err: ChainFault?
    let confirmationStatus: String?

    var isFinal: Bool { confirmationStatus == "finalized" && err == nil }
}

struct TransactionBody: Decodable, Sendable {
    struct Content: Decodable, Sendable {
        let message: Message
    }
    struct Message: Decodable, Sendable {
        struct Header: Decodable, Sendable {
            let numRequiredSignatures: Int
        }
        let header: Header
        let accountKeys: [String]
        let instructions: [Instruction]
    }
    struct Instruction: Decodable, Sendable {
        let programIdIndex: Int
        let accounts: [Int]
        /// Base58.
        let data: String
    }
    struct Meta: Decodable, Sendable {
        struct Loaded: Decodable, Sendable {
            let writable: [String]
            let readonly: [String]
        }
        let err: ChainFault?
        let preBalances: [UInt64]
        let postBalances: [UInt64]
        let preTokenBalances: [TokenBalance]?
        let postTokenBalances: [TokenBalance]?
        let loadedAddresses: Loaded?
    }
    struct TokenBalance: Decodable, Sendable {
        struct Amount: Decodable, Sendable {
            /// Minor units as decimal text; the fields beside it are floating point.
            let amount: String
            let decimals: Int
        }
        let accountIndex: Int
        let mint: String
        let owner: String?
        let programId: String?
        let uiTokenAmount: Amount
    }

    /// Seconds since 1970; nil when the node does not know.
    let blockTime: Int64?
    let transaction: Content
    let meta: Meta?
}
