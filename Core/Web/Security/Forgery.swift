import HTTPTypes
import Hummingbird
import Kernel
import ProviderKit
import Vocabulary

// Requests that change something, sent by other sites in a visitor's name.

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
    static let forwardedFor = Self("X-Forwarded-For") ?? .origin
    static let requestID = Self("X-Request-Id") ?? .origin
    static let idempotencyKey = Self("Idempotency-Key") ?? .origin
    static let idempotentReplayed = Self("Idempotent-Replayed") ?? .origin
}

extension WebRequest {
    /// Refuses what a browser sent on behalf of another origin. Programs send neither header and
    /// carry no cookies, so they pass.
    /// - Throws: ``WebRefusal/foreignOrigin``
    func requireOwnOrigin() throws(WebRefusal) {
        guard bearer == nil else { return }
        if let fetchSite = headers[.secFetchSite] {
            // The three apps share a host, so `same-site` is not good enough.
            guard fetchSite == "same-origin" || fetchSite == "none" else { throw .foreignOrigin }
        }
        guard let origin = headers[.origin] else { return }
        guard let sender = origin.split(separator: "/").last, origin.contains("://") else {
            throw .foreignOrigin
        }
        guard String(sender) == head.authority || origin == site.settings.publicURL else {
            throw .foreignOrigin
        }
    }

    /// Whether a page of ours sent the browser here, as it says itself: a link that stands
    /// somewhere else must change nothing. Only browsers that trust the connection say it; the
    /// others tell the page that they were on, to its own origin.
    var comesFromOwnPage: Bool {
        if let fetchSite = headers[.secFetchSite] { return fetchSite == "same-origin" }
        guard let page = headers[.referer], page.contains("://") else { return false }
        let parts = page.split(separator: "/", omittingEmptySubsequences: false)
        if let own = head.authority, parts.count > 2, parts[2] == own { return true }
        guard let own = site.settings.publicURL else { return false }
        return page.hasPrefix(own + "/")
    }

    /// The address from which the browser came, with its query, where that is the page at `path`;
    /// nil where it was another one, or none that it tells of. So somebody stays who does something
    /// beside what they have chosen there.
    public func pageBefore(at path: String) -> String? {
        pageBefore.flatMap { $0 == path || $0.hasPrefix(path + "?") ? $0 : nil }
    }

    /// The page of ours from which the browser came, as it says; nil when it was none of ours.
    var pageBefore: String? {
        guard comesFromOwnPage, let page = headers[.referer] else { return nil }
        let parts = page.split(
            separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4,
            parts[2] == (head.authority ?? "")
                || page.hasPrefix((site.settings.publicURL ?? "\u{0}") + "/")
        else { return nil }
        return "/" + parts[3]
    }

    /// What this browser's forms carry: nobody else can compute it. Written differently each time,
    /// so that the length of a compressed page tells nothing of it (https://breachattack.com).
    ///
    /// Behind it stands for which account the page was made, so that a form is known for theirs
    /// also when their session has ended meanwhile.
    func formToken() -> String {
        let reader = knownAccount
        let token = formSecret(reader)
        let pad = randomBytes(token.count)
        let masked = base64(pad + zip(pad, token).map { $0 ^ $1 }, urlSafe: true)
        return reader.map { "\(masked).\($0)" } ?? masked
    }

    /// Who is signed in, and there for themselves, as far as this request has asked.
    private var knownAccount: ID<Account>? {
        trace.notes.withLock { notes in
            notes.session?.impersonation == nil ? notes.session?.account?.id : nil
        }
    }

    private func formSecret(_ reader: ID<Account>?) -> [UInt8] {
        let binding = cookie(sessionCookie) ?? ""
        var text = "form \(site.app.rawValue) \(browser()) \(Secrets.hash(binding))"
        if let reader { text += " \(reader)" }
        return hmacSHA256(Array(text.utf8), key: site.settings.secret)
    }

    /// For whom the page of a form was made, in this browser and its session, whether that goes on
    /// or has ended; nil for a page that was made for nobody.
    /// - Throws: ``WebRefusal/formExpired`` for a form of another page.
    func formReader(_ sent: String?) throws(WebRefusal) -> ID<Account>? {
        let parts = (sent ?? "").split(separator: ".", maxSplits: 1)
        let reader = parts.count == 2 ? ID<Account>(parts[1]) : nil
        let secret = formSecret(reader)
        guard let masked = parts.first, parts.count == (reader == nil ? 1 : 2),
            let bytes = bytes(base64: masked), bytes.count == 2 * secret.count
        else { throw .formExpired }
        let token = zip(bytes.prefix(secret.count), bytes.suffix(secret.count)).map { $0 ^ $1 }
        guard constantTimeEqual(token, secret) else { throw .formExpired }
        return reader
    }

    /// - Throws: ``WebRefusal/formExpired``
    func requireFormToken(_ sent: String?) throws(WebRefusal) {
        let reader = try formReader(sent)
        guard reader == nil || knownAccount == nil || reader == knownAccount else {
            throw .formExpired
        }
    }
}
