import Kernel
import ProviderKit
import Vocabulary
import Web

/// One maker's part of a payment on a purchase's page, where each maker is paid by a transfer of
/// its own.
struct PaymentPart {
    let seller: String
    let state: String
    let tone: String
    /// Whether the customer has to send something still.
    let isOpen: Bool
    let instructions: [PurchasePage.Instruction]
    let scans: [PurchasePage.Scan]

    /// Nothing where the instructions are about the payment as a whole. While a shop is away,
    /// nobody is told how to pay.
    static func all(_ detail: PurchaseDetail, _ given: [ProviderKit.Instruction]) -> [PaymentPart] {
        let byOrder = Dictionary(grouping: given.filter { $0.orderID != nil }) { $0.orderID ?? "" }
        return detail.shares.compactMap { share in
            guard let mine = byOrder[share.order.description],
                let order = detail.orders.first(where: { $0.order.id == share.order })?.order
            else { return nil }
            return PaymentPart(
                share, of: order.sellerName, detail.awayShops.isEmpty ? mine : [])
        }
    }

    private init(
        _ share: ShareStand, of seller: String, _ given: [ProviderKit.Instruction]
    ) {
        self.seller = seller
        isOpen = share.missing.isPositive
        if share.isPaid {
            (state, tone) = (localized("paid"), "good")
        } else if share.isSeen {
            (state, tone) = (localized("received, and counts in a few seconds"), "good")
        } else {
            (state, tone) = (localized("\(Format.money(share.missing)) still to pay"), "bad")
        }
        // Who has sent all of it is not asked to send it once more.
        let open = isOpen ? given : []
        instructions = open.filter { $0.form == .text }.map {
            PurchasePage.Instruction(label: localized(name: $0.label), value: $0.value)
        }
        scans = open.filter { $0.form != .text }.compactMap(PurchasePage.Scan.init)
    }
}

extension PurchaseDetail {
    /// What makers who were paid directly have of the customer's money beyond what was bought: too
    /// much of one, or a part of what was not paid whole in time.
    var returnable: [String] {
        guard let payment, payment.isDirect else { return [] }
        let bought = payment.state == .captured
        guard bought || !payment.state.isLive else { return [] }
        if shares.contains(where: { $0.received.isPositive }) {
            return shares.compactMap { share in
                let seller = orders.first { $0.order.id == share.order }?.order.sellerName ?? ""
                let amount = bought ? share.surplus : share.received
                return amount.flatMap { Self.sentence($0, seller) }
            }
        }
        let amount = bought ? payment.surplus : payment.received
        guard orders.count == 1, let seller = orders.first?.order.sellerName else { return [] }
        return amount.flatMap { Self.sentence($0, seller) }.map { [$0] } ?? []
    }

    private static func sentence(_ amount: Money, _ seller: String) -> String? {
        guard amount.isPositive else { return nil }
        let money = Format.money(amount)
        return localized(
            "\(seller) received \(money) that bought nothing, and gives it back. We look after it.")
    }
}
