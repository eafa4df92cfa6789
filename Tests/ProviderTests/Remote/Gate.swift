import Dispatch

/// Holds whoever comes, thread and all, until it is opened; not for good, so that a test which has
/// failed comes to its end.
final class Gate: Sendable {
    static let longest = DispatchTimeInterval.seconds(120)

    private let semaphore = DispatchSemaphore(value: 0)

    func hold() { _ = semaphore.wait(timeout: .now() + Self.longest) }

    func open() { for _ in 0..<1000 { semaphore.signal() } }
}
