import Foundation
import Testing

@testable import Web

@Suite struct `A form that was refused` {
    private let page = """
        <form method="post" action="/other"><input name="price"></form>
        <form method="post" action="/listings"><input type="hidden" name="price" value="x">
        <label><span>Price</span><input name="price" value="a lot"></label>
        <label><span>Text</span><textarea name="about">b</textarea></label></form>
        """

    @Test func `says at the input what is wrong with it, and nowhere else`() {
        let fault = FormFault(action: "/listings", field: "price", explanation: "Not <a> price")

        let marked = fault.mark(page)

        #expect(
            marked.contains(
                """
                <label><span>Price</span><span class="error" id="what-is-wrong">Not &lt;a&gt; price\
                </span><input aria-invalid="true" aria-describedby="what-is-wrong" name="price" \
                value="a lot">
                """))
        #expect(marked.components(separatedBy: "aria-invalid").count == 2)
        #expect(marked.hasPrefix("<form method=\"post\" action=\"/other\"><input name=\"price\">"))
    }

    @Test func `marks what is not an input as well`() {
        let fault = FormFault(action: "/listings", field: "about", explanation: "Too long")

        #expect(fault.mark(page).contains("Too long</span><textarea aria-invalid=\"true\""))
    }

    @Test(arguments: ["nothing", "pric", "price\"x"])
    func `is left as it is when it has no such input`(field: String) {
        let fault = FormFault(action: "/listings", field: field, explanation: "No")

        #expect(fault.mark(page) == page)
    }
}

@Suite struct `What a page says to search engines` {
    @Test func `cannot end the script element that it stands in`() {
        let value = JSONValue.object(["name": "</script><script>alert(1)</script>&\u{2028}"])

        let text = value.scriptText(base: "https://shop.example")

        #expect(!text.contains("<"))
        #expect(!text.contains(">"))
        let read = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String]
        #expect(read?["name"] == "</script><script>alert(1)</script>&\u{2028}")
    }

    @Test func `gives whole addresses to paths, and leaves texts that look like one`() {
        let value = PageHead.trail([("Home", "/"), ("/makers/x", "/makers/x")])

        let text = value.scriptText(base: "https://shop.example")

        #expect(text.contains("\"item\":\"https://shop.example/makers/x\""))
        #expect(text.contains("\"name\":\"/makers/x\""))
        #expect(text.contains("\"position\":2"))
    }

    @Test func `is cut at a word`() {
        let long = Array(repeating: "handmade", count: 40).joined(separator: " \n ")

        let cut = PageHead(long, canonical: "/").description

        #expect(cut.count <= 161)
        #expect(cut.hasSuffix("handmade…"))
        #expect(!cut.contains("\n"))
    }
}

@Suite struct `The navigation` {
    @Test(arguments: [
        ("/", "/"), ("/orders", "/orders"), ("/orders/17", "/orders"),
        ("/payout-plans/3", "/payout-plans"), ("/money/statements", "/money"),
    ])
    func `shows where one is, and to which list a page belongs`(path: String, link: String) {
        let links = ["/", "/orders", "/payouts", "/payout-plans", "/money"]
            .map { Chrome.Link($0, $0) }

        #expect(LayoutPage.current(links, path) == link)
    }

    @Test func `shows nothing where no link leads`() {
        #expect(LayoutPage.current([Chrome.Link("Today", "/")], "/password") == nil)
    }
}
