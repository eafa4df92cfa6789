import ProviderKit
import Synchronization
import Vocabulary

/// Answers of the right shape with numbers that nobody means: arithmetic with one traps, and takes
/// its process along.
enum NumberCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("mapped", "numbers beyond all bounds do no harm") { subject in
            try await calls(subject)
            try await lookups(subject)
            try await webhooks(subject)
        }
    ]

    static let absurd = [Int64.max, Int64.min]

    private static func calls(_ subject: Subject) async throws {
        for act in MoneyAct.all {
            let count: Int
            do { count = try await act.requests(subject) } catch is DoesNotApply { continue }
            for position in 0..<count {
                for number in absurd {
                    let trial = try subject.trial()
                    let prepared = try await act.prepare(trial)
                    trial.wire.set(fault(number), at: position)
                    _ = try await prepared.call(trial.context())
                }
            }
        }
    }

    private static func lookups(_ subject: Subject) async throws {
        let trial = try subject.trial()
        for read in try await ReadCases.reads(trial) {
            let keys = Keys()
            trial.wire.set(
                .changed { response in
                    keys.note(JSONNumbers.keys(of: response.body))
                    return response
                })
            _ = await read.ask()
            for number in absurd {
                // All at once, and one by one: the first that is refused hides the others.
                for key in [nil] + keys.found.sorted().map(Optional.some) {
                    trial.wire.set(fault(number, under: key))
                    _ = await read.ask()
                }
            }
            trial.wire.set(nil)
            guard case .success(true) = await read.ask() else {
                throw Breach("\(read.name) is not found any more")
            }
        }
    }

    private static func webhooks(_ subject: Subject) async throws {
        let post: Post
        do { post = try await Post(subject) } catch is DoesNotApply { return }
        for body in post.bodies {
            for number in absurd {
                for key in [nil] + JSONNumbers.keys(of: body).sorted().map(Optional.some) {
                    let odd = JSONNumbers.replaced(in: body, by: number, under: key)
                    let delivery = post.delivery(odd)
                    guard let webhook = try? await post.trial.provider.verifying(delivery) else {
                        continue
                    }
                    _ = await post.trial.calling { () throws(ProviderError) in
                        try await post.payments.events(in: webhook, post.trial.context())
                    }
                }
            }
        }
    }

    private static func fault(_ number: Int64, under key: String? = nil) -> WireFault {
        .changed { response in
            var response = response
            response.body = JSONNumbers.replaced(in: response.body, by: number, under: key)
            return response
        }
    }

    private final class Keys: Sendable {
        private let keys = Mutex<Set<String>>([])
        var found: Set<String> { keys.withLock { $0 } }
        func note(_ some: Set<String>) { keys.withLock { $0.formUnion(some) } }
    }
}

/// The numbers of a text in JSON.
enum JSONNumbers {
    /// Under which keys there are any, the names of arrays counting for what is in them.
    static func keys(of body: [UInt8]) -> Set<String> {
        var keys: Set<String> = []
        walk(body) { _, key in
            keys.insert(key)
            return nil
        }
        return keys
    }

    /// - Parameter key: only what stands under it; everything when nil.
    static func replaced(
        in body: [UInt8], by number: Int64, under key: String? = nil
    ) -> [UInt8] {
        walk(body) { _, found in key == nil || key == found ? Array(String(number).utf8) : nil }
    }

    /// - Parameter change: given a number and its key, says what stands there instead; nil leaves
    ///   it.
    @discardableResult
    private static func walk(
        _ body: [UInt8], _ change: (ArraySlice<UInt8>, String) -> [UInt8]?
    ) -> [UInt8] {
        var result: [UInt8] = []
        var keys: [String] = []
        var key = ""
        var text = ""
        var index = 0
        while index < body.count {
            let start = index
            let byte = body[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                while index < body.count, body[index] != UInt8(ascii: "\"") {
                    index += body[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                index = min(index + 1, body.count)
                text = String(decoding: body[start..<index].dropFirst().dropLast(), as: UTF8.self)
            case UInt8(ascii: ":"): key = text
            case UInt8(ascii: "{"), UInt8(ascii: "["): keys.append(key)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): key = keys.popLast() ?? ""
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                while index < body.count, isOfNumber(body[index]) { index += 1 }
                if let other = change(body[start..<index], key) {
                    result += other
                    continue
                }
            default: break
            }
            result += body[start..<index]
        }
        return result
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
    }
}
