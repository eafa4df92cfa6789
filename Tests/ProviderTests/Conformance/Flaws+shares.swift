import ProviderHost
import ProviderKit
import Vocabulary

/// Whoever is paid first pays for all.
enum OneForAll: Flaw {
    static let caught = ["shares: paid when every share"]
    static let library = "SolanaPay"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .lookup = question, case .payment(var payment?) = reply,
            let came = payment.receipts?.first
        else { return reply }
        payment.status = .captured
        payment.authorized = came.amount
        payment.captured = came.amount
        return .payment(snapshot: payment)
    }
}

/// It adds up what came, and does not ask for whom.
enum OnePot: Flaw {
    static let caught = ["shares: too much for one"]
    static let library = "SolanaPay"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .lookup = question, case .payment(var payment?) = reply,
            let total = try? Money.sum(
                (payment.receipts ?? []).map(\.amount), payment.authorized.currency),
            total.isPositive
        else { return reply }
        payment.status = .captured
        payment.authorized = total
        payment.captured = total
        return .payment(snapshot: payment)
    }
}

/// It knows what came, and not for which order.
enum Nameless: Flaw {
    static let caught = ["shares: paid when every share", "shares: too much for one"]
    static let library = "SolanaPay"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .payment(var payment?) = reply, let receipts = payment.receipts else {
            return reply
        }
        payment.receipts = receipts.map { receipt in
            var receipt = receipt
            receipt.orderID = nil
            return receipt
        }
        return .payment(snapshot: payment)
    }
}

/// It pays several sellers, and does not say so.
enum QuietlySeveral: Flaw {
    static let caught = ["shares: severalSellers"]
    static let library = "SolanaPay"

    static func describe(_ module: inout ModuleDescriptor) {
        module.capabilities.remove(.severalSellers)
    }
}

/// It says that it pays several sellers, and asks the customer for one lump.
enum OneLump: Flaw {
    static let caught = ["shares: severalSellers"]
    static let library = "SolanaPay"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .started(var started) = reply, case .instructions(let lines) = started.next
        else { return reply }
        started.next = .instructions(Array(lines.prefix(3)))
        return .started(payment: started)
    }
}
