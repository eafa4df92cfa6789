import Foundation

/// What tells wrk which paths to ask for, and how long to pause between them.
struct ReadsScript: Sendable {
    enum Paths: Sendable {
        /// These, in a random order.
        case list([String])
        /// Listings of ``BenchCatalogue`` by id: the n-th chosen in proportion to 1/n, as people
        /// choose, or all alike.
        case listings(prefix: String, of: Int, isSkewed: Bool)
    }

    let path =
        FileManager.default.temporaryDirectory.path
        + "/guildhall-bench-\(ProcessInfo.processInfo.processIdentifier).lua"

    func remove() { unlink(path) }

    /// - Parameter pauseMs: how long a connection rests between two requests on average, in
    ///   milliseconds. Random, or all connections would come at the same moment for ever.
    func write(_ paths: Paths, pauseMs: Double?) throws {
        let pause = pauseMs.map {
            "function delay() return math.floor(math.random() * \(Int(max(0, $0 * 2)) + 1)) end"
        }
        let text = """
            math.randomseed(os.time())
            \(Self.requests(paths))
            \(pause ?? "")
            function done(summary, latency, requests)
                io.write(string.format("p95 %.0fus\\n", latency:percentile(95)))
            end
            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func requests(_ paths: Paths) -> String {
        switch paths {
        case .list(let list):
            return """
                local paths = {\(list.map { "\"\($0)\"" }.joined(separator: ","))}
                local requests = {}
                function init()
                    for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
                end
                function request() return requests[math.random(#requests)] end
                """
        case .listings(let prefix, let count, let isSkewed):
            // The inverse of the harmonic distribution, near enough: n = count ^ u. The factor
            // is prime, so that those asked for most do not lie side by side.
            let number =
                isSkewed
                ? "math.floor(\(count) ^ math.random()) * 7919 % \(count) + 1"
                : "math.random(\(count))"
            let id = BenchCatalogue.listingID(1).dropLast(12)
            // Made beforehand, so that wrk's own work is what it is for the constant answer.
            return """
                local requests = {}
                function init()
                    for i = 1, \(count) do
                        requests[i] = wrk.format(
                            "GET", string.format("\(prefix)\(id)%012x", \(number)))
                    end
                end
                function request() return requests[math.random(#requests)] end
                """
        }
    }
}
