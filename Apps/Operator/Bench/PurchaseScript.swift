import Foundation
import Kernel

/// What tells wrk to buy: each connection is a customer of its own who checks out and pays, over
/// and over. wrk costs the machine a third of what a client in this process did.
struct PurchaseScript: Sendable {
    let customers: [BenchCustomer]
    let catalogue: BenchCatalogue

    private let path =
        FileManager.default.temporaryDirectory.path
        + "/guildhall-bench-\(ProcessInfo.processInfo.processIdentifier)-purchases.lua"

    /// What became of a run.
    struct Answer: Sendable {
        let count: Int
        let p50Ms: Double
        let p99Ms: Double
    }

    init(_ customers: [BenchCustomer], of catalogue: BenchCatalogue) {
        self.customers = customers
        self.catalogue = catalogue
    }

    /// Buys for so many seconds with all customers at once.
    /// - Throws: ``OperatorProblem`` that repeats the first answer that was not a 201.
    func run(seconds: Int) async throws -> Answer {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { unlink(path) }
        guard let server = customers.first?.server else {
            throw OperatorProblem("Nobody is there to buy.")
        }
        let count = customers.count
        let output = try await BenchTool.run(
            "wrk",
            [
                "-t\(count)", "-c\(count)", "-d\(seconds)s", "--timeout", "30s", "-s", path,
                server,
            ], package: "wrk")
        let lines = output.split(separator: "\n").map {
            $0.split(separator: " ", maxSplits: 1).map(String.init)
        }
        func value(_ name: String) -> String? { lines.first { $0.first == name }?.last }
        if let refused = value("refused") { throw OperatorProblem("A purchase was \(refused)") }
        try BenchTool.requireAnswers(in: output, from: server)
        guard let count = value("purchases").flatMap({ Int($0) }),
            let p50 = value("p50").flatMap({ Double($0) }),
            let p99 = value("p99").flatMap({ Double($0) })
        else { throw OperatorProblem("wrk said something unexpected: \(output.suffix(300))") }
        return Answer(count: count, p50Ms: p50, p99Ms: p99)
    }

    /// Each of wrk's threads has one connection, so that what a thread remembers is one customer's.
    private var text: String {
        let third = catalogue.listings / 3
        let address = BenchBuyer.address
        let lines = address.lines.map { "\"\($0)\"" }.joined(separator: ",")
        let cookies = customers.map { "\"\($0.cookies)\"" }.joined(separator: ",")
        let variant = BenchCatalogue.variant(1)?.description.dropLast(12) ?? ""
        return """
            local ffi = require("ffi")
            ffi.cdef "typedef struct { long s; long ns; } moment; int clock_gettime(int, moment *);"
            local cookies = {\(cookies)}
            local threads = {}

            function setup(thread)
                thread:set("number", #threads + 1)
                table.insert(threads, thread)
            end

            local function now()
                local m = ffi.new("moment")
                ffi.C.clock_gettime(1, m)
                return tonumber(m.s) * 1000 + tonumber(m.ns) / 1000000
            end

            local run, sent, began, checkout, total = 0, 0, 0, nil, nil
            took = {}
            refused = ""

            function init()
                math.randomseed(os.time() * 1000 + number)
                run = string.format("%012x", math.random(2 ^ 47))
            end

            local function post(path, body)
                sent = sent + 1
                return wrk.format("POST", path, {
                    ["Content-Type"] = "application/json", ["Cookie"] = cookies[number],
                    ["Idempotency-Key"] = string.format("%s-%d-%d", run, number, sent),
                }, body)
            end

            local function line(from)
                return string.format('{"variantId":"\(variant)%012x","quantity":1}',
                    from + math.random(\(third)))
            end

            function request()
                if checkout == nil then
                    began = now()
                    return post("/api/v1/checkouts", '{"lines":[' .. line(0) .. ","
                        .. line(\(third)) .. "," .. line(\(2 * third))
                        .. '],"email":"grace@example.test","address":{"name":"\(address.name)",'
                        .. '"lines":[\(lines)],"city":"\(address.city)",'
                        .. '"postalCode":"\(address.postalCode ?? "")",'
                        .. '"country":"\(address.country)"}}')
                end
                return post("/api/v1/purchases", '{"checkoutId":"' .. checkout
                    .. '","expectedTotal":{"amount":' .. total .. ',"currency":"EUR"},'
                    .. '"instanceId":"\(customers.first.map { $0.instance.description } ?? "")",'
                    .. '"method":"card"}')
            end

            function response(status, headers, body)
                if status ~= 201 then
                    if refused == "" then refused = "answered " .. status .. ": " .. body end
                    checkout = nil
                elseif checkout == nil then
                    checkout = body:match('"id":"([^"]+)"')
                    total = body:match('"totals":.-"total":{"amount":(%d+)')
                else
                    took[#took + 1] = now() - began
                    checkout = nil
                end
            end

            function done()
                local all = {}
                for _, thread in ipairs(threads) do
                    local bad = thread:get("refused")
                    if bad ~= "" then print("refused " .. bad) end
                    for _, ms in ipairs(thread:get("took")) do all[#all + 1] = ms end
                end
                table.sort(all)
                print("purchases " .. #all)
                if #all > 0 then
                    print("p50 " .. all[math.ceil(#all * 0.5)])
                    print("p99 " .. all[math.ceil(#all * 0.99)])
                end
            end
            """
    }
}
