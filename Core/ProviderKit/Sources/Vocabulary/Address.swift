/// Where things go to or come from.
public struct Address: Hashable, Sendable, Codable {
    public var name: String
    /// Street and number, one to three lines.
    public var lines: [String]
    public var city: String
    /// State or province, by its ISO 3166-2 suffix where the country uses one in addresses: `CA`.
    public var region: String?
    public var postalCode: String?
    /// ISO 3166-1 alpha-2, upper case: `DE`.
    public var country: String
    public var phone: String?

    public init(
        name: String, lines: [String], city: String, region: String? = nil,
        postalCode: String? = nil, country: String, phone: String? = nil
    ) {
        self.name = name
        self.lines = lines
        self.city = city
        self.region = region
        self.postalCode = postalCode
        self.country = country
        self.phone = phone
    }
}
