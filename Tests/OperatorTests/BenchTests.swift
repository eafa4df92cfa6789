import Foundation
import TestSupport
import Testing

@testable import Operator

@Suite struct `Benches` {
    private func run(_ arguments: String...) async throws -> Guildhall.Outcome {
        var outcome: Guildhall.Outcome?
        try await Guildhall.withMarket { environment, _ in
            outcome = try await Guildhall.run(
                all: ["bench"] + arguments + ["--json"], environment: environment)
        }
        return try #require(outcome)
    }

    private struct Figure: Decodable {
        let name: String
        let seconds: Double
    }

    private func figure(_ outcome: Guildhall.Outcome) throws -> Figure {
        try JSONDecoder().decode(Figure.self, from: Data(outcome.output.utf8))
    }

    @Test func `of a flash sale sell what is there and nothing more`() async throws {
        let outcome = try await run(
            "flashsale", "--buyers", "30", "--units", "4", "--clients", "10")

        #expect(outcome.code == 0, "\(outcome.said)")
        let measured = try figure(outcome)
        #expect(measured.name == "flashsale" && measured.seconds > 0 && measured.seconds < 120)
    }

    @Test func `tell programs too what is wrong`() async throws {
        // Nobody is there for two of the units.
        let outcome = try await run(
            "flashsale", "--buyers", "3", "--units", "5", "--clients", "1")

        #expect(outcome.code == 1)
        #expect(try figure(outcome).name == "flashsale")
        #expect(outcome.complaints.contains("WRONG  3 bought, 5 units were there\n"))
        #expect(outcome.complaints.contains("WRONG  orders: 3, not 5\n"))
    }

    @Test func `of a file of orders find the books as the file and the terms have them`()
        async throws
    {
        let outcome = try await run("replay", Self.orders)

        #expect(outcome.code == 0, "\(outcome.said)")
        #expect(try figure(outcome).name == "replay")
    }

    private static let orders =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        + "/Fixtures/Olist"

    @Test func `reckon commission of a line once and half a cent as a whole one`() async throws {
        let data = try await OlistData.read(Self.orders)

        // Three of 19.95, and 4.10 for sending each.
        // 10 % of 3 × 19.95 is 5.985; of each piece by itself it would be 3 × 2.00.
        let tiles = "22222222-2222-2222-2222-222222222222"
        #expect(data.expected[tiles] == 7215)
        #expect(data.commission(ofMillion: 100_000)[tiles] == 599)
        #expect(data.sellers.count == 4 && data.orders.count == 12)
    }

    private static let report = """
        Running 8s test @ http://127.0.0.1:20000
          1 threads and 64 connections
          Latency Distribution
             50%    1.59ms
             75%    2.11ms
             90%    3.00ms
             99%    4.61ms
          275600 requests in 8.00s, 310.00MB read
        Requests/sec:  34450.12
        Transfer/sec:     38.75MB
        p95 3200us

        """

    @Test func `read what wrk measured`() throws {
        let answer = try BenchTool.answer(in: Self.report, from: "http://shop")

        #expect(answer.rate == 34450.12)
        #expect(answer.p50Ms == 1.59 && answer.p95Ms == 3.2 && answer.p99Ms == 4.61)
    }

    @Test(arguments: [
        "  Socket errors: connect 0, read 0, write 0, timeout 12",
        "  Non-2xx or 3xx responses: 7",
    ])
    func `take no figure for true of which requests are missing`(_ line: String) {
        let text = Self.report.replacing("Requests/sec:", with: line + "\nRequests/sec:")
        let said = #expect(throws: OperatorProblem.self) {
            try BenchTool.answer(in: text, from: "http://shop")
        }

        #expect(said?.description.contains("http://shop") == true)
        #expect(said?.description.hasSuffix(line.drop { $0 == " " }) == true)
    }

    @Test func `call half what is half, and name another share`() {
        #expect(ReadsBench.suffix(at: 0.5) == ".half")
        #expect(ReadsBench.suffix(at: 0.451) == ".half")
        #expect(ReadsBench.suffix(at: 0.44) == ".at44percent")
        #expect(ReadsBench.suffix(at: 0.628) == ".at63percent")
    }
}
