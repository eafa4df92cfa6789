import Kernel
import Vocabulary
import Web

/// A shipping profile as a person types it: prices with a decimal point, countries with commas.
struct ShippingProfileForm: Described {
    struct Row: Described {
        /// `DE, AT`; blank for everywhere else.
        let countries: String?
        let currency: Currency
        let first: String?
        let further: String?
        let freeFrom: String?
        /// `2000: 3.00; 5000: 9.00`: above so many grams, so much on top.
        let steps: String?
        let daysMin: Int?
        let daysMax: Int?

        static let rules: [String: [Rule]] = [
            "countries": [.length(0...1200)], "first": [.length(0...20)],
            "further": [.length(0...20)], "freeFrom": [.length(0...20)],
            "steps": [.length(0...400)], "daysMin": [.range(0...365)], "daysMax": [.range(0...365)],
        ]

        /// Nobody has typed into it; a currency is always chosen.
        var isBlank: Bool {
            countries == nil && first == nil && further == nil && freeFrom == nil && steps == nil
        }

        func zone(_ index: Int) throws -> ShippingZone {
            let place = "zones.\(index)"
            let price = try amount(first ?? "", "\(place).first")
            return ShippingZone(
                countries: (countries ?? "").split { $0 == "," || $0.isWhitespace }
                    .map(String.init),
                currency: currency, first: price,
                further: try further.map { try amount($0, "\(place).further") } ?? price,
                freeFrom: try freeFrom.map { try amount($0, "\(place).freeFrom") },
                steps: try weightSteps("\(place).steps"), daysMin: daysMin ?? 1,
                daysMax: daysMax ?? max(daysMin ?? 1, 7))
        }

        private func amount(_ text: String, _ field: String) throws -> Int64 {
            try TypedAmount.read(text, currency, field: field).amount
        }

        private func weightSteps(_ field: String) throws -> [WeightStep] {
            try (steps ?? "").split(separator: ";").map { step in
                let parts = step.split(separator: ":").map { String($0).trimmingBlanks }
                guard parts.count == 2, let grams = Int(parts[0]), grams >= 0 else {
                    throw InputRefusal(
                        .wrong("Write grams and what comes on top, such as 2000: 3.00."),
                        field: field)
                }
                return WeightStep(aboveGrams: grams, extra: try amount(parts[1], field))
            }
        }
    }

    let name: String
    let handlingDays: Int
    let sentFrom: String?
    let isDefault: Bool?
    let zones: [Row]

    static let rules: [String: [Rule]] = [
        "name": [.length(1...80)], "handlingDays": [.range(0...60)], "sentFrom": [.length(0...80)],
        "zones": [.count(0...50)],
    ]

    /// What the kernel takes; rows that were left blank are no zones.
    func draft() throws -> ShippingProfileDraft {
        ShippingProfileDraft(
            name: name, handlingDays: handlingDays, sentFrom: sentFrom ?? "",
            isDefault: isDefault ?? false,
            zones: try zones.enumerated().filter { !$0.element.isBlank }
                .map { try $0.element.zone($0.offset) })
    }
}

/// What somebody wants to know of a profile; what is left out is one piece to the shop's country.
struct ShippingPreviewQuery: Described {
    let country: String?
    let pieces: Int?
    /// Of one piece.
    let grams: Int?
    /// What the customer pays for all of them, in major units.
    let value: String?
    let currency: Currency?

    static let rules: [String: [Rule]] = [
        "country": [.length(2...2), .pattern(.country)], "pieces": [.range(1...999)],
        "grams": [.range(0...1_000_000)], "value": [.length(0...20)],
    ]
}
