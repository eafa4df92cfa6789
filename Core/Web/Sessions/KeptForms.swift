import Foundation
import Kernel
import ProviderKit
import Redis
import Vocabulary

/// A form that was sent after its session had ended, as it waits for its person to sign in again.
/// Files do not: nothing that large is kept for who may never come, and where they were chosen they
/// are to be chosen anew.
///
/// Only a session that ended by itself, or was ended somewhere else, is one to come back to.
/// Whoever signs out here leaves the browser to somebody else: what is sent from a page that was
/// left open is theirs or nobody's, and is kept for neither. So a form is kept only while the
/// browser still has the cookie of its session, which signing out takes away.
struct KeptForm: Codable, Sendable {
    struct Item: Codable, Sendable {
        let name: String
        let value: String
    }

    /// Where it was sent.
    let path: String
    let query: [Item]
    let items: [Item]
    /// The inputs whose values were not kept, see ``KeptForm/isSecret(_:)``.
    let secrets: [String]
    /// The inputs in which files were chosen.
    let files: [FileInput]
    /// The page that it stood on; nil where the browser does not say.
    let page: String?

    init(_ sent: SentForm, to request: WebRequest) {
        path = request.path
        query = request.query.map { Item(name: $0.name, value: $0.value) }
        items = sent.items.filter { !Self.isSecret($0.name) }
            .map { Item(name: $0.name, value: $0.value) }
        secrets = sent.items.map(\.name).filter { Self.isSecret($0) }
        files = sent.fileInputs
        page = request.pageBefore
    }

    /// Whether an input holds what must lie nowhere: a password or a code, a provider's settings,
    /// the number of a card or of a bank account.
    static func isSecret(_ name: String) -> Bool {
        if FormAgainPage.isSecret(name) { return true }
        let last = (name.split(separator: ".").last.map(String.init) ?? name).lowercased()
        return ["current", "code", "pin"].contains(last)
            || ["secret", "card", "cvc", "cvv", "iban", "accountnumber"].contains {
                last.contains($0)
            }
    }
}

/// Forms in Redis that wait for their person, under the account that their page was made for and
/// the hash of a token that only the answer to the form had. Losing Redis loses them.
struct KeptForms: Sendable {
    /// Long enough to look for a password, and to have a new one sent.
    static let lifetime = Duration.seconds(2 * 3600)
    /// As long as a form without files may be.
    static let bytesMax = SentForm.bytesMax
    /// So many wait for an account in each app; the oldest makes room.
    static let countMax = 5

    let redis: RedisClient
    let app: String

    private func key(_ token: String, _ account: ID<Account>) -> String {
        "form:\(app):\(account):\(Secrets.hash(token))"
    }
    private func index(_ account: ID<Account>) -> String { "forms:\(app):\(account)" }

    /// - Returns: the token; nil for a form that is too long to be kept.
    func keep(_ form: KeptForm, for account: ID<Account>) async throws -> String? {
        let text = String(decoding: try JSONEncoder().encode(form), as: UTF8.self)
        guard text.utf8.count <= Self.bytesMax else { return nil }
        let token = Secrets.token()
        _ = try await redis.run(
            Self.keepScript, keys: [key(token, account), index(account)],
            arguments: [
                .string(text), .int(Self.lifetime.components.seconds), .int(Int64(Self.countMax)),
            ])
        return token
    }

    func find(_ token: String, of account: ID<Account>) async throws -> KeptForm? {
        guard Secrets.isToken(token),
            let text = try await redis.send("GET", [.string(key(token, account))]).text
        else { return nil }
        // What another version kept may look otherwise: then it is gone.
        return try? JSONDecoder().decode(KeptForm.self, from: Data(text.utf8))
    }

    private static let keepScript = RedisScript(
        """
        redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
        redis.call('LPUSH', KEYS[2], KEYS[1])
        redis.call('EXPIRE', KEYS[2], ARGV[2])
        while redis.call('LLEN', KEYS[2]) > tonumber(ARGV[3]) do
            redis.call('DEL', redis.call('RPOP', KEYS[2]))
        end
        return 1
        """)
}
