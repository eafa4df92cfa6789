import ProviderKit
import Synchronization
import Vocabulary

/// An object of a module that is a program of its own.
final class ChildProvider: ShippingProvider, TaxProvider {
    /// The protocol wants one for the type; the real one is the manifest's.
    static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "program", name: "A program", version: "1")

    private let child: ChildModule
    private let kind: ProviderKind
    private let settings: InstanceSettings
    /// What the program calls the object; unlike all others, also those with the same settings.
    private let id: String

    /// Settings that the manifest's fields do not take are refused here; what the program itself
    /// says to them comes with the first answer.
    init(
        _ child: ChildModule, _ descriptor: ModuleDescriptor, _ settings: InstanceSettings,
        _ services: ProviderServices
    ) throws(ProviderError) {
        let all = settings.values.merging(settings.secrets.mapValues { $0.reveal() }) { $1 }
        if let problem = descriptor.problems(in: all).min(by: { $0.key < $1.key }) {
            throw .misconfigured(message: problem.value)
        }
        self.child = child
        kind = descriptor.kind
        self.settings = settings
        id = "\(settings.instanceID) \(hexadecimal(randomBytes(8)))"
        child.services.withLock { $0[id] = services }
    }

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        throw .unsupported(operation: "a program without its manifest")
    }

    deinit { child.services.withLock { $0[id] = nil } }

    var asShipping: (any ShippingProvider)? { kind == .shipping ? self : nil }
    var asTax: (any TaxProvider)? { kind == .tax ? self : nil }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        guard case .problems(let sentences) = try await ask(.check, context) else { throw Self.odd }
        return sentences
    }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        guard case .quotes(let list) = try await ask(.quotes(request: request), context) else {
            throw Self.odd
        }
        return list
    }

    func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        guard case .taxes(let lines) = try await ask(.calculate(request: request), context) else {
            throw Self.odd
        }
        return lines
    }

    /// None of its questions moves money: an end in the middle leaves nothing in doubt.
    private func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await child.ask(question, of: id, settings, context)
        } catch .ambiguous(let message) {
            throw .unavailable(message: message, retryAfterSeconds: nil)
        } catch {
            throw error
        }
    }

    private static let odd = ProviderError.unavailable(
        message: "the program answered another question", retryAfterSeconds: nil)
}
