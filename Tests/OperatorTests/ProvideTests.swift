import Foundation
import Glibc
import Kernel
import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@Suite struct `A provider host as a process of its own` {
    @Test func `that is killed again and again fails nobody's quote`() async throws {
        try await RunningHost.with { host in
            let id = try await host.shipping("table-rate-shipping")
            let first = try await host.status().pid

            let killing = Task {
                for _ in 0..<3 {
                    try await Task.sleep(for: .milliseconds(400))
                    let pid = try await host.status().pid
                    kill(pid, SIGKILL)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let end = ContinuousClock.now + .seconds(3)
                        while ContinuousClock.now < end {
                            let count = try await host.quote(id)
                            #expect(count > 0)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await killing.value

            #expect(host.exits.count >= 3)
            #expect(try await host.status().pid != first)
        }
    }

    @Test func `gives its place to a new one without a failed call`() async throws {
        try await RunningHost.with { host in
            let id = try await host.shipping("table-rate-shipping")
            let old = try await host.status().pid

            let quoting = Task {
                var count = 0
                while !host.exits.contains(where: { $0.pid == old }) {
                    let offers = try await host.quote(id)
                    #expect(offers > 0)
                    count += 1
                }
                return count
            }
            try host.start()
            while try await host.status().pid == old {
                try await Task.sleep(for: .milliseconds(20))
            }

            #expect(try await quoting.value > 0)
            #expect(host.exits.first { $0.pid == old }?.code == 0)
        }
    }

    @Test func `tells its state on the command line`() async throws {
        try await RunningHost.with { host in
            let status = try await host.status()

            let outcome = try await host.guildhall("provide", "status")

            #expect(outcome.code == 0)
            #expect(outcome.output.contains("process \(status.pid)"))
            #expect(outcome.output.contains("table-rate-shipping 1.0"))
            // Nobody supervises it here.
            let restart = try await host.guildhall("provide", "restart")
            #expect(restart.code == 1)
            #expect(restart.said.contains("start another guildhall provide instead"))
        }
    }
}
