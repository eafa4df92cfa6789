import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore

/// An app that can be served, or driven by a test through its router.
public struct WebApp: Sendable {
    public let site: Site
    let table: RouteTable
    /// The OpenAPI 3.1 document, as it is served.
    public let document: JSONValue

    init(site: Site, routes: Routes) {
        self.site = site
        document = OpenAPI(site: site, operations: routes.operations).document
        let bytes = document.bytes
        routes.raw(.get, "/openapi.json", access: .everyone) { _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        let operations = routes.operations
        routes.get("/docs").show(as: Visitor.self) { call, _ in
            .page("docs", DocsPage(operations, in: site.app), title: localized("API"))
        }
        if site.languages.count > 1 { LanguagePages().mount(on: routes) }
        routes.raw(.get, "/assets/{name}", limit: .unlimited, access: .everyone) { request in
            try request.site.assets.response(
                request.parameters["name"] ?? "", for: request.headers)
        }
        table = routes.table
    }

    /// Every method and path, sorted by path: `GET /cart`.
    public var routeList: [String] { table.all.map { "\($0.method.rawValue) \($0.pattern)" } }

    /// Every method and path with who may call it, sorted by path.
    public var policies: [RoutePolicy] {
        table.all.map {
            RoutePolicy(
                method: $0.method.rawValue, pattern: $0.pattern, access: $0.access,
                needs: $0.needs, form: $0.form?.standalone, takesFiles: $0.takesFiles,
                isOpenOnBehalf: $0.isOpenOnBehalf)
        }
    }

    /// The server.
    /// - Parameter sharesPort: lets other processes listen on the same port.
    public func server(
        host: String = "127.0.0.1", port: Int, sharesPort: Bool = false
    ) -> WebServer {
        WebServer(app: self, host: host, port: port, sharesPort: sharesPort)
    }

    /// For tests that go through Hummingbird's own testing client.
    public var application: some ApplicationProtocol {
        Application(responder: WebResponder(app: self), logger: site.logger)
    }
}

/// Who may call a route.
public struct RoutePolicy: Sendable {
    public let method: String
    public let pattern: String
    /// Nil where nobody has said so, which a test refuses.
    public let access: Access?
    /// What a caller of that kind needs beside it: all of a member's permissions, one of an
    /// administrator's roles.
    public let needs: [String]
    /// What the form of a page has to look like: `schema`, and beside it the `components` that it
    /// refers to, as in an OpenAPI document. Nil for everything that is no form.
    public let form: JSONValue?
    /// Whether files come with the form.
    public let takesFiles: Bool
    /// Whether somebody of the back office may ask for it in another person's place.
    public let isOpenOnBehalf: Bool
}
