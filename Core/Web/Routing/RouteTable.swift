import Hummingbird

/// Something mounted at one method and path.
struct Route: Sendable {
    let method: HTTPRequest.Method
    let pattern: String
    let limit: RateClass
    /// Whether cookies speak for the caller here, so that foreign sites must be kept out.
    let guardsOrigin: Bool
    /// Who may call; nil where nobody has said so.
    var access: Access?
    /// What a caller of that kind needs beside it: permissions, roles.
    var needs: [String] = []
    /// The form of a page that is sent, and whether files come with it.
    var form: Schema?
    var takesFiles = false
    /// Whether somebody of the back office may ask for it in another person's place. What reads is
    /// open unless it says otherwise, what writes only where it says so.
    var isOpenOnBehalf: Bool
    let respond: @Sendable (WebRequest) async throws -> Response
}

/// Finds the route of a path: literal segments win over parameters, `{name}`.
struct RouteTable: Sendable {
    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var routes: [String: Route] = [:]
        var names: [String] = []
    }

    private var nodes = [Node()]

    mutating func add(_ route: Route) {
        var index = 0
        var names: [String] = []
        for segment in route.pattern.split(separator: "/") {
            let next: Int?
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                names.append(String(segment.dropFirst().dropLast()))
                next = nodes[index].parameter
            } else {
                next = nodes[index].literals[String(segment)]
            }
            if let next {
                index = next
                continue
            }
            nodes.append(Node())
            if segment.hasPrefix("{") {
                nodes[index].parameter = nodes.count - 1
            } else {
                nodes[index].literals[String(segment)] = nodes.count - 1
            }
            index = nodes.count - 1
        }
        let key = route.method.rawValue
        precondition(
            nodes[index].routes.isEmpty || nodes[index].names == names,
            "the parameters of \(route.pattern) have other names elsewhere")
        precondition(nodes[index].routes[key] == nil, "\(key) \(route.pattern) is mounted twice")
        nodes[index].routes[key] = route
        nodes[index].names = names
    }

    enum Match {
        case found(Route, [String: String])
        case otherMethods([String])
        case nothing
    }

    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        var segments: [String] = []
        for raw in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let segment = PercentEncoding.decode(raw) else { return .nothing }
            segments.append(segment)
        }
        guard let (node, values) = walk(0, segments[...]) else { return .nothing }
        let key = method == .head ? HTTPRequest.Method.get.rawValue : method.rawValue
        if let route = node.routes[key] {
            return .found(
                route, Dictionary(zip(node.names, values), uniquingKeysWith: { _, last in last }))
        }
        var methods = node.routes.keys.sorted()
        if methods.contains("GET") { methods.append("HEAD") }
        return .otherMethods(methods)
    }

    private func walk(_ index: Int, _ rest: ArraySlice<String>) -> (Node, [String])? {
        guard let segment = rest.first else {
            return nodes[index].routes.isEmpty ? nil : (nodes[index], [])
        }
        if let next = nodes[index].literals[segment], let found = walk(next, rest.dropFirst()) {
            return found
        }
        guard let next = nodes[index].parameter,
            let (node, values) = walk(next, rest.dropFirst())
        else { return nil }
        return (node, [segment] + values)
    }

    var all: [Route] {
        nodes.flatMap(\.routes.values).sorted {
            ($0.pattern, $0.method.rawValue) < ($1.pattern, $1.method.rawValue)
        }
    }
}
