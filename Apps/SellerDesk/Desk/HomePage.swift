import Kernel
import Vocabulary
import Web

/// The model of `home.mustache`.
struct HomePage {
    struct Wallet {
        let available: String
        let pending: String
        /// `goes out on 23 November 2026`; nil while there is nothing to go.
        let next: String?
    }

    struct News {
        let at: String
        let sentence: String
        let isBad: Bool
    }

    struct OrderRow {
        let link: String
        let number: String
        let title: String
        let recipient: String
        let total: String
        let share: String
        let date: String
        let isGift: Bool
        /// The day on which it is wished for.
        let deliverOn: String?
    }

    let name: String
    let stateLabel: String
    let stateText: String
    let isVerified: Bool
    let mayApply: Bool
    let readsOrders: Bool
    let orders: [OrderRow]
    let hasOrders: Bool
    let readsMoney: Bool
    let wallets: [Wallet]
    let drafts: [ListingRow]
    let hasDrafts: Bool
    let editsListings: Bool
    let rating: String?
    let role: String
    let news: [News]
    let hasNews: Bool
    let hasGlance: Bool
    let toPack: String
    let soldOut: String
    let runningOut: String
    /// Of thirty days; nil while there were none, or nobody knows.
    let visits: String?
    /// How many of a hundred visits became an order, such as `2.5 %`.
    let conversion: String
    let conversionChart: ConversionChart?
    let charts: [SalesChart]
    let hasCharts: Bool
    let balanceCharts: [BalanceChart]
    let hasBalanceCharts: Bool
    /// What a debt means for the shop; nil without one.
    let debtText: String?
    /// What is left to do until the first sale; nil when nothing is, or another does it.
    let opening: OpeningSteps?
    /// What customers see of it; nil while they see nothing.
    let inShop: String?

    init(
        _ seller: Seller, _ member: Member, orders: [OrderSummary], drafts: [ListingSummary],
        balances: [WalletBalance], schedules: [ScheduledWallet], told: [Notice],
        glance: ShopGlance?, visits: [Int]?, opening: OpeningSteps?, storefront: String,
        now: Instant
    ) {
        self.opening = opening
        inShop = seller.isOpen ? "\(storefront)/makers/\(seller.slug)" : nil
        name = seller.name
        stateLabel = seller.state.label
        stateText = seller.state.words
        isVerified = seller.isOpen
        mayApply = member.membership.may(.editProfile)
        readsOrders = member.membership.may(.readOrders)
        self.orders = orders.map { OrderRow($0) }
        hasOrders = !orders.isEmpty
        readsMoney = member.membership.may(.readMoney)
        wallets = balances.map { balance in
            let currency = balance.available.currency
            let schedule = schedules.first {
                $0.wallet == balance.wallet && $0.currency == currency
            }
            return Wallet(
                available: Format.money(balance.available), pending: Format.money(balance.pending),
                next: balance.available.isPositive
                    ? MoneyPage.Balance.words(schedule, currency) : nil)
        }
        self.drafts = drafts.map { ListingRow($0) }
        hasDrafts = !drafts.isEmpty
        editsListings = member.membership.may(.editListings)
        rating = seller.rating.text.map { text in
            let orders = Format.count(seller.rating.count, "order", "orders")
            return localized("\(Format.decimal(text)) of 5 from \(orders)")
        }
        role = localized(name: member.shop.role.rawValue)
        news = told.map {
            News(
                at: Format.date($0.at), sentence: $0.sentence,
                isBad: $0.topic == "order.capture-refused")
        }
        hasNews = !told.isEmpty
        hasGlance = glance != nil
        toPack = Self.count(glance?.toPack ?? 0)
        soldOut = Self.count(glance?.soldOut ?? 0)
        runningOut = Self.count(glance?.runningOut ?? 0)
        let sum = visits?.reduce(0, +) ?? 0
        let known = sum > 0 ? sum : nil
        self.visits = known.map { String($0) }
        conversion = Self.share(glance?.sales.reduce(0) { $0 + $1.orders } ?? 0, of: known ?? 0)
        conversionChart = glance.flatMap { ConversionChart(visits ?? [], $0.sales, until: now) }
        charts = glance.map { SalesChart.all($0, until: now) } ?? []
        hasCharts = !charts.isEmpty
        balanceCharts = BalanceChart.all(balances, schedules)
        hasBalanceCharts = !balanceCharts.isEmpty
        debtText = seller.debtWords
    }

    /// In percent with one decimal, rounded half up.
    static func share(_ orders: Int, of visits: Int) -> String {
        guard visits > 0 else { return "" }
        let tenths = (orders * 2000 + visits) / (visits * 2)
        return Format.percent(tenths: tenths)
    }

    private static func count(_ number: Int) -> String {
        number >= ShopGlance.countMax ? localized("\(ShopGlance.countMax) or more") : String(number)
    }
}

extension Seller {
    fileprivate var debtWords: String? {
        guard let since = inDebtSince else { return nil }
        if restrictedAt != nil {
            return localized(
                """
                The shop owes money for refunds since \(Format.date(since)). Until sales have paid \
                it, nothing is paid out and nothing new is published.
                """)
        }
        let end = since.advanced(days: Seller.debtGraceDays)
        return localized(
            """
            The shop owes money for refunds. Sales pay it first; from \(Format.date(end)) on \
            nothing would be paid out and nothing new published.
            """)
    }
}

extension HomePage.OrderRow {
    init(_ order: OrderSummary) {
        let more = order.lineCount - 1
        self.init(
            link: Links.order(order.id), number: order.number,
            title: more > 0 ? localized("\(order.firstTitle) and \(more) more") : order.firstTitle,
            recipient: order.recipient, total: Format.money(order.total),
            share: Format.money(order.sellerShare), date: Format.date(order.placedAt),
            isGift: order.wishes.giftMessage != nil,
            deliverOn: order.wishes.deliverOn.map { Format.date($0.from) })
    }
}
