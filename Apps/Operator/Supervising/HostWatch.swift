import Logging
import ProviderHost
import ProviderKit

/// Asks the provider host how it is, and ends one that does not answer: modules that never return
/// can take all of its threads. It is started again like one that died.
struct HostWatch: Sendable {
    static let pause = Duration.seconds(5)
    static let patience = Duration.seconds(5)
    /// Silences in a row. One may be a machine that is busy.
    static let silencesMax = 3

    let socket: String
    let supervisor: Supervisor
    let name: String

    /// Watches until cancelled.
    func run() async {
        let connection = HostConnection(
            path: socket, name: "supervisor", patience: Self.patience,
            logger: Logger(label: "up"))
        defer { connection.close() }
        var silences = 0
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.pause) } catch { return }
            do throws(ProviderError) {
                _ = try await connection.status(within: Self.patience)
                silences = 0
            } catch {
                silences += 1
            }
            if silences >= Self.silencesMax {
                silences = 0
                await supervisor.strike(name)
            }
        }
    }
}
