import ProviderKit

/// Nobody is spoken to, for the conformance run.
final class CashOnDeliveryCounterpart: ScriptedCounterpart {
    let settings: [String: String] = [:]
    let payingMethod: String? = "cash"
}

@_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
    exportCounterpart { CashOnDeliveryCounterpart() }
}
