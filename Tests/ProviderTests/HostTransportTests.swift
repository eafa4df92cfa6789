import Hummingbird
import NIOCore
import ProviderHost
import ProviderKit
import ServiceLifecycle
import Testing
import Vocabulary

@Suite struct `The way out of a module` {
    @Test(arguments: [
        "http://127.0.0.1:1/", "http://bank.example@127.0.0.1/", "file:///etc/passwd",
        "http://bank.example.evil/",
    ])
    func `leads to its own hosts only`(_ url: String) async throws {
        let transport = HostTransport(client: client, hosts: ["bank.example"])

        let error = await #expect(throws: ProviderError.self) {
            try await transport.send(
                ProviderKit.HTTPRequest("GET", url), deadline: .systemNow.advanced(by: .seconds(1)))
        }

        guard case .invalidRequest("host.not-allowed", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `does not follow a redirect`() async throws {
        try await withServer { url in
            let answer = try await send("\(url)/elsewhere")

            #expect(answer.status == 303)
            #expect(answer.headers["LOCATION"] == "/small")
        }
    }

    @Test func `takes a megabyte and no more, and then nobody knows what was done`() async throws {
        try await withServer { url in
            let small = try await send("\(url)/small")
            #expect(small.body.count == 1 << 20)

            let error = await #expect(throws: ProviderError.self) { try await send("\(url)/large") }

            #expect(error == .ambiguous(message: "127.0.0.1 answered with too much"))
        }
    }

    @Test func `is closed at the deadline, and then nobody knows what was done`() async throws {
        try await withServer { url in
            let error = await #expect(throws: ProviderError.self) {
                try await send("\(url)/slow", within: .seconds(15))
            }

            #expect(error?.isDefinite == false)
        }
    }

    private func send(
        _ url: String, within limit: Duration = .seconds(30)
    ) async throws -> ProviderKit.HTTPResponse {
        try await HostTransport(client: client, hosts: ["127.0.0.1"]).send(
            ProviderKit.HTTPRequest("GET", url), deadline: .systemNow.advanced(by: limit))
    }

    private func withServer(_ body: (String) async throws -> Void) async throws {
        let router = Router()
        router.get("elsewhere") { _, _ in
            Response(status: .seeOther, headers: [.location: "/small"])
        }
        router.get("small") { _, _ in ByteBuffer(repeating: 65, count: 1 << 20) }
        router.get("large") { _, _ in ByteBuffer(repeating: 65, count: (1 << 20) + 1) }
        router.get("slow") { _, _ in
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: .seconds(60)) }
            return "late"
        }
        let (ports, found) = AsyncStream<Int>.makeStream()
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: quiet)
        let services = ServiceGroup(
            configuration: .init(services: [app], gracefulShutdownSignals: [], logger: quiet))
        let serving = Task { try await services.run() }
        for await port in ports.prefix(1) { try await body("http://127.0.0.1:\(port)") }
        await services.triggerGracefulShutdown()
        try await serving.value
    }
}
