import HTTPTypes
import Hummingbird

/// Collects what an app mounts.
public final class Routes {
    public let site: Site
    private(set) var table = RouteTable()
    private(set) var operations: [Operation] = []

    init(site: Site) { self.site = site }

    /// The JSON API below `/api/v1`.
    public var api: API { API(routes: self) }

    /// A page for people.
    public func get(_ pattern: String) -> PageEndpoint<Nothing, Nothing, Nothing> {
        PageEndpoint(routes: self, shape: PageShape(method: .get, pattern: pattern))
    }

    /// A form for people.
    public func post(_ pattern: String) -> PageEndpoint<Nothing, Nothing, Nothing> {
        var shape = PageShape(method: .post, pattern: pattern)
        shape.limit = .write
        return PageEndpoint(routes: self, shape: shape)
    }

    /// Something that is neither page nor JSON operation: a picture, a webhook.
    public func raw(
        _ method: HTTPRequest.Method, _ pattern: String, limit: RateClass = .read,
        access: Access? = nil, isOpenOnBehalf: Bool? = nil,
        use respond: @escaping @Sendable (WebRequest) async throws -> Response
    ) {
        add(
            Route(
                method: method, pattern: pattern, limit: limit, guardsOrigin: false,
                access: access, isOpenOnBehalf: isOpenOnBehalf ?? (method == .get),
                respond: respond))
    }

    func add(_ route: Route) { table.add(route) }

    func add(
        _ operation: Operation, _ respond: @escaping @Sendable (WebRequest) async throws -> Response
    ) {
        operations.append(operation)
        table.add(
            Route(
                method: operation.method, pattern: operation.path, limit: operation.limit,
                guardsOrigin: operation.method != .get, access: operation.access,
                needs: operation.needs, isOpenOnBehalf: operation.isOpenOnBehalf,
                respond: respond))
    }
}
