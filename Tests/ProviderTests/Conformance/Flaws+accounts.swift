import ProviderHost
import ProviderKit
import Vocabulary

/// A flaw of calls that move money, in a module that also moves it to sellers' accounts and back.
enum AtAccounts<Base: Flaw>: Flaw {
    static var library: String { "StripePayments" }

    /// As many cases as of `start`, of each of the four.
    static var caught: [String] {
        Base.caught.filter { $0.contains(": start") }.flatMap { title in
            ["openAccount", "transfer", "reverse", "payOut"].map {
                title.replacing(": start", with: ": \($0)")
            }
        }
    }

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        Base.prepare(&settings, &services)
    }

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        try await Base.ask(question, context, sound)
    }

    static func counterpart(_ sound: any ScriptedCounterpart) -> any ScriptedCounterpart {
        Base.counterpart(sound)
    }
}

/// What cannot be looked up of an account was never opened, it says.
enum DeniesAccounts: Flaw {
    static let caught = ["mapped: look-ups: a stumble"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch {
            switch question {
            case .account: return .account(account: nil)
            case .lookupReversal: return .reversal(snapshot: nil)
            default: throw error
            }
        }
    }
}

/// After the first page of disputes it is tired.
enum FirstPageOnly: Flaw {
    static let caught = ["disputes: every one"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .disputes(var page) = reply else { return reply }
        page.next = nil
        return .disputes(page: page)
    }
}

/// It lists disputes, and knows none of them.
enum LosesSight: Flaw {
    static let caught = ["disputes: each"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        if case .lookupDispute = question { return .dispute(snapshot: nil) }
        return try await sound.ask(question, context)
    }
}

/// When nobody answers there are no disputes, it says.
enum HopesForTheBest: Flaw {
    static let caught = ["disputes: a stumble"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch {
            guard case .disputes = question else { throw error }
            return .disputes(page: DisputePage(disputes: []))
        }
    }
}

/// It waits longer for disputes than it may.
enum PatientWithDisputes: Flaw {
    static let caught = ["deadlines: disputes"]
    static let library = "StripePayments"

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        Patient.prepare(&settings, &services)
    }
}
