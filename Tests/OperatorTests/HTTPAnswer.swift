import Foundation
import Glibc

/// One HTTP request over a socket of its own, as no more than these tests need.
struct HTTPAnswer: Sendable {
    let status: Int
    /// With names in lower case.
    let headers: [String: String]
    let body: String

    /// Asks 127.0.0.1. Nil when nobody listens there.
    static func get(
        _ port: Int, _ path: String, headers: [String: String] = [:]
    ) async throws -> HTTPAnswer? {
        try await ask("GET", port, path, headers: headers, body: "")
    }

    /// - Parameter body: JSON.
    static func post(_ port: Int, _ path: String, _ body: String) async throws -> HTTPAnswer? {
        try await ask("POST", port, path, headers: ["content-type": "application/json"], body: body)
    }

    private static func ask(
        _ method: String, _ port: Int, _ path: String, headers: [String: String], body: String
    ) async throws -> HTTPAnswer? {
        var text = "\(method) \(path) HTTP/1.1\r\nhost: 127.0.0.1:\(port)\r\n"
        let all = headers.merging([
            "connection": "close", "content-length": String(body.utf8.count),
        ]) { given, _ in given }
        for (name, value) in all { text += "\(name): \(value)\r\n" }
        let request = Array((text + "\r\n" + body).utf8)
        // Sockets block, and Swift's threads must not.
        let answer: [UInt8]? = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: exchange(port, request)) }
        }
        return try answer.map { try HTTPAnswer(String(decoding: $0, as: UTF8.self)) }
    }

    private static func exchange(_ port: Int, _ request: [UInt8]) -> [UInt8]? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected,
            send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) > 0
        else { return nil }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return answer }
            answer += buffer[..<count]
        }
    }

    private init(_ text: String) throws {
        guard let end = text.range(of: "\r\n\r\n") else { throw NoAnswer(text: text) }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        guard let word = lines[0].split(separator: " ").dropFirst().first, let status = Int(word)
        else { throw NoAnswer(text: text) }
        self.status = status
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] =
                parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        self.headers = headers
        body = String(text[end.upperBound...])
    }

    struct NoAnswer: Error { let text: String }
}
