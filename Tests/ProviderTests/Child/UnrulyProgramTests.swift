import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A module's program that does not keep to the rules` {
    private static let question = ProviderQuestion.quotes(
        request: ShippingRequest(
            sellerID: "s", origin: address("DE"), destination: address("FR"),
            parcel: Parcel(weightGrams: 1200, value: Money(4250, .eur), itemCount: 1),
            currency: .eur))

    private static func address(_ country: String) -> Address {
        Address(
            name: "Ada", lines: ["Gasse 1"], city: "Berlin", postalCode: "10115",
            country: country)
    }

    private func ask(_ module: ChildModule) async throws -> ProviderReply {
        try await module.ask(
            Self.question, of: "test", InstanceSettings(instanceID: "test"), patient())
    }

    private func module(
        _ folder: ProgramFolder, megabytes: Int = 512, behind wall: NetworkWall? = nil
    ) -> ChildModule {
        ChildModule(
            program: folder.program, name: "unruly", kind: .shipping, roles: [.shipping],
            memory: megabytes << 20, behind: wall)
    }

    /// Ways of not saying hello, each by a program that has another of its kind run beside it.
    enum Way: String, CaseIterable, CustomTestStringConvertible {
        case silent = ""
        case nonsense = "printf 'GET / HTTP/1.1 and so on'\n"
        case hangsUp = "exec <&- >&-\n"

        var testDescription: String { "\(self)" }
        var program: String {
            """
            #!/bin/sh
            [ "$1" ] || "$0" again </dev/null >/dev/null &
            [ "$1" ] || \(self == .silent ? ":" : rawValue)
            while :; do sleep 1; done

            """
        }
    }

    @Test(arguments: Way.allCases)
    func `is ended with whomever it has started when it says no hello`(_ way: Way) async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.write(way.program)
        let unruly = module(folder)

        for _ in 1...2 {
            await #expect(throws: ProviderError.self) { try await ask(unruly) }
        }

        #expect(try await folder.isStill())
    }

    /// Reads the end of its input, and lives on.
    private static let deaf = "while True: __import__('time').sleep(1)"

    @Test func `is ended once nobody has a use for it`() async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace("os._exit(0)", with: Self.deaf)
        var unruly: ChildModule? = module(folder)
        _ = try await ask(try #require(unruly))
        #expect(folder.running.count == 1)

        unruly = nil

        #expect(try await folder.isStill())
    }

    @Test func `is ended when it ends the connection`() async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace("os._exit(0)", with: Self.deaf)
        let end = "__import__('socket').socket(fileno=0).shutdown(2)"
        try folder.replace(
            "def quotes(call, request):\n", with: "def quotes(call, request):\n    \(end)\n")
        let unruly = module(folder)

        await #expect(throws: ProviderError.self) { try await ask(unruly) }

        #expect(try await folder.isStill())
    }

    @Test func `gets so much memory and no more`() async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace(
            "def quotes(call, request):\n",
            with: "def quotes(call, request):\n    bytearray(200 << 20)\n")

        await #expect(throws: ProviderError.self) {
            try await ask(module(folder, megabytes: 160))
        }
        let reply = try await ask(module(folder))

        guard case .quotes(let list) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(list.count == 2)
    }

    @Test func `leaves nobody behind whom it has started when it ends by itself`() async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        let other = "['sh', '-c', 'while :; do sleep 1; done', __file__]"
        try folder.replace(
            "def quotes(call, request):\n",
            with: """
                def quotes(call, request):
                    __import__('subprocess').Popen(\(other), stdin=-3, stdout=-3)
                    __import__('os')._exit(3)

                """)

        await #expect(throws: ProviderError.self) { try await ask(module(folder)) }

        #expect(try await folder.isStill())
    }

    @Test func `ends with the host, gets no new rights and leaves no memory on the disk`()
        async throws
    {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace(
            "WAYS = [(\"standard\", \"Standard parcel\"",
            with: """
                import ctypes, resource
                signal = ctypes.c_int()
                ctypes.CDLL(None).prctl(2, ctypes.byref(signal), 0, 0, 0)  # at its parent's end
                rights = ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)  # no new ones
                core = resource.getrlimit(resource.RLIMIT_CORE)
                WAYS = [("standard", f"{signal.value} {rights} {core}"
                """)

        guard case .quotes(let list) = try await ask(module(folder)) else {
            Issue.record("no quotes")
            return
        }

        #expect(list.first?.label == "9 1 (0, 0)")
    }

    /// Where the machine permits no network of its own, it serves all the same, and the host has to
    /// say so: there is nothing else to hold.
    @Test(arguments: [false, true])
    func `reaches nobody by a socket of its own, but on a machine without walls`(
        _ isOpen: Bool
    ) async throws {
        let wall = isOpen ? NetworkWall.none : await NetworkWall.ofThisMachine()
        let folder = try ProgramFolder()
        defer { folder.remove() }
        let server = VisitCounter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            await eventually { server.port != 0 }
            let address = "http://127.0.0.1:\(server.port)/"
            let transport = HostTransport(client: client, hosts: ["127.0.0.1"])
            _ = try await transport.send(
                HTTPRequest("GET", address), deadline: .systemNow.advanced(by: .seconds(30)))
            #expect(server.visits == 1)
            try folder.replace(
                "WAYS = [(\"standard\", \"Standard parcel\"",
                with: """
                    import urllib.error, urllib.request
                    try:
                        urllib.request.urlopen("\(address)", timeout=20)
                        found = "somebody"
                    except urllib.error.HTTPError:
                        found = "somebody"
                    except OSError:
                        found = "nobody"
                    WAYS = [("standard", found
                    """)

            let asked = module(folder, behind: isOpen ? NetworkWall.none : nil)
            guard case .quotes(let list) = try await ask(asked) else {
                Issue.record("no quotes")
                return
            }

            #expect(list.first?.label == (wall.stands ? "nobody" : "somebody"))
            #expect(server.visits == (wall.stands ? 1 : 2))
            group.cancelAll()
        }
    }

    @Test func `is waited for while it starts, as an interpreter may for seconds`() async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace(
            "            if kind == b\"H\":\n",
            with: "            if kind == b\"H\":\n                __import__('time').sleep(2.5)\n")

        guard case .quotes(let list) = try await ask(module(folder)) else {
            Issue.record("no quotes")
            return
        }
        #expect(list.count == 2)
    }
}
