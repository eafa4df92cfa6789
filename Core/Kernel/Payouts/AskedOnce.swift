import ProviderKit
import Vocabulary

/// How something stands that an administrator asked for, and that a provider is asked to do once.
public enum AskedState: String, SQLText, Sendable, Codable, CaseIterable {
    /// Written down, and the provider was not asked yet.
    case intent
    case sent
    /// Nobody knows whether it was done; it is looked up until somebody does.
    case unknown
    case done
    /// The provider refused; nothing was done.
    case failed

    public var isOpen: Bool { self == .intent || self == .sent || self == .unknown }

    /// How something stands whose call ended like this.
    /// - Parameters:
    ///   - wasAsked: the provider was asked before.
    ///   - mayHaveArrived: something that was asked before was not answered, and may be on its
    ///     way still. A refusal says nothing of what that one did.
    static func after(
        _ error: ProviderError, wasAsked: Bool, mayHaveArrived: Bool
    ) -> AskedState {
        switch error {
        case .declined, .invalidRequest, .unsupported: mayHaveArrived ? .unknown : .failed
        case .unavailable, .misconfigured: wasAsked || mayHaveArrived ? .unknown : .intent
        case .ambiguous, .signatureInvalid: .unknown
        }
    }
}

/// Something that an administrator asked for, and that a provider is asked to do once: under its id
/// as key, and looked up under it while nobody knows what became of it.
protocol AskedOnce: Sendable {
    var id: ID<Self> { get }
    var state: AskedState { get }
    var tries: Int { get }
    /// When its provider was last asked and did not answer.
    var inDoubtAt: Instant? { get }
}

extension AskedOnce {
    /// What becomes of the job that goes on with it: it is looked at again and again, further
    /// apart, until the provider knows.
    /// - Parameter deadline: of one call.
    func outcome(deadline: Duration) -> JobOutcome {
        state.isOpen ? .snooze(min(.seconds(600), deadline / 4 * (1 << min(tries, 7)))) : .done
    }
}

/// Where the doubts of what was asked once are written.
protocol AskedOnceStore: Sendable {
    associatedtype Asked: AskedOnce

    /// Its provider is asked to do it now. Written before it is, so that whoever dies before the
    /// answer leaves the doubt behind.
    /// - Parameter number: which try it is; who began a later one has gone on with it.
    /// - Returns: nil when nobody may be asked any more, such as when somebody has gone on with it.
    func doubt(_ id: ID<Asked>, try number: Int) async throws -> CallDoubt?

    /// What was asked under this doubt was answered; what was asked before it is in as much doubt
    /// as it was.
    /// - Returns: false when somebody else has asked since, which stays in doubt.
    func answered(_ id: ID<Asked>, _ doubt: CallDoubt) async throws -> Bool
}
