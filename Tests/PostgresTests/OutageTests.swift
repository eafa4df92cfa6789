import Logging
import Reactor
import TestServers
import Testing

@testable import Postgres

@Suite struct `When the server dies` {
    @Test func `a statement under way may have run and says so`() async throws {
        try await withServer { database, server in
            async let error = database.failure("select pg_sleep(30)")
            var isUnderWay = false
            for _ in 0..<500 where !isUnderWay {
                isUnderWay = try await database.transaction {
                    try await $0.value(
                        """
                        select exists (select from pg_stat_activity
                            where query like 'select pg_sleep%' and state = 'active')
                        """, Bool.self)
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            try await server.crash()
            #expect(await error?.code == .connectionLost)
        }
    }

    @Test func `statements and transactions wait through a short restart`() async throws {
        try await withServer({ $0.waitDeadline = .seconds(5) }) { database, server in
            try await database.execute("create table n as select 1 as x")
            try await database.transaction { try await $0.execute("select 1") }
            try await server.crash()
            async let single = database.value("select x from n", Int.self)
            async let whole = database.transaction {
                try await $0.value("select x + 1 from n", Int.self)
            }
            try await Task.sleep(for: .milliseconds(100))
            try await server.start()
            let values = try await [single, whole]
            #expect(values == [1, 2])
        }
    }

    @Test func `a long outage is told at once and ends when the server is back`() async throws {
        try await withServer({ $0.waitDeadline = .seconds(1) }) { database, server in
            try await database.execute("select 1")
            try await server.crash()
            #expect(await database.failure("select 1")?.code == .unavailable)
            let began = ContinuousClock.now
            for _ in 0..<100 { #expect(await database.failure("select 1")?.code == .unavailable) }
            // Had each waited the deadline, this would be a hundred seconds.
            #expect(ContinuousClock.now - began < .seconds(50))
            let error = await failure {
                try await database.transaction { try await $0.execute("select 1") }
            }
            #expect(error?.code == .unavailable)
            try await server.start()
            let isBack = try await eventually { await database.failure("select 1") == nil }
            #expect(isBack)
            try await database.transaction { try await $0.execute("select 1") }
        }
    }

    @Test func `a broken commit is of unknown outcome`() async throws {
        try await withServer { database, server in
            try await database.execute("create table n (x int)")
            try await database.transaction { tx in
                try await tx.run(
                    script: """
                        create function slow() returns trigger language plpgsql
                          as 'begin perform pg_sleep(5); return null; end';
                        create constraint trigger slow after insert on n
                          deferrable initially deferred for each row execute function slow();
                        """)
            }
            let commit = Task {
                try await database.transaction { try await $0.execute("insert into n values (1)") }
            }
            let isCommitting = try await eventually {
                try await database.value(
                    "select count(*) from pg_stat_activity where wait_event = 'PgSleep'", Int.self)
                    > 0
            }
            #expect(isCommitting)
            try await server.crash()
            let error = await failure { _ = try await commit.value }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test func `a session that the administrator ended is replaced`() async throws {
        try await withServer { database, server in
            try await database.execute("create table n (x int)")
            let error = await failure {
                try await database.transaction { tx in
                    try await tx.execute("insert into n values (1)")
                    let id = try await tx.value("select pg_backend_pid()", Int.self)
                    try await database.execute("select pg_terminate_backend(\(id)::int)")
                    try await Task.sleep(for: .milliseconds(50))
                    try await tx.execute("insert into n values (2)")
                }
            }
            #expect(error?.code == .unavailable || error?.code == .connectionLost)
            try await database.transaction { try await $0.execute("insert into n values (3)") }
            let sum = try await database.value("select sum(x) from n", Int.self)
            #expect(sum == 3)
        }
    }

    @Test func `a server that hangs costs each statement its deadline, and then all is well`()
        async throws
    {
        try await withServer({ $0.statementDeadline = .milliseconds(200) }) { database, server in
            try await database.execute("select 1")
            server.freeze()
            let began = ContinuousClock.now
            #expect(await database.failure("select 1")?.code == .deadline)
            // The driver waits a second longer than the server's own deadline would. A server that
            // hangs would be waited for without end.
            #expect(ContinuousClock.now - began < .seconds(30))
            server.thaw()
            let isBack = try await eventually { await database.failure("select 1") == nil }
            #expect(isBack)
        }
    }

    @Test func `cancelling does not wait for a server that hangs`() async throws {
        try await withServer { database, server in
            try await database.transaction { try await $0.execute("select 1") }
            server.freeze()
            let task = Task { try await database.transaction { try await $0.execute("select 1") } }
            try await Task.sleep(for: .milliseconds(50))
            let began = ContinuousClock.now
            task.cancel()
            // A statement's deadline is ten seconds. The roll-back can only follow when the server
            // moves again.
            try await Task.sleep(for: .milliseconds(50))
            server.thaw()
            let error = await failure { _ = try await task.value }
            #expect(error?.code == .cancelled)
            #expect(ContinuousClock.now - began < .seconds(8))
            try await database.transaction { try await $0.execute("select 1") }
        }
    }

    @Test func `a roll-back behind a request to cancel that hangs has a deadline`() async throws {
        try await withServer({ $0.connectDeadline = .milliseconds(500) }) { database, server in
            try await database.transaction { try await $0.execute("select 1") }
            server.freeze()
            let task = Task { try await database.transaction { try await $0.execute("select 1") } }
            try await Task.sleep(for: .milliseconds(50))
            let began = ContinuousClock.now
            task.cancel()
            let error = await failure { _ = try await task.value }
            #expect(error?.code == .cancelled)
            // Nothing else would end it.
            #expect(ContinuousClock.now - began < .seconds(30))
            server.thaw()
            let isBack = try await eventually {
                await failure {
                    try await database.transaction { try await $0.execute("select 1") }
                } == nil
            }
            #expect(isBack)
        }
    }

    @Test func `a copy and a script into a server that hangs have a deadline`() async throws {
        try await withServer({ $0.statementDeadline = .seconds(4) }) { database, server in
            try await database.execute("create table n (x int)")
            let copy = Task {
                try await database.transaction { tx in
                    try await tx.copy(into: "n", columns: "x", rows: Copying.Endless())
                }
            }
            let script = Task {
                try await database.transaction { try await $0.run(script: "select pg_sleep(60)") }
            }
            // Both are at it: a connection that is only being made is another case.
            let isUnderWay = try await eventually {
                try await !database.query(
                    """
                    select 1 from pg_stat_activity
                    where state = 'active' and pid <> pg_backend_pid() having count(*) = 2
                    """
                ).isEmpty
            }
            #expect(isUnderWay)
            server.freeze()
            let began = ContinuousClock.now
            let errors = await [
                failure { _ = try await copy.value }, failure { try await script.value },
            ]
            #expect(errors.map { $0?.code } == [.deadline, .deadline])
            #expect(ContinuousClock.now - began < .seconds(30))
            server.thaw()
        }
    }

    @Test func `nothing blocks the threads that run Swift's tasks`() async throws {
        let deadline = Duration.seconds(60)
        let patient: (inout DatabaseSettings) -> Void = {
            $0.statementDeadline = deadline
            $0.waitDeadline = deadline
            $0.connectDeadline = deadline
        }
        try await withServer(patient) { database, server in
            try await database.execute("select 1")
            server.freeze()
            let stuck = Task {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<40 {
                        group.addTask { _ = await database.failure("select 1") }
                        group.addTask {
                            _ = await failure {
                                try await database.transaction { try await $0.execute("select 1") }
                            }
                        }
                    }
                }
            }
            var longest = Duration.zero
            for _ in 0..<20 {
                let began = ContinuousClock.now
                try await Task.sleep(for: .milliseconds(5))
                longest = max(longest, ContinuousClock.now - began)
            }
            // A blocked pool would show the deadline here, a busy machine a second or two.
            #expect(longest < deadline / 3)
            server.thaw()
            await stuck.value
        }
    }

    @Test func `the next host is taken when the first does not listen`() async throws {
        try await withServer { _, server in
            let url =
                "postgresql://\(ThrowawayPostgres.user)@127.0.0.1:1,localhost:\(server.port)/postgres"
            let database = Database(DatabaseSettings(url: url), reactor: Reactor(), logger: .quiet)
            let value = try await database.value("select 1", Int.self)
            #expect(value == 1)
            await database.close()
            let socket = Database(
                DatabaseSettings(url: server.socketURL), reactor: Reactor(), logger: .quiet)
            let other = try await socket.value("select 2", Int.self)
            #expect(other == 2)
            await socket.close()
        }
    }

    @Test(arguments: [
        "postgresql://nowhere.invalid/x", "postgresql://127.0.0.1:1/x", "nonsense",
        "postgresql:///x?host=/nonexistent",
    ]) func `a server that cannot be reached is named by an error`(url: String) async throws {
        var settings = DatabaseSettings(url: url)
        settings.waitDeadline = .milliseconds(100)
        let database = Database(settings, reactor: Reactor(), logger: .quiet)
        let error = await database.failure("select 1")
        #expect(error?.code == .unavailable)
        #expect(error?.message.isEmpty == false)
        let other = await failure {
            try await database.transaction { try await $0.execute("select 1") }
        }
        #expect(other?.code == .unavailable)
        await database.close()
    }

    @Test func `closing does not hang on a server that is gone`() async throws {
        try await withServer { database, server in
            try await database.execute("select 1")
            _ = database.listen(to: "x")
            try await server.crash()
            let began = ContinuousClock.now
            await database.close()
            // The deadline for open transactions is twenty seconds.
            #expect(ContinuousClock.now - began < .seconds(15))
        }
    }
}
