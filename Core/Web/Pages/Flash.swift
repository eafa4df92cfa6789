import ProviderKit
import Vocabulary

/// A sentence that is shown once, on the next page.
public struct Flash: Sendable {
    public enum Kind: String, Sendable { case good, bad }
    public let kind: Kind
    public let text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    static let lengthMax = 300

    var cookie: String {
        kind.rawValue + "." + base64(Array(String(text.prefix(Self.lengthMax)).utf8), urlSafe: true)
    }

    init?(cookie: String) {
        let parts = cookie.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])),
            let sealed = bytes(base64: parts[1]),
            let text = String(validating: sealed, as: UTF8.self), text.count <= Self.lengthMax
        else { return nil }
        self.init(kind, text)
    }
}

extension WebRequest {
    private var flashCookie: String { sessionCookie + "_notice" }

    func leave(_ flash: Flash) {
        setCookie(flashCookie, flash.cookie, maxAge: .seconds(60))
    }

    func takeFlash() -> Flash? {
        guard let sent = cookie(flashCookie), !sent.isEmpty else { return nil }
        setCookie(flashCookie, "", maxAge: .zero)
        return Flash(cookie: sent)
    }
}
