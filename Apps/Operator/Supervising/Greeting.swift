import Foundation

/// Where everything is, told once the apps answer.
struct Greeting: Sendable {
    let settings: Settings
    let relay: LogRelay

    func sayWhenReady() async {
        let network = settings.network
        let all = [network.storefrontPort, network.sellerPort, network.adminPort]
        while !all.allSatisfy({ LocalPort.answers($0, host: network.host) }) {
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
        }
        let host = network.host == "0.0.0.0" ? "127.0.0.1" : network.host
        let ready = "http://\(host):\(network.healthPort)/readyz"
        say(
            """

            Guildhall is open.
              customers   \(network.storefrontURL)
              artisans    \(network.sellerURL)
              back office \(network.adminURL)
              health      \(ready) and the \(healthPorts - 1) ports after it
              logs        \(settings.folders.logs)/
            \(logins)Ctrl-C stops everything.
            """)
    }

    /// Four for each number of process, the last of which only the one worker uses.
    private var healthPorts: Int {
        let processes = settings.running.appProcesses
        return processes == 1 ? 4 : 4 * processes - 1
    }

    /// One login for each app, when this is the demo market.
    private var logins: String {
        guard let folder = settings.running.demoFolder,
            let market = try? DemoMarket.read(folder: folder)
        else { return "" }
        let people = [
            ("customer", market.customers.first?.email), ("artisan", market.sellers.first?.email),
            ("administrator", market.administrator.email),
        ]
        let lines = people.compactMap { role, email in
            email.map { "  \(role) \($0)\n" }
        }
        return "Demo logins, all with the password \(market.password)\n" + lines.joined()
    }
}
