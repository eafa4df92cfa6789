import AsyncHTTPClient
import NIOCore
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `What a module may never reach` {
    @Test(arguments: [
        // This machine, in every way in which it can be written.
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1",
        "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
        // Private networks, carriers, links, clouds' metadata.
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fd00:ec2::254",
        "fe80::1", "fec0::1", "fc00::1", "ff02::1",
        // What no host has.
        "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "2001:db8::1", "2001::1", "100::1",
    ])
    func `is an address that is not public`(_ text: String) throws {
        let address = try #require(NetworkAddress(text))

        #expect(!address.isPublic)
    }

    @Test(arguments: [
        "93.184.216.34", "8.8.8.8", "172.32.0.1", "172.15.255.255", "100.128.0.1", "11.0.0.1",
        "192.0.3.1", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001:80b::200e",
        "::ffff:93.184.216.34", "64:ff9b::5db8:d822",
    ])
    func `is no public address`(_ text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic)
    }

    @Test(arguments: [
        "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0", "localhost",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "169.254.169.254",
        "2852039166", "[fe80::1]", "10.1.2.3",
    ])
    func `is a host that turns out to be private, however it is written`(
        _ host: String
    ) async throws {
        try await withServer { port, visits in
            let client = HostClient(privateHosts: [])

            let error = await refusal(client, "http://\(host):\(port)/", hosts: [host])

            #expect(error?.code == "address.not-allowed")
            #expect(visits() == 0)
            try await client.shutDown()
        }
    }

    @Test func `is what one of a name's several addresses is`() async throws {
        let answers = [NetworkAddress("93.184.216.34"), NetworkAddress("10.0.0.7")]
        let client = HostClient(
            privateHosts: [], resolver: NameResolver { _ in answers.compactMap { $0 } })

        let error = await refusal(client, "https://two.example/", hosts: ["two.example"])

        #expect(error?.code == "address.not-allowed")
        try await client.shutDown()
    }

    /// The name is looked up twice, and the second answer is another one.
    @Test func `is what a name becomes between looking and connecting`() async throws {
        try await withServer { port, visits in
            let decent = NetworkAddress("93.184.216.34")
            let client = HostClient(
                privateHosts: [], resolver: NameResolver { _ in [decent].compactMap { $0 } })

            let host = try #require(WebAddress("https://localhost:\(port)/"))
            let connector = try #require(try await client.connector(to: host))

            // Below TLS, at the connection itself.
            await #expect(throws: AddressForbidden.self) {
                try await connector.execute(
                    HTTPClientRequest(url: "http://localhost:\(port)/"),
                    deadline: .now() + .seconds(30))
            }
            #expect(
                await refusal(client, "https://localhost:\(port)/", hosts: ["localhost"]) != nil)
            #expect(visits() == 0, "a request came through")
            try await client.shutDown()
        }
    }

    /// Whoever stands between reads what is sent by http, secrets included.
    @Test func `is a public host by http`() async throws {
        try await withServer { port, visits in
            let decent = NetworkAddress("93.184.216.34")
            let client = HostClient(
                privateHosts: ["other.example"],
                resolver: NameResolver { _ in [decent].compactMap { $0 } })

            let error = await refusal(client, "http://localhost:\(port)/", hosts: ["localhost"])

            #expect(error?.code == "address.not-encrypted")
            #expect(error?.message.hasPrefix("localhost is talked to by https only") ?? false)
            #expect(visits() == 0, "a request came through")
            try await client.shutDown()
        }
    }

    @Test func `is another name of a host that was allowed, or another port`() async throws {
        try await withServer { port, visits in
            let client = HostClient(privateHosts: ["127.0.0.1:\(port)"])
            let hosts: Set = ["127.0.0.1", "localhost"]
            let transport = HostTransport(client: client, hosts: hosts)

            let answer = try await transport.send(
                HTTPRequest("GET", "http://127.0.0.1:\(port)/"), deadline: soon)
            #expect(answer.status == 404)
            #expect(visits() == 1)

            let named = await refusal(client, "http://localhost:\(port)/", hosts: hosts)
            #expect(named?.code == "address.not-allowed")
            let other = await refusal(client, "http://127.0.0.1:\(port - 1)/", hosts: hosts)
            #expect(other?.code == "address.not-allowed")
            #expect(visits() == 1)
            try await client.shutDown()
        }
    }

    @Test func `is where a redirect of its own provider points`() async throws {
        let client = HostClient(privateHosts: [])

        let error = await refusal(
            client, "http://169.254.169.254/latest/meta-data", hosts: ["api.example"])

        #expect(error?.code == "host.not-allowed")
        try await client.shutDown()
    }

    @Test func `is a live host, while no real money may move`() {
        let module = ModuleDescriptor(
            kind: .payment, key: "k", name: "K", version: "1",
            fields: [ConfigurationField("url", label: "URL", kind: .url)],
            hosts: ["api.example", "TEST.example"], liveHosts: ["api.example", "live.example"])
        func hosts(_ mode: InstanceMode, _ url: String) -> Set<String> {
            module.reachableHosts(
                InstanceSettings(instanceID: "i", mode: mode, values: ["url": url]))
        }

        #expect(hosts(.sandbox, "https://live.example/v1") == ["test.example"])
        #expect(hosts(.sandbox, "https://LIVE.example./v1") == ["test.example"])
        #expect(
            hosts(.live, "https://live.example/v1")
                == ["test.example", "api.example", "live.example"])
    }

    /// A name may end with a dot: it is the same host, whoever wrote it.
    @Test func `is no other host because of a dot at its end`() async throws {
        func hosts(
            _ declared: String, _ live: String, mode: InstanceMode, allowed: Set<String>? = nil
        ) -> Set<String> {
            ModuleDescriptor(
                kind: .payment, key: "k", name: "K", version: "1", hosts: [declared, "b.example"],
                liveHosts: [live]
            ).reachableHosts(InstanceSettings(instanceID: "i", mode: mode), allowed: allowed)
        }
        #expect(hosts("a.example", "a.example.", mode: .sandbox) == ["b.example"])
        #expect(hosts("A.example.", "a.example", mode: .sandbox) == ["b.example"])
        #expect(
            hosts("a.example.", "c.example", mode: .live, allowed: ["a.example"]) == ["a.example"])
        #expect(
            hosts("a.example", "c.example", mode: .live, allowed: ["a.example."]) == ["a.example"])

        try await withServer { port, visits in
            let client = HostClient(privateHosts: ["127.0.0.1.:\(port)"])
            let transport = HostTransport(client: client, hosts: ["127.0.0.1"])
            let status = try? await transport.send(
                HTTPRequest("GET", "http://127.0.0.1:\(port)/"), deadline: soon
            ).status
            #expect(status == 404 && visits() == 1)
            try await client.shutDown()
        }
    }

    @Test func `is a host that its module declares and nobody allowed`() async throws {
        try await withServer { port, visits in
            let module = ModuleDescriptor(
                kind: .shipping, key: "k", name: "K", version: "1", hosts: ["127.0.0.1"])
            let client = HostClient(privateHosts: ["127.0.0.1:\(port)"])
            let settings = InstanceSettings(instanceID: "i")
            let request = HTTPRequest("GET", "http://127.0.0.1:\(port)/")

            let shut = client.transport(for: module, settings, allowed: [])
            let error = await #expect(throws: ProviderError.self) {
                try await shut.send(request, deadline: soon)
            }
            #expect(visits() == 0, "a request came through")
            let open = client.transport(for: module, settings, allowed: ["127.0.0.1"])
            var status: Int?
            do { status = try await open.send(request, deadline: soon).status } catch {
                Issue.record(error)
            }
            try await client.shutDown()

            #expect(status == 404)
            guard case .invalidRequest("host.not-allowed", let message) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message.hasPrefix("127.0.0.1 is not among the hosts"))
        }
    }

    /// Nobody typed it, so somebody has to allow it; what somebody typed he has allowed by that.
    @Test func `is the address that holds where nobody typed one, unless it is allowed`() {
        let module = ModuleDescriptor(
            kind: .payment, key: "k", name: "K", version: "1",
            fields: [
                ConfigurationField(
                    "url", label: "URL", kind: .url, fallback: "https://API.example/v1")
            ], hosts: ["files.example"])
        func hosts(_ values: [String: String], _ allowed: Set<String>?) -> Set<String> {
            module.reachableHosts(
                InstanceSettings(instanceID: "i", mode: .live, values: values), allowed: allowed)
        }

        #expect(module.declaredHosts == ["api.example", "files.example"])
        #expect(hosts([:], nil) == ["api.example", "files.example"])
        #expect(hosts([:], ["files.example"]) == ["files.example"])
        #expect(hosts(["url": "https://own.example"], []) == ["own.example"])
        #expect(hosts(["url": ""], ["api.example", "undeclared.example"]) == ["api.example"])
    }

    private var soon: Instant { .systemNow.advanced(by: .seconds(30)) }

    private func refusal(
        _ client: HostClient, _ url: String, hosts: Set<String>
    ) async -> (code: String, message: String)? {
        let transport = HostTransport(client: client, hosts: hosts)
        do throws(ProviderError) {
            _ = try await transport.send(HTTPRequest("GET", url), deadline: soon)
            return nil
        } catch .invalidRequest(let code, let message) {
            return (code, message)
        } catch {
            return ("\(error)", "")
        }
    }

    /// A server of this machine that counts who asks.
    private func withServer(
        _ body: (_ port: Int, _ visits: @escaping @Sendable () -> Int) async throws -> Void
    ) async throws {
        let catcher = VisitCounter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await catcher.run() }
            await eventually { catcher.port != 0 }
            try await body(catcher.port) { catcher.visits }
            group.cancelAll()
        }
    }
}
