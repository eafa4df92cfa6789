import Foundation
import Glibc

/// Orders to die at a step, as files in a folder: whoever reaches the step first takes the file
/// away and carries it out, exactly once among all processes.
///
/// An empty file kills the process that reached the step; a number in it is the process that is
/// killed instead, with its children: PostgreSQL, from within a statement's caller.
struct DrillOrders: Sendable {
    let folder: String

    /// What a process calls at every step. Costs one system call where no order lies.
    @Sendable func reached(_ step: String) {
        let path = folder + "/" + step
        guard let bytes = FileManager.default.contents(atPath: path),
            rename(path, path + Self.doneSuffix) == 0
        else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        if let victim = pid_t(text) {
            Self.kill(victim)
        } else {
            Glibc.kill(getpid(), SIGKILL)
        }
    }

    /// Leaves an order: `victim` is killed at `step`, or whoever reaches it.
    func give(_ step: String, victim: pid_t?) throws {
        let text = victim.map(String.init) ?? ""
        // Whole or not there: a process may be looking at this moment.
        try text.write(toFile: folder + "/" + step, atomically: true, encoding: .utf8)
    }

    /// Whether the order of `step` was carried out.
    func wasReached(_ step: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + step + Self.doneSuffix)
    }

    /// Takes all orders back.
    func clear() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            unlink(folder + "/" + name)
        }
    }

    /// Kills a process and those that it started.
    static func kill(_ pid: pid_t) {
        let path = "/proc/\(pid)/task/\(pid)/children"
        let text = FileManager.default.contents(atPath: path)
            .map { String(decoding: $0, as: UTF8.self) }
        Glibc.kill(pid, SIGKILL)
        for child in (text ?? "").split(separator: " ").compactMap({ pid_t($0) }) {
            Glibc.kill(child, SIGKILL)
        }
    }

    private static let doneSuffix = ".reached"
}

extension Settings.Running {
    /// The drill that this process takes part in, if any.
    var drillOrders: DrillOrders? { drillFolder.map(DrillOrders.init) }
}
