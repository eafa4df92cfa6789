import Postgres
import Vocabulary

extension Marketplace {
    /// The shop's listings, archived ones aside, as a file that ``importCatalogue(_:_:as:)``
    /// reads back without changing anything.
    public func exportCatalogue(as member: SellerMember) async throws -> [UInt8] {
        try member.require(.readListings)
        let vendor = try await seller(member.seller).name
        let categories = Dictionary(
            try await database.categories.list().map { ($0.id, $0.slug) }
        ) { first, _ in first }
        let said = try await database.listingAttributes.attributes(of: member.seller)
        let attributes = try await database.attributes.list().filter { said.contains($0.handle) }
        var csv = CSV.line(ExportRow.header + attributes.map(AttributeColumn.header))
        var after: String?
        repeat {
            let page = try await database.listings.list(
                of: member.seller, nil, containing: nil,
                PageRequest(after: after, limit: PageRequest.limitMax))
            for item in page.items where item.state != .archived {
                let details = try await details(
                    of: item.id, seller: member.seller, in: database)
                let category = details.listing.category.flatMap { categories[$0] } ?? ""
                for row in rows(
                    of: details, vendor: vendor, category: category, attributes)
                {
                    csv += CSV.line(row.fields)
                }
            }
            after = page.next
        } while after != nil
        return Array(csv.utf8)
    }

    private func rows(
        of details: ListingDetails, vendor: String, category: String, _ attributes: [Attribute]
    ) -> [ExportRow] {
        let (listing, variants) = (details.listing, details.variants)
        let images = details.images.filter { !$0.isLost }
        var rows: [ExportRow] = []
        for index in 0..<max(variants.count, images.count) {
            var row = ExportRow(handle: listing.handle, attributes)
            if index == 0 {
                row.describe(listing, vendor: vendor, category: category)
                for attribute in attributes { row.say(attribute, details.attributes) }
            }
            if index < variants.count {
                row.offer(variants[index], of: listing, isFirst: index == 0)
                let image = images.first { $0.id == variants[index].image }
                row["Variant Image"] = image.map(source) ?? ""
            }
            if index < images.count {
                row["Image Src"] = source(images[index])
                row["Image Position"] = String(index + 1)
                row["Image Alt Text"] = images[index].alt
            }
            rows.append(row)
        }
        return rows
    }

    /// An address that says where the picture is to anybody who reads the file.
    private func source(_ image: ListingImage) -> String {
        image.sourceURL.flatMap { ImportedImage.isAddress($0) ? $0 : nil }
            ?? image.hash.map { "\(settings.storefrontURL)/media/\($0)" } ?? ""
    }
}

extension ListingImage {
    /// A file named it, and it never came along.
    var isLost: Bool { hash == nil && !(sourceURL.map(ImportedImage.isAddress) ?? false) }
}

/// One row of an exported file.
private struct ExportRow {
    static let header = [
        "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags",
        "Published", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value",
        "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
        "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy",
        "Variant Fulfillment Service", "Variant Price", "Variant Compare At Price",
        "Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Src",
        "Image Position", "Image Alt Text", "Gift Card", "Variant Image", "Variant Weight Unit",
        "Variant Tax Code",
    ]

    private var values: [String: String] = [:]
    private let columns: [String]

    init(handle: String, _ attributes: [Attribute]) {
        columns = Self.header + attributes.map(AttributeColumn.header)
        values["Handle"] = handle
    }

    subscript(name: String) -> String {
        get { values[name] ?? "" }
        set { values[name] = newValue }
    }

    var fields: [String] { columns.map { self[$0] } }

    mutating func say(_ attribute: Attribute, _ said: [ListingAttribute]) {
        guard let answer = said.first(where: { $0.attribute == attribute.handle }) else { return }
        self[AttributeColumn.header(attribute)] =
            answer.number.map { String($0) } ?? answer.values.joined(separator: "; ")
    }

    mutating func describe(_ listing: Listing, vendor: String, category: String) {
        self["Title"] = listing.title
        self["Body (HTML)"] = PlainText.html(of: listing.description)
        self["Vendor"] = vendor
        self["Product Category"] = category
        self["Type"] = listing.productType
        self["Tags"] = listing.tags.joined(separator: ", ")
        self["Published"] = String(listing.state == .published)
        self["Gift Card"] = "false"
    }

    mutating func offer(_ variant: Variant, of listing: Listing, isFirst: Bool) {
        for (index, value) in variant.options.enumerated() {
            if isFirst { self["Option\(index + 1) Name"] = listing.optionNames[index] }
            self["Option\(index + 1) Value"] = value
        }
        if variant.options.isEmpty {
            if isFirst { self["Option1 Name"] = "Title" }
            self["Option1 Value"] = "Default Title"
        }
        self["Variant SKU"] = variant.sku ?? ""
        self["Variant Grams"] = String(variant.grams)
        self["Variant Inventory Qty"] = String(variant.onHand)
        self["Variant Inventory Policy"] = "deny"
        self["Variant Fulfillment Service"] = "manual"
        self["Variant Price"] = variant.price.decimalText
        self["Variant Compare At Price"] = variant.compareAt?.decimalText ?? ""
        self["Variant Requires Shipping"] = String(variant.requiresShipping)
        self["Variant Taxable"] = String(variant.taxable)
        self["Variant Barcode"] = variant.barcode ?? ""
        self["Variant Weight Unit"] = "g"
        self["Variant Tax Code"] = variant.taxCode ?? ""
    }
}
