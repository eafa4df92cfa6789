import ProviderKit
import StripePayments

// Apart from the module's code, because these symbols may be linked into a program only once,
// and the tests of several modules are one program.

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(StripePayments.self)
}
@_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
    exportCounterpart { StripeCounterpart() }
}
