import Foundation
import Glibc
import Synchronization

@testable import ProviderHost

/// Something at the other end of a provider host's socket that is no good host.
final class RawHost: Sendable {
    enum Manner: Equatable, Sendable {
        /// Accepts, and says nothing.
        case silent
        /// Answers the hello with noise.
        case noise
        /// Says hello, takes a call and is gone.
        case diesAtCall
        /// The same once it has taken two.
        case diesAtSecondCall
        /// Says hello, and answers a call with noise.
        case noiseAtCall
        /// Says hello, takes calls and answers none.
        case takesCalls
        /// Says hello, and answers every call with this text.
        case answers(String)
    }

    let path: String
    private let socket: Int32
    private let calls = Mutex(0)
    /// Calls that it read.
    var callCount: Int { calls.withLock { $0 } }

    init(_ manner: Manner, path: String = RawHost.freshPath()) throws {
        self.path = path
        unlink(path)
        let own = Self.open()
        socket = own
        guard Self.with(path, { bind(own, $0, $1) }) == 0, listen(own, 16) == 0 else {
            throw POSIXError(.EADDRINUSE)
        }
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(own, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { self.meet(client, manner) }
            }
        }
    }

    /// Nobody is let in any more.
    func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
        unlink(path)
        rmdir(String(path.dropLast("/socket".count)))
    }

    private func meet(_ client: Int32, _ manner: Manner) {
        defer { close(client) }
        let noise = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        switch manner {
        case .silent: while Self.frame(client) != nil {}
        case .noise:
            _ = Self.frame(client)
            _ = write(client, noise, noise.count)
            sleep(1)
        case .answers(let text):
            guard Self.greet(client) else { return }
            while let id = Self.call(client) {
                calls.withLock { $0 += 1 }
                let answer = Frame(kind: .answer, id: id, body: Array(text.utf8))
                let bytes = Self.bytes(answer)
                _ = write(client, bytes, bytes.count)
            }
        case .diesAtCall, .diesAtSecondCall, .noiseAtCall, .takesCalls:
            guard Self.greet(client) else { return }
            var left = manner == .takesCalls ? Int.max : manner == .diesAtSecondCall ? 2 : 1
            while left > 0 {
                guard Self.frame(client) != nil else { return }
                calls.withLock { $0 += 1 }
                left -= 1
            }
            if manner == .noiseAtCall { _ = write(client, noise, noise.count) }
        }
    }

    /// Says hello to who said it; false when nobody did.
    private static func greet(_ client: Int32) -> Bool {
        guard frame(client) != nil else { return false }
        let hello = Array(
            #"{"protocol":1,"contract":CONTRACT,"name":"raw"}"#
                .replacing("CONTRACT", with: "\(Hello.ours("").contract)").utf8)
        let bytes = Self.bytes(Frame(kind: .hello, id: 0, body: hello))
        return write(client, bytes, bytes.count) == bytes.count
    }

    /// The id of the next frame; nil at the end.
    private static func call(_ client: Int32) -> UInt64? {
        guard let header = read(client, 13),
            read(client, header[..<4].reduce(0) { $0 << 8 | Int($1) }) != nil
        else { return nil }
        return header[4..<12].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The body of the next frame; nil at the end.
    private static func frame(_ client: Int32) -> [UInt8]? {
        guard let header = read(client, 13) else { return nil }
        return read(client, header[..<4].reduce(0) { $0 << 8 | Int($1) })
    }

    private static func read(_ client: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(client, $0.baseAddress! + done, count - done, 0)
            }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }

    static func bytes(_ frame: Frame) -> [UInt8] {
        Array(frame.buffer(.init()).readableBytesView)
    }

    /// In a folder of its own.
    static func freshPath() -> String {
        let folder = "/tmp/guildhall-\(UInt32.random(in: 0...(.max)))"
        mkdir(folder, 0o700)
        return folder + "/socket"
    }

    /// A client that writes `bytes` and reads until the other side hangs up.
    /// - Returns: what it read.
    static func send(_ bytes: [UInt8], to path: String) -> [UInt8] {
        let client = open()
        defer { close(client) }
        guard with(path, { connect(client, $0, $1) }) == 0 else { return [] }
        _ = Glibc.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        while let byte = read(client, 1) { answer += byte }
        return answer
    }

    private static func open() -> Int32 {
        Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    }

    private static func with<Value>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
