import ProviderKit

/// Nobody is spoken to: an account, for the conformance run.
final class BankTransferCounterpart: ScriptedCounterpart {
    let settings = [
        "holder": "Guildhall Conformance", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX",
    ]
    let payingMethod: String? = "transfer"
}

@_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
    exportCounterpart { BankTransferCounterpart() }
}
