import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `An answer in fewer bytes` {
    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("br, gzip", true), ("GZIP;q=0.5", true),
            ("*", true), ("gzip;q=0", false), ("gzip; q=0.0, br", false), ("deflate, br", false),
        ] as [(String?, Bool)])
    func `is for whoever understands gzip`(_ header: String?, _ isWanted: Bool) {
        #expect(Compression.isWanted(header) == isWanted)
    }

    @Test func `is the same answer`() throws {
        let text = Array(String(repeating: "By hand. ", count: 2000).utf8)

        let packed = try #require(Gzip.compress(text, level: Gzip.quick))

        #expect(packed.count < text.count / 20)
        #expect(try unpacked(packed) == text)
        let none = try #require(Gzip.compress([], level: Gzip.best))
        #expect(try unpacked(none).isEmpty)
    }

    @Test func `is given for pages and static files, each with its own name`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let app = try TestSite(market).app
            let gzip = [("accept-encoding", "gzip, deflate, br"), ("accept", "text/html")]
            let plain = try await app.answer("GET", "/sign-in", headers: [("accept", "text/html")])
            let packed = try await app.answer("GET", "/sign-in", headers: gzip)

            #expect(packed.header("content-encoding") == "gzip")
            #expect(packed.header("vary") == "Accept-Encoding")
            #expect(packed.header("content-length") == "\(packed.body.count)")
            #expect(plain.header("content-encoding") == nil)
            #expect(plain.header("vary") == "Accept-Encoding")
            #expect(packed.body.count < plain.body.count)
            #expect(try unpacked(packed.body).count == plain.body.count)

            let start = try #require(plain.text.firstRange(of: "/assets/"))
            let path = String(plain.text[start.lowerBound...].prefix { $0 != "\"" })
            let sheet = try await app.answer("GET", path)
            let packedSheet = try await app.answer("GET", path, headers: gzip)
            #expect(try unpacked(packedSheet.body) == sheet.body)
            let (tag, packedTag) = (
                try #require(sheet.header("etag")), try #require(packedSheet.header("etag"))
            )
            #expect(tag != packedTag)
            let known = try await app.answer("GET", path, headers: [("if-none-match", tag)])
            #expect(known.status == 304)
            #expect(known.body.isEmpty)
            let other = try await app.answer(
                "GET", path, headers: gzip + [("if-none-match", tag)])
            #expect(other.status == 200)
            let same = try await app.answer(
                "GET", path, headers: gzip + [("if-none-match", "\"x\", W/\(packedTag)")])
            #expect(same.status == 304)
        }
    }

    @Test func `tells nothing of the token that forms carry`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let browser = Browser(try TestSite(market).app)
            func token(_ page: WebAnswer) throws -> String {
                let start = try #require(page.text.firstRange(of: "name=\"formToken\" value=\""))
                return String(page.text[start.upperBound...].prefix { $0 != "\"" })
            }
            let first = try await browser.get("/sign-in")
            let second = try await browser.get("/sign-in")

            #expect(try token(first) != token(second))
            for page in [first, second] {
                let fields = [("formToken", try token(page)), ("email", "a"), ("password", "b")]
                #expect(try await browser.post("/sign-in", fields).status != 403)
            }
            let halves = try token(second).prefix(43) + token(first).suffix(43)
            let refused = try await browser.post(
                "/sign-in", [("formToken", String(halves)), ("email", "a"), ("password", "b")])
            #expect(refused.status == 403 || refused.text.contains("expired"))
        }
    }

    private func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        let path = "/tmp/guildhall-gzip-\(ID<Listing>())"
        defer {
            unlink(path)
            unlink(path + ".out")
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let run = ProgramRun(
            "/usr/bin/gzip", ["-dc"], within: .seconds(10), output: path + ".out", input: path)
        #expect(run.run() == .exited(0))
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".out")))
    }
}
