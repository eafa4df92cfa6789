import Web

extension Browser {
    /// Sends a form with a file, as a browser does.
    public func upload(
        _ page: WebAnswer, _ action: String, _ values: [String: String],
        file: (field: String, name: String, bytes: [UInt8])
    ) async throws -> WebAnswer {
        try await upload(page, action, values, files: [file])
    }

    /// The same with several.
    public func upload(
        _ page: WebAnswer, _ action: String, _ values: [String: String],
        files: [(field: String, name: String, bytes: [UInt8])]
    ) async throws -> WebAnswer {
        let boundary = "----test-boundary"
        var body: [UInt8] = []
        var fields = values
        for name in ["formToken", "idempotencyKey"] {
            fields[name] = Self.hidden(name, in: page.text)
        }
        for (name, value) in fields {
            body += Array(
                ("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n"
                    + "\(value)\r\n").utf8)
        }
        for file in files {
            body += Array(
                ("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(file.field)\"; "
                    + "filename=\"\(file.name)\"\r\nContent-Type: text/plain\r\n\r\n").utf8)
            body += file.bytes + Array("\r\n".utf8)
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return try await raw(
            "POST", action,
            headers: [("content-type", "multipart/form-data; boundary=\(boundary)")], body: body)
    }

    private static func hidden(_ name: String, in page: String) -> String {
        guard let start = page.firstRange(of: "name=\"\(name)\" value=\"") else { return "" }
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }
}
