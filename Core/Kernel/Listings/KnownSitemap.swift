import Synchronization
import Vocabulary

/// One file of the sitemap; a second or further one of its kind says where it begins.
public enum SitemapFile: Hashable, Sendable {
    /// Makers whose shops are open.
    case makers(from: ID<Seller>?)
    /// Things for sale that were made in a month.
    case things(StatementMonth, from: ID<Listing>?)
}

/// The sitemap's list of files, kept by a process for some minutes.
///
/// To know where files begin, all that is for sale has to be counted, and anybody may ask. So one
/// at a time counts: whoever asks first, and when the time of the list is over, whoever asks then.
/// Others get the list before that, and wait only while there is none. Search engines read it once
/// a day: some minutes late it is as good.
final class KnownSitemap: Sendable {
    static let lifetime = Duration.seconds(600)
    /// How long somebody waits for the first list before being asked to come again.
    static let waitMax = Duration.seconds(10)
    /// How often who waits looks.
    private static let pause = Duration.milliseconds(20)

    private struct State {
        var files: [SitemapFile]?
        var until = ContinuousClock.now
        var isCounting = false
    }

    private enum Turn {
        case read([SitemapFile])
        case count
        case wait
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// What is known, else what `count` returns.
    /// - Throws: what `count` throws, to who counts; ``WorkRefusal/busy(seconds:)`` to who waited
    ///   too long.
    func files(_ count: () async throws -> [SitemapFile]) async throws -> [SitemapFile] {
        let end = now() + Self.waitMax
        while true {
            switch turn() {
            case .read(let files): return files
            case .count:
                // Also when it fails: somebody else tries then.
                defer { state.withLock { $0.isCounting = false } }
                let files = try await count()
                let until = now() + Self.lifetime
                state.withLock { ($0.files, $0.until) = (files, until) }
                return files
            case .wait:
                guard now() < end else { throw WorkRefusal.busy(seconds: 5) }
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func turn() -> Turn {
        let now = now()
        return state.withLock { state in
            if let files = state.files, now < state.until || state.isCounting {
                return .read(files)
            }
            if state.isCounting { return .wait }
            state.isCounting = true
            return .count
        }
    }
}
