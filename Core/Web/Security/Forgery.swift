import HTTPTypes
import Hummingbird
import ProviderKit

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
    func formToken() -> String {
        let token = formSecret()
        let pad = randomBytes(token.count)
        return base64(pad + zip(pad, token).map { $0 ^ $1 }, urlSafe: true)
    }

    private func formSecret() -> [UInt8] {
        let binding = cookie(sessionCookie) ?? ""
        let text = "form \(site.app.rawValue) \(browser()) \(Secrets.hash(binding))"
        return hmacSHA256(Array(text.utf8), key: site.settings.secret)
    }

    /// - Throws: ``WebRefusal/formExpired``
    func requireFormToken(_ sent: String?) throws(WebRefusal) {
        let secret = formSecret()
        guard let sent, let bytes = bytes(base64: sent), bytes.count == 2 * secret.count else {
            throw .formExpired
        }
        let token = zip(bytes.prefix(secret.count), bytes.suffix(secret.count)).map { $0 ^ $1 }
        guard constantTimeEqual(token, secret) else { throw .formExpired }
    }
}
