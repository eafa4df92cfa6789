import Kernel
import Web

extension Nonsense {
    /// What no browser sends in place of a form: too long, no text, broken off, of another type. A
    /// page says so before anything is done.
    public func complaintsOfFormBytes() async throws -> [String] {
        let plain = "application/x-www-form-urlencoded"
        let parts = "multipart/form-data; boundary=b"
        let long = ("content-length", "104857600")
        var found: [String] = []
        for policy in app.policies where policy.method == "POST" && policy.form != nil {
            let path = PathPattern.path(policy.pattern, Self.value(of:))
            let isText = policy.takesFiles ? [400, 415] : [415]
            let cases: [(String, String, [(String, String)], [UInt8], [Int])] = [
                ("100 MB", plain, [long], [], [413]),
                ("100 MB of files", parts, [long], [], policy.takesFiles ? [413] : [415]),
                ("broken escapes", plain, [], Array("a=%FF&b=%4".utf8), [400]),
                ("no UTF-8", plain, [], [0x61, 0x3D, 0xC3, 0x28], [400]),
                ("NUL", plain, [], Array("a=%00".utf8), [400]),
                (
                    "a thousand fields and one", plain, [],
                    Array(String(repeating: "a=1&", count: 1001).utf8), [422]
                ),
                ("half a part", parts, [], Array("--b\r\nContent-Disposition: x".utf8), isText),
                ("another type", "text/plain", [], [0x61], [415]),
            ]
            for (name, type, more, bytes, statuses) in cases {
                // Each from another address: some routes take few from one.
                let answer = try await Browser(app).raw(
                    "POST", path,
                    headers: [
                        ("accept", "text/html"), ("content-type", type),
                        ("authorization", "Bearer \(token)"),
                    ] + more, body: bytes)
                let isPage = answer.header("content-type")?.hasPrefix("text/html") == true
                // A path is looked at first, and may be nothing that is there.
                let isElsewhere = answer.status == 404 && !PathPattern.names(policy.pattern).isEmpty
                if !(statuses.contains(answer.status) || isElsewhere) || !isPage {
                    found.append("POST \(policy.pattern), \(name): \(answer.status)")
                }
            }
        }
        return found
    }
}
