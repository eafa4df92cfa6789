import Kernel
import ProviderKit
import Vocabulary
import Web

extension Purchase {
    /// How it stands in words, and whether that is good or bad.
    func said(_ outcome: PurchaseOutcome) -> (words: String, tone: String) {
        switch (state, outcome) {
        case (.awaitingPayment, _): (localized("not paid yet"), "bad")
        case (.cancelled, _), (.paid, .cancelled): (localized("cancelled"), "")
        case (.paid, .stands): (localized("paid"), "good")
        case (.paid, .notCharged): (localized("cancelled, nothing was charged"), "")
        case (.paid, .returning): (localized("cancelled, money on its way back"), "")
        case (.paid, .returned): (localized("cancelled, money returned"), "")
        case (.paid, .refunded): (localized("money returned"), "")
        }
    }
}

/// The model of `purchase.mustache`.
struct PurchasePage {
    let number: String
    let id: String
    let placed: String
    let total: String
    let email: String
    let addressLines: [String]
    let orders: [OrderPart]
    let state: String
    let tone: String
    let isAwaitingPayment: Bool
    /// Why it cannot be paid, when a shop is suspended or closed.
    let away: String?
    let isWaiting: Bool
    /// What it waits for.
    let waiting: String
    let continueLink: String?
    let instructions: [Instruction]
    let scans: [Scan]
    /// What each maker is still to be paid, where each is paid by a transfer of its own.
    let parts: [PaymentPart]
    /// How much has come, when it is not what was asked for or not certain yet.
    let received: String?
    /// How long the things are held for who is to pay; nil while nobody is asked to.
    let heldFor: String?
    /// Until when, as HTML.
    let heldUntil: String
    let isPaidOnDelivery: Bool
    /// Whether the page asks again by itself.
    let isWatched: Bool
    let failure: String?
    let ways: PaymentChoices
    let canPay: Bool
    let makers: String
    /// Why nothing was bought; nil while it may be, or was.
    let over: String?
    /// What makers have of the customer's money that is not for what was bought.
    let returnable: [String]
    /// Whether something was cancelled that may be put into the cart again.
    let canPutAgain: Bool
    /// The page of its receipt; nil while nothing is paid.
    let receipt: String?
    /// Nobody's account has it yet.
    let isGuests: Bool

    struct Instruction {
        let label: String
        let value: String
    }
    /// Something for a scanner, or for an app on this device.
    struct Scan {
        let label: String
        let picture: String
        let link: String?
    }

    /// - Parameters:
    ///   - now: by the market's clock.
    ///   - reviewed: what was said already, by line and by order.
    init(
        _ detail: PurchaseDetail, _ outcome: PurchaseOutcome, _ waysToPay: [WayToPay],
        at now: Instant, reviewed: (lines: Set<ID<OrderLine>>, orders: Set<ID<Order>>) = ([], [])
    ) {
        let purchase = detail.purchase
        number = purchase.number
        id = purchase.id.description
        placed = ClockTime.moment(purchase.placedAt)
        total = Format.money(purchase.total)
        email = purchase.email
        addressLines = purchase.address.shownLines
        orders = detail.orders.map { part in
            let isAllSaid =
                reviewed.orders.contains(part.order.id)
                && part.lines.allSatisfy { reviewed.lines.contains($0.id) }
            return OrderPart(part, isAllSaid: isAllSaid)
        }
        isAwaitingPayment = purchase.state == .awaitingPayment
        away = detail.awayWords
        let isUnderWay = detail.payment?.state.isPending ?? false
        isWaiting = isAwaitingPayment && isUnderWay && !detail.isAskedInVain
        var link: String?
        var lines: [Instruction] = []
        var scanned: [Scan] = []
        var apart: [PaymentPart] = []
        var isScanned = false
        if isWaiting, let payment = detail.payment {
            switch payment.next {
            case .redirect(let url): link = away == nil ? url : nil
            case .instructions(let given):
                isScanned = given.contains { $0.form == .link }
                apart = PaymentPart.all(detail, given)
                if !apart.isEmpty || away != nil { break }
                // Who has sent all of it is not asked to send it once more.
                if payment.state == .processing, payment.missing == nil { break }
                lines = given.filter { $0.form == .text }
                    .map { Instruction(label: localized(name: $0.label), value: $0.value) }
                scanned = given.filter { $0.form != .text }.compactMap(Scan.init)
            case .none: break
            }
        }
        parts = apart
        let isApart = away == nil && apart.contains { $0.isOpen }
        let isAsked = isApart || !lines.isEmpty
        waiting = Self.waitingWords(isApart: isApart, isAsked: isAsked || !scanned.isEmpty)
        continueLink = link
        instructions = lines
        scans = scanned
        received = isAwaitingPayment && apart.isEmpty ? detail.payment?.receivedWords : nil
        heldFor = isAsked ? ClockTime.left(from: now, until: purchase.expiresAt) : nil
        heldUntil = ClockTime.moment(purchase.expiresAt)
        let isDue = detail.payment?.isDue(.atDelivery) ?? false
        isPaidOnDelivery = purchase.state == .paid && !outcome.isOver && isDue
        (state, tone) =
            isPaidOnDelivery ? (localized("to be paid on delivery"), "") : purchase.said(outcome)
        isWatched = isScanned
        failure =
            isAwaitingPayment && !isUnderWay
            ? detail.payment?.failureMessage.map { localized(sentence: $0) } : nil
        ways = PaymentChoices(waysToPay)
        canPay = isAwaitingPayment && !ways.isEmpty
        isGuests = purchase.account == nil
        makers = Format.count(detail.orders.count, "maker", "makers")
        over = detail.overWords
        returnable = detail.returnable
        canPutAgain = detail.orders.contains { $0.order.state == .cancelled }
        receipt = purchase.state == .paid ? Links.receipt(purchase.id) : nil
    }
}

extension PurchasePage {
    fileprivate static func waitingWords(isApart: Bool, isAsked: Bool) -> String {
        if isApart {
            return localized(
                "Each maker is paid by a transfer of its own. All is paid when all have arrived.")
        }
        guard isAsked else { return localized("Your payment is under way.") }
        return localized(
            "Send the money like this, or scan the code. It counts as soon as it has arrived.")
    }
}

extension PurchaseDetail {
    /// Whether its payment waits for nothing but the customer, who is not to pay while a shop is
    /// away.
    fileprivate var isAskedInVain: Bool {
        guard !awayShops.isEmpty, let payment else { return false }
        return payment.state == .requiresAction && !payment.received.isPositive
    }

    fileprivate var awayWords: String? {
        guard !awayShops.isEmpty else { return nil }
        let shops = awayShops.joined(separator: localized(" and "))
        return localized(
            """
            Nothing of \(shops) can be bought at the moment, so this purchase cannot be paid. End \
            it, and put what can still be had into your cart again.
            """)
    }

    /// Why nothing was bought; nil while it may be, or was.
    fileprivate var overWords: String? {
        guard purchase.state == .cancelled else { return nil }
        // Nobody but its customer ends a purchase that may still be paid.
        let isEnded = orders.contains { order in
            order.order.cancelledAt.map { $0 < purchase.expiresAt } ?? false
        }
        return isEnded
            ? localized("You ended it: nothing was bought, and nothing is held for you.")
            : localized("It was not paid in time: nothing was bought, and nothing is held for you.")
    }
}

extension PurchasePage.Scan {
    /// Nil for what no code holds.
    init?(_ instruction: ProviderKit.Instruction) {
        guard let picture = QRCode.svg(instruction.value, label: localized(name: instruction.label))
        else {
            return nil
        }
        label = localized(name: instruction.label)
        self.picture = picture
        let scheme = instruction.value.prefix { $0 != ":" }.lowercased()
        link =
            instruction.form == .link && Self.schemes.contains(scheme) ? instruction.value : nil
    }

    /// A module's address must not run a script in the customer's page.
    private static let schemes: Set<String> = [
        "https", "solana", "bitcoin", "ethereum", "lightning", "upi",
    ]
}

extension Payment {
    /// How much has come, as far as the customer wants to know.
    fileprivate var receivedWords: String? {
        if state == .processing, received.isPositive {
            return localized("\(Format.money(received)) was received. It counts in a few seconds.")
        }
        guard let missing else { return nil }
        return localized("\(Format.money(received)) has come; \(Format.money(missing)) is missing.")
    }
}

/// One order on a purchase's page.
struct OrderPart {
    struct Event {
        let time: String
        let what: String
        let note: String?
    }

    let id: String
    let number: String
    let seller: String
    let sellerLink: String
    let state: String
    let tone: String
    /// What of it is in which parcel, and what is in none.
    let parcels: [ParcelPart]
    let shipping: String
    let shippingName: String
    let tax: String?
    let total: String
    let events: [Event]
    let refunds: [String]
    /// What was wished of the parcel, in words.
    let wishes: [String]
    /// When and why it was cancelled; nil for what was not, or was never paid.
    let cancelled: String?
    /// Whether all of it may be said to have arrived at once.
    let canConfirm: Bool
    let canCancel: Bool
    let canRate: Bool

    init(_ detail: OrderDetail, isAllSaid: Bool) {
        let order = detail.order
        id = order.id.description
        number = order.number
        seller = order.sellerName
        sellerLink = Links.seller(order.sellerSlug)
        (state, tone) = order.state.said
        parcels = ParcelPart.all(detail)
        shipping =
            order.amounts.shipping.isZero ? localized("free") : Format.money(order.amounts.shipping)
        shippingName = localized(name: order.shippingName)
        tax = order.amounts.tax.isZero ? nil : Format.money(order.amounts.tax)
        total = Format.money(order.amounts.total)
        events = detail.events.map { event in
            Event(
                time: ClockTime.moment(event.at), what: localized(name: Self.words(event.kind)),
                note: EventNote.said(event.note, of: event.kind))
        }
        let titles = Dictionary(detail.lines.map { ($0.id, $0.title) }) { first, _ in first }
        refunds = detail.refunds.filter { $0.state != .failed }.map { refund in
            let amount = Format.money(refund.amount)
            let what = RefundWords.what(refund, titles: titles)
            return switch refund.state {
            case .succeeded: localized("\(amount) for \(what) was given back")
            case .calledOff: localized("\(amount) for \(what) was called off and is not charged")
            default: localized("\(amount) for \(what) is on its way back")
            }
        }
        wishes = [
            detail.wishes.deliverOn.map { localized("Wished for \(Format.date($0.from))") },
            detail.wishes.giftMessage.map { localized("With these words: “\($0)”") },
        ].compactMap { $0 }
        cancelled = order.paidAt == nil ? nil : detail.cancellation
        // One parcel that is on its way is confirmed where it stands.
        canConfirm = order.state == .shipped && parcels.count { $0.confirm != nil } != 1
        canCancel = order.state == .paid
        canRate = order.state == .delivered && !isAllSaid
    }

    private static func words(_ kind: String) -> String {
        let words = kind.replacing("-", with: " ").replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension OrderDetail {
    /// When and why it was cancelled, in a sentence; nil when it was not.
    fileprivate var cancellation: String? {
        guard order.state == .cancelled else { return nil }
        let day = Format.date(order.cancelledAt ?? order.placedAt)
        guard let note = events.last(where: { $0.to == .cancelled })?.note else {
            return localized("Cancelled on \(day).")
        }
        return localized("Cancelled on \(day), with these words: “\(note)”")
    }
}

extension Order.State {
    /// In words, and whether that is good or bad.
    var said: (words: String, tone: String) {
        switch self {
        case .awaitingPayment: (localized("waits for payment"), "bad")
        case .paid: (localized("being packed"), "good")
        case .partlyShipped: (localized("partly on its way"), "good")
        case .shipped: (localized("on its way"), "good")
        case .delivered: (localized("delivered"), "good")
        case .cancelled: (localized("cancelled"), "")
        }
    }
}
