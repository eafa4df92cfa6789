import CPostgres
import Glibc
import Reactor

/// Where the servers are, with their names resolved, because libpq would block on them.
struct ServerAddress: Sendable {
    private struct Host: Sendable {
        var name: String
        var address: String
        var port: String
    }

    private let url: String
    private let hosts: [Host]

    init(url: String) {
        self.url = url
        let options = Self.options(of: url)
        let names = Self.list(options["host"] ?? Self.environment("PGHOST"))
        let addresses = Self.list(options["hostaddr"] ?? Self.environment("PGHOSTADDR"))
        let ports = Self.list(options["port"] ?? Self.environment("PGPORT"))
        hosts = names.indices.map { index in
            Host(
                name: names[index], address: addresses.count > index ? addresses[index] : "",
                port: ports.count > index ? ports[index] : ports.count == 1 ? ports[0] : "")
        }
    }

    /// Whether ``keywords()`` has to ask a name server, and so may block.
    var needsLookup: Bool { hosts.contains(where: Self.needsLookup) }

    /// What to hand to libpq beside the URL: the hosts, once per address.
    /// - Throws: `.unavailable` when no host has an address.
    func keywords() throws(PostgresError) -> [(String, String)] {
        guard needsLookup else { return [] }
        var found: [Host] = []
        var failure = ""
        for host in hosts {
            guard Self.needsLookup(host) else {
                found.append(host)
                continue
            }
            do throws(NameLookupError) {
                for address in try NameLookup.addresses(of: host.name) {
                    found.append(Host(name: host.name, address: address, port: host.port))
                }
            } catch { failure = error.message }
        }
        guard !found.isEmpty else { throw PostgresError(.unavailable, failure) }
        return [
            ("host", found.map(\.name).joined(separator: ",")),
            ("hostaddr", found.map(\.address).joined(separator: ",")),
            ("port", found.map(\.port).joined(separator: ",")),
        ]
    }

    private static func needsLookup(_ host: Host) -> Bool {
        host.address.isEmpty && !host.name.isEmpty && !host.name.hasPrefix("/")
            && !host.name.hasPrefix("@") && !NameLookup.isAddress(host.name)
    }

    private static func options(of url: String) -> [String: String] {
        guard let options = PQconninfoParse(url, nil) else { return [:] }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }

    private static func list(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Starts a connection; libpq's own parser has the last word on the URL.
    func start(
        applicationName: String, keywords: [(String, String)]
    ) -> OpaquePointer? {
        // What stands before the URL is its default, what stands behind it overrides it. Kerberos
        // would be tried first, and its libraries read files each time.
        let all =
            [("gssencmode", "disable"), ("dbname", url)] + keywords
            + [("client_encoding", "UTF8"), ("application_name", applicationName)]
        let names = all.map { strdup($0.0) }
        let values = all.map { strdup($0.1) }
        defer { (names + values).forEach { free($0) } }
        let keywordPointers = names.map { UnsafePointer($0) } + [nil]
        let valuePointers = values.map { UnsafePointer($0) } + [nil]
        return PQconnectStartParams(keywordPointers, valuePointers, 1)
    }
}
