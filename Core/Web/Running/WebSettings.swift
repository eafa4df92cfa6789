import ProviderKit

/// What an operator may set about an app's web side.
public struct WebSettings: Sendable {
    /// How browsers reach the app, without a trailing slash; nil takes the Host header's word.
    public var publicURL: String?
    /// Set when the app is served over TLS: cookies then travel over TLS only.
    public var secureCookies = false
    /// Signs form tokens; the same in all processes of an app, at least 32 bytes.
    public var secret: [UInt8]
    /// How many reverse proxies stand before us: that many entries of X-Forwarded-For are believed.
    public var proxies = 0
    public var limits = RateLimits()
    /// A request must be over by then, its answer written.
    public var requestDeadline = Duration.seconds(30)
    /// A connection that says nothing is closed.
    public var idleTimeout = Duration.seconds(60)
    /// Connections held at once; more wait in the kernel's queue.
    public var connectionsMax = 1024
    /// Bodies over a megabyte that one process holds at once; one more is refused for a moment.
    public var largeBodiesMax = 4
    /// A line per request, at info level.
    public var logsRequests = true

    public init(secret: [UInt8]) { self.secret = secret }
}
