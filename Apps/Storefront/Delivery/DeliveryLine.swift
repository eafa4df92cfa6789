import Kernel
import Vocabulary
import Web

/// How a thing would be sent, on its page.
struct DeliveryLine {
    struct Country {
        let code: String
        let name: String
        let isChosen: Bool
    }

    /// One of several ways there.
    struct Way {
        let label: String
        let price: String
        /// `2 to 4 days`
        let days: String?
        /// `by 25 November 2026`
        let arrives: String?
    }

    /// `Sent to Germany for € 4.90, 2 to 4 days, from Leipzig`
    let words: String
    let isBad: Bool
    /// Back to this page.
    let then: String
    let isChosen: Bool
    let countries: [Country]
    /// All that can be chosen, where that is more than one.
    let ways: [Way]
    /// Two stand on the page; more are opened by who wants to see them.
    let areFew: Bool
    let areMany: Bool
    /// `4 ways to have it sent`
    let waysWords: String

    /// - Parameter leaving: when it leaves at the earliest; nil where nobody can know, and then
    ///   no day is named on which it arrives.
    init(
        _ estimate: DeliveryEstimate?, to country: String?, seller: String, then: String,
        leaving: Instant? = nil
    ) {
        var ways: [Way] = []
        let place = country.map { Countries.name($0) } ?? ""
        switch estimate {
        case .sent(let way, let others, let origin):
            if !others.isEmpty { ways = ([way] + others).map { Way($0, leaving: leaving) } }
            let sent =
                way.price.isZero
                ? localized("Sent to \(place) without charge")
                : localized("Sent to \(place) for \(Format.money(way.price))")
            let days =
                CheckoutPage.Parcel.days(way.daysMin, way.daysMax).map { ", \($0)" } ?? ""
            words = sent + days + (origin.map { localized(", from \($0)") } ?? "")
        case .nothingToSend: words = localized("Nothing has to be sent")
        case .notThere: words = localized("\(seller) does not send it to \(place)")
        case .unknown:
            words = localized("What sending it to \(place) costs is shown before you pay")
        case nil: words = localized("Where shall it go? Then you see here what sending it costs")
        }
        isBad = estimate == .notThere
        self.ways = ways
        areFew = ways.count == 2
        areMany = ways.count > 2
        waysWords = Format.count(ways.count, "way to have it", "ways to have it")
        self.then = then
        isChosen = country != nil
        countries = Countries.offered(chosen: country).map {
            Country(code: $0.code, name: $0.name, isChosen: $0.code == country)
        }
    }
}

extension DeliveryLine.Way {
    fileprivate init(_ way: DeliveryWay, leaving: Instant?) {
        label = localized(name: way.label)
        price = way.price.isZero ? localized("free") : Format.money(way.price)
        days = CheckoutPage.Parcel.days(way.daysMin, way.daysMax)
        let day = (way.daysMax ?? way.daysMin).flatMap { leaving?.advanced(days: $0) }
        arrives = day.map { localized("by \(Format.date($0))") }
    }
}
