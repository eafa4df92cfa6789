import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import ProviderKit

extension WebRequest {
    /// The header's key; nil when none was sent.
    /// - Throws: ``WebRefusal/keyMalformed`` for one that is empty, too long or not plain ASCII.
    func idempotencyKey() throws(WebRefusal) -> String? {
        guard let key = headers[.idempotencyKey] else { return nil }
        guard (1...OnceKey.lengthMax).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .keyMalformed }
        return key
    }

    /// Runs `work` at most once for this actor and key; a repeat gets the first answer again, byte
    /// for byte.
    /// - Throws: ``WebRefusal/keyInUse`` for a twin under way, ``WebRefusal/keyReused`` for the
    ///   same key with another request, ``WebRefusal/keyInterrupted`` where the first one changed
    ///   something and was broken off.
    ///
    /// A form that was refused is filled in again and sent with the key that it had, so for forms
    /// refusals are not kept.
    /// - Parameter effect: how the operation's effect is kept from happening twice.
    /// - Parameter twinLooks: how often to look, ten times in a second, whether a twin under way
    ///   is done. A program asks again by itself; a person who clicked twice sees the last answer.
    func once(
        _ key: String, actor: String, body: [UInt8], keepsRefusals: Bool = true,
        effect: OnceEffect = .marked, twinLooks: Int = 0,
        _ work: @Sendable (ClaimedKey) async throws -> Response
    ) async throws -> Response {
        let key = OnceKey(
            actor: actor, key: key,
            fingerprint: sha256(Array("\(method.rawValue) \(path)\n".utf8) + body),
            route: "\(method.rawValue) \(trace.notes.withLock { $0.route })")
        let once = marketplace.once
        var (outcome, claim) =
            effect == .answered
            ? try await once.beginWithEffect(key)
            : (try await once.begin(key), ClaimedKey(key))
        var looksLeft = twinLooks
        while true {
            switch outcome {
            case .fresh: break
            case .inProgress:
                guard looksLeft > 0 else { throw WebRefusal.keyInUse }
                looksLeft -= 1
                try await Task.sleep(for: .milliseconds(100))
                (outcome, claim) = (try await once.begin(key), ClaimedKey(key))
                continue
            case .mismatch: throw WebRefusal.keyReused
            case .interrupted: throw WebRefusal.keyInterrupted
            case .replay(let answer): return answer.response
            }
            do {
                return try await answer(claim, keepsRefusals: keepsRefusals, effect, work)
            } catch is OnceKeyTaken {
                // A twin was first; this one has left nothing behind, and gives the twin's answer.
                (outcome, claim) = (try await once.begin(key), ClaimedKey(key))
            }
        }
    }

    private func answer(
        _ claim: ClaimedKey, keepsRefusals: Bool, _ effect: OnceEffect,
        _ work: @Sendable (ClaimedKey) async throws -> Response
    ) async throws -> Response {
        let once = marketplace.once
        let response: Response
        do {
            response =
                effect == .marked
                ? try await once.acting(on: claim) { try await work(claim) }
                : try await work(claim)
        } catch let taken as OnceKeyTaken {
            throw taken
        } catch {
            let problem = Problem(error)
            // A definite no is an answer; a fault may be tried again.
            let isFault = problem.status.code >= 500 || problem.status == .tooManyRequests
            guard keepsRefusals, !isFault else {
                if isFault {
                    try await once.interrupt(claim)
                } else {
                    try await once.abandon(claim)
                }
                throw error
            }
            response = site.answer(to: problem, self)
        }
        guard claim.kept == nil else { return response }
        let isRefused = response.status.code >= 400 || trace.notes.withLock { $0.isRefused }
        guard keepsRefusals || !isRefused else {
            try await once.abandon(claim)
            return response
        }
        let bytes = try await response.collected()
        try await once.finish(
            claim,
            OnceAnswer(
                status: response.status.code, contentType: response.headers[.contentType],
                location: response.headers[.location], body: bytes))
        return Response(
            status: response.status, headers: response.headers,
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// How an operation that repeats its first answer is kept from being carried out again after its
/// process died between its effect and its answer.
enum OnceEffect: Sendable {
    /// Its first change is marked, and it is not carried out again after that.
    case marked
    /// It keeps its answer in the transaction of its effect.
    case answered
    /// It may be carried out again: it finds what is there by a key of its own, or what is there
    /// gives way to it.
    case found
}

extension OnceAnswer {
    fileprivate var response: Response {
        var headers: HTTPFields = [.cacheControl: "no-store", .idempotentReplayed: "true"]
        if let contentType { headers[.contentType] = contentType }
        if let location { headers[.location] = location }
        return Response(
            status: .init(code: status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Response {
    /// The whole body, which is in memory already for everything that we keep.
    func collected() async throws -> [UInt8] {
        let collector = BodyCollector()
        try await body.write(collector)
        return collector.bytes.withLock { $0 }
    }
}
