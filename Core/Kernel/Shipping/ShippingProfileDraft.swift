import Vocabulary

/// A shipping profile as it is typed in.
public struct ShippingProfileDraft: Hashable, Sendable, Codable {
    public var name: String
    /// Days until a parcel is packed.
    public var handlingDays: Int
    /// The place that parcels leave; blank says nothing of it.
    public var sentFrom: String
    /// True makes it the default. The default stays it until another is.
    public var isDefault: Bool
    public var zones: [ShippingZone]

    public init(
        name: String, handlingDays: Int, sentFrom: String = "", isDefault: Bool = false,
        zones: [ShippingZone]
    ) {
        self.name = name
        self.handlingDays = handlingDays
        self.sentFrom = sentFrom
        self.isDefault = isDefault
        self.zones = zones
    }

    init(_ profile: ShippingProfile) {
        self.init(
            name: profile.name, handlingDays: profile.handlingDays, sentFrom: profile.sentFrom,
            isDefault: profile.isDefault, zones: profile.zones)
    }

    /// The draft cleaned and bounded.
    /// - Throws: ``InputRefusal`` that names the field at fault, such as `zones.0.countries`.
    func checked() throws(InputRefusal) -> ShippingProfileDraft {
        var draft = self
        draft.name = try InputText.line(name, field: "name", lengths: 1...80)
        draft.sentFrom = try InputText.line(sentFrom, field: "sentFrom", lengths: 0...80)
        guard (0...ShippingProfile.handlingDaysMax).contains(handlingDays) else {
            throw InputRefusal(
                .wrong("Packing takes 0 to \(ShippingProfile.handlingDaysMax) days."),
                field: "handlingDays")
        }
        guard zones.count <= ShippingProfile.zonesMax else {
            throw InputRefusal(
                .wrong("A profile has at most \(ShippingProfile.zonesMax) zones."),
                field: "zones")
        }
        draft.zones = []
        for (index, zone) in zones.enumerated() {
            let clean = try zone.checked(field: "zones.\(index)")
            for other in draft.zones where other.currency == clean.currency {
                guard
                    clean.countries.isEmpty
                        ? !other.countries.isEmpty
                        : Set(other.countries).isDisjoint(with: clean.countries)
                else {
                    throw InputRefusal(
                        .wrong("Two zones with the same currency are for the same place."),
                        field: "zones.\(index).countries")
                }
            }
            draft.zones.append(clean)
        }
        return draft
    }
}

extension ShippingZone {
    fileprivate func checked(field: String) throws(InputRefusal) -> ShippingZone {
        var zone = self
        let codes = Set(countries.map { InputText.trimmed($0).uppercased() })
        guard codes.count <= 250,
            codes.allSatisfy({ code in
                code.utf8.count == 2 && code.utf8.allSatisfy { (65...90).contains($0) }
            })
        else {
            throw InputRefusal(
                .wrong("A country is two letters, such as DE."), field: "\(field).countries")
        }
        zone.countries = codes.sorted()
        try Self.check(first, from: 0, field: "\(field).first")
        try Self.check(further, from: 0, field: "\(field).further")
        if let freeFrom, !(1...Money.amountMax).contains(freeFrom) {
            throw InputRefusal(.wrong("This amount is not possible."), field: "\(field).freeFrom")
        }
        zone.steps = try checkedSteps(field: "\(field).steps")
        guard (0...Self.daysMaxMax).contains(daysMin), (daysMin...Self.daysMaxMax).contains(daysMax)
        else {
            throw InputRefusal(
                .wrong("Say from how many to how many days it is on its way, at most a year."),
                field: "\(field).daysMax")
        }
        return zone
    }

    private func checkedSteps(field: String) throws(InputRefusal) -> [WeightStep] {
        let sorted = steps.sorted { $0.aboveGrams < $1.aboveGrams }
        guard sorted.count <= Self.stepsMax else {
            throw InputRefusal(
                .wrong("A zone has at most \(Self.stepsMax) steps of weight."), field: field)
        }
        for (index, step) in sorted.enumerated() {
            try Self.check(step.extra, from: 1, field: field)
            guard (0...1_000_000_000).contains(step.aboveGrams),
                index == 0
                    || sorted[index - 1].aboveGrams < step.aboveGrams
                        && sorted[index - 1].extra <= step.extra
            else {
                throw InputRefusal(
                    .wrong("Each step weighs more than the one before, and costs no less."),
                    field: field)
            }
        }
        return sorted
    }

    private static func check(
        _ price: Int64, from least: Int64, field: String
    ) throws(InputRefusal) {
        guard (least...priceMax).contains(price) else {
            throw InputRefusal(.wrong("This amount is not possible."), field: field)
        }
    }
}
