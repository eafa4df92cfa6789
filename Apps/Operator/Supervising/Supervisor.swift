import Foundation
import Glibc

/// Keeps children alive until it is told to stop, and then stops them: gracefully first, after a
/// deadline by force, and nothing but them.
actor Supervisor {
    private var running: [String: ChildProcess] = [:]
    /// Those that another of their name has been started beside; they end by themselves.
    private var leaving: [pid_t: ChildProcess] = [:]
    private var isStopping = false
    /// Whether ``stop(_:)`` is through: no child is left.
    private(set) var hasStopped = false
    private let relay: LogRelay
    private let deadline: Duration
    private let tell: @Sendable (String) -> Void

    init(relay: LogRelay, deadline: Duration, tell: @escaping @Sendable (String) -> Void) {
        self.relay = relay
        self.deadline = deadline
        self.tell = tell
    }

    /// Runs `spec` and starts it again whenever it ends, until ``stop(_:)``.
    func keepAlive(_ spec: ChildSpec) async {
        var policy = spec.restart
        while !isStopping {
            let began = ContinuousClock.now
            let ending: String
            do {
                let child = try ChildProcess.start(spec)
                running[spec.name] = child
                relay.follow(child.output, as: spec.name)
                let exit = await ended(child)
                if leaving.removeValue(forKey: child.pid) != nil { return }
                running[spec.name] = nil
                ending = "ended with \(exit)"
            } catch {
                ending = "did not start: \(error)"
            }
            guard !isStopping else { return }
            let delay = policy.delay(afterLiving: ContinuousClock.now - began)
            tell(
                "\(spec.name) \(ending); its log is \(relay.path(of: spec.name)). "
                    + "It is started again in \(Int(delay / .milliseconds(1))) ms.")
            do { try await Task.sleep(for: delay) } catch { return }
        }
    }

    /// Starts `spec` beside the child of that name, which ends once the new one has taken its
    /// work over; from then on as ``keepAlive(_:)``.
    func replace(_ spec: ChildSpec) async {
        guard !isStopping, let old = running[spec.name] else { return }
        leaving[old.pid] = old
        tell("\(spec.name) is put anew, as was asked.")
        await keepAlive(spec)
    }

    /// Ends all children named in `order`, one group after the other. Returns when none is left.
    func stop(_ order: [[String]]) async {
        isStopping = true
        for child in leaving.values { child.send(SIGTERM) }
        for group in order {
            for name in group { running[name]?.send(SIGTERM) }
            let limit = ContinuousClock.now + deadline
            while group.contains(where: { running[$0] != nil }), ContinuousClock.now < limit {
                await pause()
            }
            for name in group where running[name] != nil {
                tell("\(name) did not stop in time and is stopped by force.")
                running[name]?.send(SIGKILL)
            }
            while group.contains(where: { running[$0] != nil }) { await pause() }
        }
        for child in leaving.values { child.send(SIGKILL) }
        while !leaving.isEmpty { await pause() }
        hasStopped = true
    }

    /// Ends everything at once, for somebody who presses Ctrl-C twice.
    func stopNow() {
        isStopping = true
        for child in running.values { child.send(SIGKILL) }
        for child in leaving.values { child.send(SIGKILL) }
    }

    /// Ends a child that does not answer any more. ``keepAlive(_:)`` starts it again.
    func strike(_ name: String) {
        guard !isStopping, let child = running[name] else { return }
        tell("\(name) does not answer any more and is ended by force.")
        child.send(SIGKILL)
    }

    /// Whether a child of this name runs at the moment.
    func isRunning(_ name: String) -> Bool { running[name] != nil }

    private func ended(_ child: ChildProcess) async -> ChildExit {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: child.wait()) }
        }
    }

    /// In a task of its own, because whoever stops waits for the children even when cancelled.
    private func pause() async {
        await Task.detached { _ = try? await Task.sleep(for: .milliseconds(20)) }.value
    }
}
