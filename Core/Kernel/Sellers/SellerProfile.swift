import Vocabulary

/// What a seller says about itself.
public struct SellerProfile: Hashable, Sendable, Codable {
    public var name: String
    /// The last part of the shop's address; made of the name when it is missing.
    public var slug: String?
    public var about: String?
    public var country: String
    public var legalName: String?
    public var vatNumber: String?
    /// Where parcels start.
    public var origin: Address?

    public init(
        name: String, slug: String? = nil, about: String? = nil, country: String,
        legalName: String? = nil, vatNumber: String? = nil, origin: Address? = nil
    ) {
        self.name = name
        self.slug = slug
        self.about = about
        self.country = country
        self.legalName = legalName
        self.vatNumber = vatNumber
        self.origin = origin
    }

    /// The profile cleaned and bounded, with a slug.
    /// - Throws: ``InputRefusal`` and ``SellerRefusal`` that name the field at fault.
    func checked() throws -> SellerProfile {
        var profile = self
        profile.name = try InputText.line(name, field: "name", lengths: 2...120)
        profile.about = try InputText.paragraphs(
            about ?? "", field: "about", lengths: 0...10_000)
        profile.country = InputText.trimmed(country).uppercased()
        guard profile.country.utf8.count == 2,
            profile.country.utf8.allSatisfy({ (65...90).contains($0) })
        else { throw SellerRefusal.countryUnknown }
        profile.legalName = try InputText.optionalLine(
            legalName, field: "legalName", lengthMax: 200)
        profile.vatNumber = try InputText.optionalLine(
            vatNumber, field: "vatNumber", lengthMax: 20)
        profile.origin = try origin?.checked(field: "origin")
        if let slug = try InputText.optionalLine(slug, field: "slug", lengthMax: 60) {
            guard Slug.isSlug(slug), slug.utf8.count >= 2 else { throw SellerRefusal.slugInvalid }
            profile.slug = slug
        } else {
            let slug = Slug.made(of: profile.name)
            guard slug.utf8.count >= 2 else { throw SellerRefusal.slugInvalid }
            profile.slug = slug
        }
        return profile
    }
}
