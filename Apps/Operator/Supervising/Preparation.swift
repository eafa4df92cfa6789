import Foundation

/// What must be in order before the marketplace starts: each problem is one sentence that says
/// what to do, and all of them are said at once.
struct Preparation: Sendable {
    let settings: Settings

    func prepare() async throws {
        var problems = ports()
        let diagnosis = Diagnosis(settings: settings)
        say("Looking at ports, servers and folders")
        let findings = [
            await diagnosis.database(), await diagnosis.redis(), diagnosis.media(),
            diagnosis.modules(),
        ]
        for finding in findings {
            if !finding.isWell { problems.append(finding.line) }
        }
        if let socket = settings.supervisedHostSocket,
            socket.utf8.count > Settings.socketBytesMax
        {
            problems.append(
                "  The provider host's socket \(socket) has more than "
                    + "\(Settings.socketBytesMax) bytes. Set GUILDHALL_PROVIDER_SOCKET to a "
                    + "shorter path, or to none.")
        }
        guard problems.isEmpty else {
            throw OperatorProblem("It cannot start:\n" + problems.joined(separator: "\n"))
        }
        if try SecretKey.makeIfMissing(settings.key) {
            say("Made the secret key \(settings.key.file): keep a copy of it.")
        }
        try SecretKey.makeAccountsIfMissing(settings.key)
        say("Migrating the database")
        try await Program.run(["migrate"])
        if settings.running.isDemo {
            // There is no provider host yet that the seed's settings could go through.
            var environment = ProcessInfo.processInfo.environment
            environment["GUILDHALL_PROVIDER_SOCKET"] = "none"
            try await Program.run(["seed", "--if-empty"], environment: environment)
        }
    }

    private func ports() -> [String] {
        let network = settings.network
        var wanted = [
            ("the customer app", network.storefrontPort, "GUILDHALL_STOREFRONT_PORT"),
            ("the seller app", network.sellerPort, "GUILDHALL_SELLER_PORT"),
            ("the admin app", network.adminPort, "GUILDHALL_ADMIN_PORT"),
        ]
        if settings.running.isDemo {
            wanted.append(("the sandbox bank", network.bankPort, "GUILDHALL_BANK_PORT"))
        }
        for number in 1...settings.running.appProcesses {
            for app in AppName.allCases {
                wanted.append(
                    (
                        "health of \(app.processName(number))",
                        app.healthPort(network, number: number), "GUILDHALL_HEALTH_PORT"
                    ))
            }
        }
        wanted.append(("health of the worker", network.healthPort + 3, "GUILDHALL_HEALTH_PORT"))
        let problems = wanted.compactMap { name, port, variable in
            PortCheck.problem(host: network.host, port: port).map {
                "  Port \(port) (\(name)) cannot be used: \($0). "
                    + "Stop what uses it (ss -ltnp | grep :\(port)), or set \(variable)."
            }
        }
        guard problems.isEmpty else { return problems }
        // One after the other, up to the first that is gone: of two that claim the same ones at
        // the same moment, one gets them all.
        for (name, port, variable) in wanted
        where !PortClaim.take(host: network.host, port: port) {
            return [
                "  Port \(port) (\(name)) cannot be used: another Guildhall is just being started "
                    + "there. Stop that one, or set \(variable) and the ports beside it."
            ]
        }
        return []
    }
}
