public import ProviderKit

extension ModuleExport {
    /// Makes an instance for nothing but to hear what the module has against its settings. A
    /// program is asked, until the deadline of `context`; one that does not answer has said
    /// nothing against them, and says it to whoever asks it first.
    /// - Throws: what the module says, such as `misconfigured`.
    public func tryOut(
        _ settings: InstanceSettings, _ services: ProviderServices, _ context: OperationContext
    ) async throws(ProviderError) {
        guard let program = try make(settings, services) as? ChildProvider else { return }
        let late = HostFault.late
        do throws(ProviderError) {
            try await cutOff(at: context.deadline, late: late) { () throws(ProviderError) in
                try await program.tryOut(context)
            }
        } catch .unavailable, .ambiguous {
            return
        } catch {
            throw error
        }
    }
}
