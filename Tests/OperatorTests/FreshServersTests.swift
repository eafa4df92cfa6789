import Foundation
import Testing

/// Debian's own PostgreSQL and Redis, of which Config/run wants the programs only.
@Suite struct `Servers of Debian's packages` {
    /// What Debian asks before it starts something, and what it reads before it makes a cluster.
    private static let files = """
        policy=$GUILDHALL_DEBIAN/usr/sbin/policy-rc.d
        conf=$GUILDHALL_DEBIAN/etc/postgresql-common/createcluster.conf
        """

    /// A Debian without these packages. Each time that it installs something, it writes down which
    /// servers it would start, and what it reads of clusters.
    /// - Parameter then: what `apt-get` does after that.
    private func on(
        without missing: [String], then: String = "",
        _ body: (FreshMachine) async throws -> Void
    ) async throws {
        let machine = try FreshMachine(
            [
                "id": "echo 0",
                "dpkg-query": """
                case " \(missing.joined(separator: " ")) " in
                *" ${*: -1} "*) exit 1 ;;
                *) echo installed ;;
                esac
                """,
                "update-rc.d": #"echo "$*" >>"$HOME/disabled""#,
                "apt-get": """
                [ "$1" = install ] || exit 0
                \(Self.files)
                case " $* " in
                *" postgresql-common "*)
                    mkdir -p "${conf%/*}"
                    echo 'ssl = on' >"$conf"
                    exit 0
                    ;;
                esac
                for name in redis-server redis-server.service postgresql postgresql.service \
                    postgresql@15-main.service nginx redis-sentinel; do
                    if [ ! -x "$policy" ] || "$policy" --quiet "$name" start; then
                        echo "$name" >>"$HOME/started"
                    fi
                done
                [ ! -e "$conf" ] || cp "$conf" "$HOME/read"
                \(then)
                """,
            ], isBare: true)
        do { try await body(machine) } catch {
            try await machine.remove()
            throw error
        }
        try await machine.remove()
    }

    private func text(_ machine: FreshMachine, _ file: String) -> String? {
        FileManager.default.contents(atPath: machine.folder + "/" + file)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(_ text: String, _ machine: FreshMachine, _ file: String) throws {
        let path = machine.folder + "/" + file
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private static let policy = "debian/usr/sbin/policy-rc.d"
    private static let clusters = "debian/etc/postgresql-common/createcluster.conf"

    @Test func `are neither started nor made, now or with the machine`() async throws {
        try await on(without: ["libpq-dev", "postgresql-15", "redis-server"]) { machine in
            _ = try await machine.run()

            #expect(text(machine, "started") == "nginx\nredis-sentinel\n")
            #expect(text(machine, "read")?.contains("\ncreate_main_cluster = false ") == true)
            #expect(text(machine, "disabled") == "redis-server disable\n")
            // For whatever is installed after it, Debian is as it would be.
            #expect(text(machine, Self.policy) == nil)
            #expect(text(machine, Self.clusters) == "ssl = on\n")
        }
    }

    @Test func `that were there before stay as they are`() async throws {
        try await on(without: ["libpq-dev", "weasyprint"]) { machine in
            _ = try await machine.run()

            #expect(text(machine, "started")?.split(separator: "\n").count == 7)
            #expect(text(machine, "read") == nil)
            #expect(text(machine, "disabled") == nil)
        }
    }

    @Test(arguments: ["", "exit 100", "kill -TERM $PPID; sleep 1", "kill -INT $PPID; exit 130"])
    func `are settled as their administrator has it again, however the installation ends`(
        _ ending: String
    ) async throws {
        let policy = "#!/bin/sh\n[ \"$2\" != nginx ]\n"
        let clusters = "create_main_cluster = true"
        try await on(without: ["postgresql-15"], then: ending) { machine in
            try write(policy, machine, Self.policy)
            try write(clusters, machine, Self.clusters)

            _ = try await machine.run()

            // What is none of ours is decided by whoever decided before.
            #expect(
                text(machine, "started") == "redis-server\nredis-server.service\nredis-sentinel\n")
            #expect(
                text(machine, "read")?.hasPrefix(clusters + "\ncreate_main_cluster = false ")
                    == true)
            #expect(text(machine, Self.policy) == policy)
            #expect(text(machine, Self.clusters) == clusters)
            for file in [Self.policy, Self.clusters] {
                #expect(text(machine, file + ".before-guildhall") == nil)
            }
        }
    }
}
