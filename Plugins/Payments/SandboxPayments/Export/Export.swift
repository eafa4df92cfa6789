// Apart from the module itself, so that another module can be built on it: each exports the same
// symbols.
import ProviderKit
import SandboxPayments

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(SandboxPayments.self)
}
@_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
    exportCounterpart { SandboxPayments.counterpart() }
}
