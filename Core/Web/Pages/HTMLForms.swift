import ProviderKit

/// What Web puts into every form that posts.
enum HTMLForms {
    static let tokenName = "formToken"
    static let keyName = "idempotencyKey"

    /// `page` with a form token and an idempotency key in each `<form method="post">` that leads to
    /// us, and how many there were.
    static func fill(_ page: String, token: () -> String) -> (page: String, forms: Int) {
        let bytes = Array(page.utf8)
        let needle = Array("<form".utf8)
        let post = Array("method=\"post\"".utf8)
        let elsewhere = Array("action=\"http".utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 512)
        var forms = 0
        var copied = 0
        var index = 0
        while let start = bytes[index...].firstIndex(of: needle[0]) {
            index = start + 1
            guard bytes[start...].starts(with: needle),
                let end = bytes[start...].firstIndex(of: UInt8(ascii: ">"))
            else { continue }
            index = end + 1
            let tag = bytes[start...end]
            guard contains(post, in: tag), !contains(elsewhere, in: tag) else { continue }
            forms += 1
            output += bytes[copied..<index]
            copied = index
            output += hidden(tokenName, token()).utf8
            output += hidden(keyName, base64(randomBytes(16), urlSafe: true)).utf8
        }
        guard forms > 0 else { return (page, 0) }
        output += bytes[copied...]
        return (String(decoding: output, as: UTF8.self), forms)
    }

    private static func contains(_ needle: [UInt8], in tag: ArraySlice<UInt8>) -> Bool {
        tag.indices.contains { tag[$0...].starts(with: needle) }
    }

    private static func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }
}
