extension DrillTrade {
    /// Every status: who insists looks at it.
    static let all = Array(200...599)

    /// Asks with the same key until there is an answer that is a success, or `isAlsoFine`.
    /// - Throws: ``WalkProblem`` with the last answer when it takes too long, or when the answer
    ///   is a definite no.
    func insist(
        _ what: String, with key: String = "",
        or isAlsoFine: (WalkClient.Answer) -> Bool = { _ in false },
        _ ask: (String) async throws -> WalkClient.Answer
    ) async throws -> WalkClient.Answer {
        try await until(what) {
            let answer = try await ask(key)
            if answer.status < 300 || isAlsoFine(answer) { return answer }
            let isTwin = answer["type"].text?.hasSuffix("key-in-use") == true
            guard answer.status >= 500 || answer.status == 429 || isTwin else {
                throw Refused(problem: WalkProblem(expected: what, answer))
            }
            return nil
        }
    }

    /// Whether the first request under this key did what it should before whoever was to answer it
    /// died; it is not done again.
    static func wasInterrupted(_ answer: WalkClient.Answer) -> Bool {
        answer["type"].text?.hasSuffix("key-interrupted") == true
    }

    /// Tries again and again, whatever goes wrong, because somebody may just have died.
    func until(
        _ what: String, _ attempt: () async throws -> WalkClient.Answer?
    ) async throws -> WalkClient.Answer {
        let limit = ContinuousClock.now + Self.patience
        var last: WalkProblem?
        while ContinuousClock.now < limit {
            do {
                if let answer = try await attempt() { return answer }
            } catch let refused as Refused {
                throw refused.problem
            } catch let problem as WalkProblem {
                last = problem
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw DrillStuck(what: what, last: last)
    }

    private struct Refused: Error { let problem: WalkProblem }
}

/// Nobody could be brought to do it.
struct DrillStuck: Error, CustomStringConvertible {
    let what: String
    let last: WalkProblem?

    var description: String {
        "Two minutes were too short for \(what)." + (last.map { " The last trouble: \($0)" } ?? "")
    }
}
