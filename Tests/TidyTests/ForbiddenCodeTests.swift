import Testing

/// Constructs that end a process or hide a fault, and what to write instead.
@Suite struct `Code that is not written here` {
    struct Ban: Sendable {
        let text: String
        let instead: String
        /// Path prefixes where it may stand, each for a reason that its file gives.
        var except: [String] = []
    }

    static let bans = [
        Ban(text: "try!", instead: "try, and let the fault travel"),
        Ban(text: "as!", instead: "as? and a refusal or a fault"),
        Ban(
            text: "fatalError(", instead: "throw, or precondition for our own bugs",
            except: ["Core/Postgres", "Core/Redis", "Core/Reactor"]),
        Ban(text: "FIXME", instead: "mend it now"),
        Ban(text: "TODO", instead: "do it now, or file an issue and leave the line out"),
        Ban(text: "[String: Any]", instead: "a struct"),
        Ban(
            text: "UUID()", instead: "ID(), which sorts by time",
            // The names of folders for a moment.
            except: ["Apps/Operator/Commands/ModuleCommand.swift"]),
        Ban(
            text: "Date()", instead: "an Instant that is passed in",
            except: ["Apps/Operator", "Core/ProviderHost"]),
        Ban(text: "Task.detached", instead: "a task group, or a job", except: detached),
        Ban(
            text: "Task {", instead: "a task group, or a job in the transaction", except: tasks),
        Ban(text: "nonisolated(unsafe)", instead: "a Mutex or an actor", except: unsafe),
        Ban(text: "@unchecked Sendable", instead: "a Mutex or an actor", except: unsafe),
    ]

    /// Stopping must go on when the task that asked for it was cancelled.
    static let detached = ["Apps/Operator/Supervising/Supervisor.swift"]
    /// What outlives the call that began it, and why that is right.
    static let tasks = [
        // The bench's own worker beside what is measured.
        "Apps/Operator/Bench/BenchMarket.swift",
        "Apps/Operator/Bench/BenchHost.swift",
        // Signals arrive while the children are waited for.
        "Apps/Operator/Supervising/UpCommand.swift",
        // Pools close when the services are told to stop, whoever waits.
        "Apps/Operator/Wiring.swift",
        // A job's outcome is written though its worker is being stopped.
        "Core/Kernel/Jobs/Worker.swift",
        // A module that does not listen to cancellation is left behind at its deadline.
        "Core/ProviderHost/CutOff.swift",
        // Looks after the deadlines of everybody's calls, whoever's was the first.
        "Core/ProviderHost/AlarmClock.swift",
        // Calls go on though the connection that brought them has broken: they may move money.
        "Core/ProviderHost/Remote/",
        // Everybody who asks a program while it starts waits for the same start.
        "Core/ProviderHost/Child/",
        // Processes are killed and kept alive beside what is asked of them.
        "Apps/Operator/Drill/",
        // Runs until the bank is told to stop.
        "Plugins/Payments/SandboxBank/SandboxBank.swift",
    ]
    /// Wrappers over C pointers, and threads of our own: their locks are not Swift's.
    static let unsafe = [
        "Core/Reactor", "Core/Postgres", "Core/Redis", "Core/ProviderHost",
        "Core/Kernel/WorkThreads.swift", "Core/ProviderKit/Sources/ProviderKit",
        "Apps/Operator/Observing",
    ]

    @Test(arguments: bans.map(\.text)) func `no forbidden construct`(_ text: String) throws {
        let ban = try #require(Self.bans.first { $0.text == text })
        var faults: [String] = []
        for file in SourceTree.files
        where !file.isUnder("Tests") && !ban.except.contains(where: file.path.hasPrefix) {
            // Words in comments count for these two only: elsewhere a comment may name a trap.
            let inComments = ["FIXME", "TODO"].contains(text)
            for (index, line) in (inComments ? file.lines : file.code).enumerated()
            where Self.contains(line, text) {
                faults.append("\(file.at(index)) \(line.drop(while: { $0 == " " }))")
            }
        }

        #expect(faults.isEmpty, "\(list(faults, "Instead of \(text): \(ban.instead)."))")
    }

    /// Where a floating-point number is right, and why; none of them is money.
    static let floating = [
        "Core/Kernel/Imports/ProductFile.swift": "weights in files have decimals",
        "Core/JSONText/JSONBytesEncoder.swift": "JSON has such numbers, whoever writes one",
        "Core/Kernel/Listings/ListingCard.swift": "how well a text fits is a fraction",
        "Core/Kernel/Listings/PublicListing.swift": "an average of stars, for showing",
    ]

    @Test func `money is never a floating-point number`() {
        var faults: [String] = []
        for file in SourceTree.files
        where file.isUnder("Core/ProviderKit/Sources/Vocabulary") || file.isUnder("Core/Kernel") {
            guard Self.floating[file.path] == nil else { continue }
            for (index, line) in file.code.enumerated() {
                let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
                if words.contains("Double") || words.contains("Float") {
                    faults.append(file.at(index))
                }
            }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Use Money, PartsPerMillion or integers with their unit named."))")
    }

    @Test func `a failing call is not mistaken for an absent thing`() {
        var faults: [String] = []
        for file in SourceTree.files where file.isUnder("Core/Kernel") || file.isUnder("Core/Web") {
            for (index, line) in file.code.enumerated()
            where line.contains("try? await") && !line.contains("Task.sleep") {
                faults.append(file.at(index))
            }
        }

        #expect(
            faults.isEmpty, "\(list(faults, "Let the fault travel: nil means absent, no more."))")
    }

    private static func contains(_ line: String, _ text: String) -> Bool {
        guard let range = line.range(of: text) else { return false }
        // `as!` inside a word such as `has!` is something else.
        guard let first = text.first, first.isLetter, range.lowerBound > line.startIndex else {
            return true
        }
        let before = line[line.index(before: range.lowerBound)]
        return !before.isLetter && !before.isNumber && before != "\""
    }
}
