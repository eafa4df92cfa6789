import ProviderKit

/// Nobody is spoken to: the account that is paid from, and one to pay, for the conformance run.
final class BankFileCounterpart: ScriptedCounterpart {
    let settings = [
        "debtor": "Guildhall Conformance", "iban": "DE89370400440532013000",
        "format": "pain.001.001.09",
    ]
    let payoutDestination: PayoutDestination? = PayoutDestination(
        holder: "Ada Übel", account: "NL91ABNA0417164300", country: "NL")
}

@_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
    exportCounterpart { BankFileCounterpart() }
}
