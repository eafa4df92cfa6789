import HTTPTypes

extension WebRequest {
    /// How this browser reaches the app, without a trailing slash: what the operator said, or the
    /// Host header's word.
    public var ownURL: String {
        if let known = site.settings.publicURL { return known }
        let scheme = site.settings.secureCookies ? "https" : "http"
        return "\(scheme)://\(head.authority ?? "127.0.0.1")"
    }
}
