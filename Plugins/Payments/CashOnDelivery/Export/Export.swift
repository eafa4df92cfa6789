// Apart from the module itself, so that tests can link that beside another module: each exports the
// same two symbols.
import CashOnDelivery
import ProviderKit

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(CashOnDelivery.self)
}
