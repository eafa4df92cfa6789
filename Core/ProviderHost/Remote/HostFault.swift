import NIOCore
import ProviderKit

/// What goes wrong between a process and its provider host. But for ``fatal`` no provider is to
/// blame for it, so that no circuit breaker counts it.
enum HostFault {
    static let broken = ProviderError.ambiguous(
        message: "the connection to the provider host broke")
    /// No accident, as far as this process can see: the module that was asked ended its host. Its
    /// circuit breaker counts it, so that it does not go on ending everybody else's.
    static let fatal = ProviderError.ambiguous(
        message: "the provider host ended while it worked on this call")
    static let late = ProviderError.ambiguous(
        message: "the provider host did not answer in time")
    static let full = ProviderError.unavailable(
        message: "too many are connected to the provider host", retryAfterSeconds: 1)

    /// Said before anything was sent, because the time was used up on the way.
    static let tooLate = ProviderError.unavailable(
        message: "the deadline had passed already", retryAfterSeconds: nil)

    static func unreachable(_ problem: String) -> ProviderError {
        .unavailable(message: beginning + problem, retryAfterSeconds: 1)
    }

    private static let beginning = "the provider host cannot be reached: "

    /// Whether `error` is one of these, or says that too much is under way on our side.
    static func explains(_ error: ProviderError) -> Bool {
        switch error {
        case broken, full, tooLate, FramePeer.busy, FramePeer.tooLarge: true
        case .unavailable(let message, _): message.hasPrefix(beginning)
        default: false
        }
    }
}
