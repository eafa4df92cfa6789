import ProviderHost
import ProviderKit
import Vocabulary

/// It asks people what came, and does not say so.
enum Undeclared: Flaw {
    static let caught = ["confirmed: the capability"]
    static let library = "BankTransfer"

    static func describe(_ module: inout ModuleDescriptor) {
        module.capabilities.remove(.confirmedByPerson)
    }
}

/// The same word means another thing each time.
enum MoodyListener: Flaw {
    static let caught = ["confirmed: the same word"]
    static let library = "BankTransfer"

    static func confirmed(
        _ payment: PaymentConfirmation, _ sound: any ConfirmedPaymentProvider
    ) throws(ProviderError) -> PaymentSnapshot {
        var snapshot = try sound.confirmed(payment)
        snapshot.version += 1 + Int64(randomBytes(1)[0])
        return snapshot
    }
}

/// Whatever came is enough.
enum EasilyContent: Flaw {
    static let caught = ["confirmed: paid when enough"]
    static let library = "BankTransfer"

    static func confirmed(
        _ payment: PaymentConfirmation, _ sound: any ConfirmedPaymentProvider
    ) throws(ProviderError) -> PaymentSnapshot {
        var payment = payment
        if var first = payment.receipts.first {
            first.amount = payment.amount
            payment.receipts = [first]
        }
        return try sound.confirmed(payment)
    }
}

/// Nothing is ever over.
enum WaitsForever: Flaw {
    static let caught = ["confirmed: what is ended"]
    static let library = "CashOnDelivery"

    static func confirmed(
        _ payment: PaymentConfirmation, _ sound: any ConfirmedPaymentProvider
    ) throws(ProviderError) -> PaymentSnapshot {
        var payment = payment
        payment.isEnded = false
        return try sound.confirmed(payment)
    }
}

/// It does not look at what cannot be.
enum Credulous: Flaw {
    static let caught = ["confirmed: receipts that cannot be"]
    static let library = "BankTransfer"

    static func confirmed(
        _ payment: PaymentConfirmation, _ sound: any ConfirmedPaymentProvider
    ) throws(ProviderError) -> PaymentSnapshot {
        do throws(ProviderError) {
            return try sound.confirmed(payment)
        } catch {
            var payment = payment
            payment.receipts = []
            return try sound.confirmed(payment)
        }
    }
}

/// It counts a promise as money.
enum Trusting: Flaw {
    static let caught = ["confirmed: nothing is captured before"]
    static let library = "CashOnDelivery"

    static func confirmed(
        _ payment: PaymentConfirmation, _ sound: any ConfirmedPaymentProvider
    ) throws(ProviderError) -> PaymentSnapshot {
        var payment = payment
        payment.receipts = [
            Receipt(id: "r", amount: payment.amount, at: Instant(secondsSince1970: 0))
        ]
        return try sound.confirmed(payment)
    }
}
