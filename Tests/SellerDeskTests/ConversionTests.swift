import Testing

@testable import SellerDesk

@Suite struct `How many visits became an order` {
    @Test(arguments: [
        (1, 3, "33.3\u{a0}%"), (2, 3, "66.7\u{a0}%"), (0, 9, "0.0\u{a0}%"), (1, 2000, "0.1\u{a0}%"),
        (5, 5, "100.0\u{a0}%"),
        (3, 0, ""),
    ])
    func `is said in percent, rounded half up`(_ orders: Int, _ visits: Int, _ words: String) {
        #expect(HomePage.share(orders, of: visits) == words)
    }
}
