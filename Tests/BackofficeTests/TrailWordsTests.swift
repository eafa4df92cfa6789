import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@testable import Backoffice

@Suite struct `What a thing was and is, in the trail` {
    @Test func `is said part by part, and what has parts stays for programs`() {
        let cell = TrailWords.cell(
            #"{"hold_days": 9, "state": "on_the_way", "variants": [{"sku": "A"}], "# + "\n"
                + #""payoutsFrozen": true, "owed": {"amount": 1250, "currency": "EUR"}, "x": null}"#
        )

        #expect(
            cell.value
                == "Hold days: 9 · Owed: €\u{a0}12.50 · Payouts frozen: yes · "
                + "State: on the way · X: —"
        )
        #expect(cell.code == #"{"variants":[{"sku":"A"}]}"#)
        #expect(TrailWords.cell(nil).value == "" && TrailWords.cell("{").value == "{")
        #expect(TrailWords.cell("[1]").code == "[1]")
        #expect(
            TrailWords.cell(#"{"a": "\#(String(repeating: "b ", count: 400))"}"#).value.count == 301
        )
    }

    /// A part that is cut reads as if it had been so.
    @Test func `ends with a whole part where there is no room for more`() {
        let members = (10..<60).map { "\"part_\($0)\": \"as long as this one\"" }
        let value = TrailWords.cell("{\(members.joined(separator: ","))}").value

        #expect(value.count <= 310 && value.hasSuffix(" · …"))
        let parts = value.dropLast(4).components(separatedBy: " · ")
        #expect(parts.count > 5 && parts.allSatisfy { $0.hasSuffix(": as long as this one") })
        #expect(parts.first == "Part 10: as long as this one")
    }

    @Test func `says times as times, and sums where there is nothing but a sum`() throws {
        let at = try #require(Instant("2026-11-20T10:00:00Z"))

        #expect(
            TrailWords.cell(#"{"ended_at": "2026-11-20T10:00:00Z"}"#).value
                == "Ended at: " + Format.time(at))
        let more = TrailWords.cell(#"{"a": {"amount": 1, "currency": "EUR", "rate": 2}}"#)
        #expect(more.value == "" && more.code?.contains("rate") == true)
        #expect(TrailWords.cell(#"{"list": []}"#).value == "List: —")
    }

    @Test(arguments: [("de", "Haltetage: 21"), ("fr", "Jours de retenue : 21")])
    func `is read in the language of the page`(_ language: String, _ words: String) async throws {
        try await Office.run { office in
            let scene = try await Scene(office)
            let seller = try await scene.seller("verified").id
            _ = try await office.post(
                "/api/v1/sellers/\(seller)/hold", #"{"days": 21, "reason": "New."}"#)

            let page = try await office.get("/audit?object=seller&id=\(seller)", in: language).text

            #expect(page.contains(words))
            #expect(try await office.get("/audit").text.contains("Hold days: 21"))
        }
    }
}
