import ProviderKit

/// What Web puts into every form that posts.
enum HTMLForms {
    static let tokenName = "formToken"
    static let keyName = "idempotencyKey"

    /// `page` with a form token and an idempotency key in each `<form method="post">`, and how
    /// many there were.
    static func fill(_ page: String, token: () -> String) -> (page: String, forms: Int) {
        let bytes = Array(page.utf8)
        let needle = Array("<form".utf8)
        let post = Array("method=\"post\"".utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 512)
        var forms = 0
        var index = 0
        while index < bytes.count {
            guard bytes[index] == needle[0], bytes[index...].starts(with: needle),
                let end = bytes[index...].firstIndex(of: UInt8(ascii: ">"))
            else {
                output.append(bytes[index])
                index += 1
                continue
            }
            let tag = bytes[index...end]
            output += tag
            index = end + 1
            guard contains(post, in: tag) else { continue }
            forms += 1
            output += hidden(tokenName, token()).utf8
            output += hidden(keyName, base64(randomBytes(16), urlSafe: true)).utf8
        }
        return (String(decoding: output, as: UTF8.self), forms)
    }

    private static func contains(_ needle: [UInt8], in tag: ArraySlice<UInt8>) -> Bool {
        tag.indices.contains { tag[$0...].starts(with: needle) }
    }

    private static func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }
}
