import Vocabulary

/// A product of a file in Shopify's format: all rows of one handle.
struct ImportedProduct: Sendable {
    let handle: String
    let line: Int
    var title = ""
    /// The text of its HTML.
    var description = ""
    var type = ""
    var tags: [String] = []
    var categoryName = ""
    /// Nil when its row does not say.
    var isMeantForSale: Bool?
    /// The column that says so.
    var saleColumn = "Published"
    var optionNames: [String] = []
    var variants: [VariantDraft] = []
    /// The picture of each variant, by the variant's place.
    var variantImages: [Int: String] = [:]
    var images: [ImportedImage] = []
    /// The line of each variant.
    var variantLines: [Int] = []
    /// Cells of columns that say what the thing is like.
    var attributes: [ImportedAttribute] = []
    var hasError = false
}

struct ImportedAttribute: Hashable, Sendable {
    /// As it stands in the header.
    let column: String
    let handle: String
    /// Of our own files; others' columns may mean something else by the same name.
    let isOurs: Bool
    let text: String
}

struct ImportedImage: Hashable, Sendable {
    var source: String
    var alt: String
    var position: Int
    let line: Int

    /// Whether a picture is named by its address; others by their file.
    static func isAddress(_ source: String) -> Bool {
        source.hasPrefix("https://") || source.hasPrefix("http://")
    }
}

/// Reads a file in Shopify's product format into products. Pure: it looks nothing up.
struct ProductFile {
    let currency: Currency
    private(set) var products: [ImportedProduct] = []
    private(set) var notes: [ImportNote] = []
    private var places: [String: Int] = [:]
    private var columns: [String: Int] = [:]
    private var attributeColumns: [AttributeColumn] = []

    /// Places that a picture may name; any other is left to the order of the rows.
    private static let positions = 1...100_000
    /// The longest field, in bytes: a description of 20,000 characters with its markup.
    private static let fieldMax = 100_000

    /// - Throws: ``ImportRefusal`` when it is not such a file at all.
    init(_ bytes: [UInt8], currency: Currency) throws(ImportRefusal) {
        self.currency = currency
        guard bytes.count <= ImportRefusal.bytesMax else { throw .tooLarge }
        let records = try CSV.records(bytes)
        guard let header = records.first else { throw .empty }
        for (index, name) in header.fields.enumerated() {
            let key = InputText.trimmed(name).lowercased()
            if columns[key] == nil { columns[key] = index }
            if let column = AttributeColumn(header: name),
                attributeColumns.count < Attribute.countMax
            {
                attributeColumns.append(column)
            }
        }
        for needed in ["Handle", "Title", "Variant Price"]
        where columns[needed.lowercased()] == nil {
            throw .columnMissing(needed)
        }
        guard records.count > 1 else { throw .empty }
        for record in records.dropFirst() { read(record) }
        for index in products.indices { finish(index) }
    }

    private mutating func read(_ record: CSV.Record) {
        let row = ProductRow(record: record, columns: columns)
        var handle = row["Handle"]
        guard !handle.isEmpty else {
            return note(.error, row, nil, "Handle", "The row has no handle, so it was left out.")
        }
        if !Slug.isSlug(handle) || handle.utf8.count > ListingDraft.handleLengthMax {
            let made = Slug.made(of: handle, lengthMax: ListingDraft.handleLengthMax)
            guard !made.isEmpty else {
                return note(
                    .error, row, nil, "Handle", "The handle “\(handle.prefix(40))” cannot be used.")
            }
            if places[made] == nil {
                note(.warning, row, made, "Handle", "The handle was changed to \(made).")
            }
            handle = made
        }
        let place = places[handle] ?? start(handle, row)
        if let long = record.fields.firstIndex(where: { $0.utf8.count > Self.fieldMax }) {
            let column = columns.first { $0.value == long }?.key ?? ""
            return fail(row, place, column, "This is too long: it has over 100,000 bytes.")
        }
        readOptionsAndVariant(row, place)
        readImage(row, place)
    }

    private mutating func start(_ handle: String, _ row: ProductRow) -> Int {
        var product = ImportedProduct(handle: handle, line: row.line)
        product.title = row["Title"]
        let body = row["Body (HTML)"]
        if body.utf8.count <= Self.fieldMax { product.description = PlainText.of(html: body) }
        product.type = row["Type"]
        product.tags = row["Tags"].split(separator: ",").map { InputText.trimmed(String($0)) }
        product.categoryName = row["Product Category"]
        product.attributes = attributeColumns.map { column in
            ImportedAttribute(
                column: column.name, handle: column.handle, isOurs: column.isOurs,
                text: row[column.name])
        }
        let (published, status) = (row["Published"].lowercased(), row["Status"].lowercased())
        if published == "false" {
            product.isMeantForSale = false
        } else if !status.isEmpty {
            // In Shopify `draft` and `archived`: neither is sold.
            product.isMeantForSale = status == "active"
            product.saleColumn = "Status"
        } else if published == "true" {
            product.isMeantForSale = true
        }
        products.append(product)
        let place = products.count - 1
        places[handle] = place
        if product.title.isEmpty {
            fail(row, place, "Title", "The first row of a product needs a title.")
        }
        if row["Gift Card"].lowercased() == "true" {
            fail(row, place, "Gift Card", "Gift cards cannot be sold here.")
        }
        for number in 1...3 {
            let (name, value) = (row["Option\(number) Name"], row["Option\(number) Value"])
            guard !name.isEmpty, !(name == "Title" && value == "Default Title") else { continue }
            products[place].optionNames.append(name)
        }
        return place
    }

    private mutating func readOptionsAndVariant(_ row: ProductRow, _ place: Int) {
        let names = products[place].optionNames
        let values = (1...3).map { row["Option\($0) Value"] }
        let isVariant =
            !row["Variant Price"].isEmpty || !row["Variant SKU"].isEmpty
            || values.contains { !$0.isEmpty }
        guard isVariant else {
            if row.line == products[place].line {
                fail(row, place, "Variant Price", "The product has no price.")
            }
            return
        }
        guard let price = Money(decimal: row["Variant Price"], currency), price.isPositive else {
            return fail(
                row, place, "Variant Price",
                "“\(row["Variant Price"].prefix(20))” is not a price in \(currency.code).")
        }
        var options = Array(values.prefix(names.count))
        for (index, value) in options.enumerated() where value.isEmpty {
            // Only the product's first row has to spell out what later rows repeat.
            guard let previous = products[place].variants.last?.options?[index] else {
                return fail(
                    row, place, "Option\(index + 1) Value", "“\(names[index])” has no value.")
            }
            options[index] = previous
        }
        var draft = VariantDraft(price: price, options: options)
        draft.sku = row["Variant SKU"].isEmpty ? nil : row["Variant SKU"]
        draft.barcode = row["Variant Barcode"].isEmpty ? nil : row["Variant Barcode"]
        draft.taxCode = row["Variant Tax Code"].isEmpty ? nil : row["Variant Tax Code"]
        draft.requiresShipping = row["Variant Requires Shipping"].lowercased() != "false"
        draft.taxable = row["Variant Taxable"].lowercased() != "false"
        readNumbers(row, place, into: &draft)
        let image = row["Variant Image"]
        if !image.isEmpty { products[place].variantImages[products[place].variants.count] = image }
        products[place].variants.append(draft)
        products[place].variantLines.append(row.line)
    }

    private mutating func readNumbers(
        _ row: ProductRow, _ place: Int, into draft: inout VariantDraft
    ) {
        let compare = row["Variant Compare At Price"]
        if !compare.isEmpty {
            draft.compareAt = Money(decimal: compare, currency)
            if draft.compareAt == nil {
                warn(row, place, "Variant Compare At Price", "This is not a price; left out.")
            }
        }
        let grams = row["Variant Grams"]
        if !grams.isEmpty {
            draft.grams = Double(grams).flatMap { Int(exactly: $0.rounded()) }
            if draft.grams == nil {
                warn(row, place, "Variant Grams", "This is not a weight; taken as 0.")
            }
        }
        let quantity = row["Variant Inventory Qty"]
        draft.onHand = Int(quantity)
        if draft.onHand == nil {
            warn(
                row, place, "Variant Inventory Qty",
                quantity.isEmpty
                    ? "There is no quantity; the stock stays as it is."
                    : "This is not a whole number; the stock stays as it is.")
        } else if let count = draft.onHand, count < 0 {
            draft.onHand = 0
            warn(row, place, "Variant Inventory Qty", "The quantity is below 0; taken as 0.")
        }
        if row["Variant Inventory Policy"].lowercased() == "continue" {
            warn(
                row, place, "Variant Inventory Policy",
                "Nothing is sold here that is not in stock.")
        }
    }

    private mutating func readImage(_ row: ProductRow, _ place: Int) {
        let source = row["Image Src"]
        guard !source.isEmpty else { return }
        guard source.utf8.count <= 2000 else {
            return warn(row, place, "Image Src", "The address is too long; left out.")
        }
        let last = products[place].images.last?.position ?? 0
        let given = Int(row["Image Position"]).flatMap { Self.positions.contains($0) ? $0 : nil }
        products[place].images.append(
            ImportedImage(
                source: source, alt: row["Image Alt Text"], position: given ?? last + 1,
                line: row.line))
    }

    /// What can only be said of a product when its last row was read.
    private mutating func finish(_ place: Int) {
        let product = products[place]
        products[place].images.sort { ($0.position, $0.line) < ($1.position, $1.line) }
        if product.images.count > Listing.imagesMax {
            products[place].images.removeLast(product.images.count - Listing.imagesMax)
            notes.append(
                ImportNote(
                    severity: .warning, line: product.line, handle: product.handle,
                    column: "Image Src",
                    message: "Only the first \(Listing.imagesMax) pictures were taken."))
        }
    }

    private mutating func fail(
        _ row: ProductRow, _ place: Int, _ column: String, _ message: String
    ) {
        products[place].hasError = true
        note(.error, row, products[place].handle, column, message)
    }

    private mutating func warn(
        _ row: ProductRow, _ place: Int, _ column: String, _ message: String
    ) {
        note(.warning, row, products[place].handle, column, message)
    }

    private mutating func note(
        _ severity: ImportNote.Severity, _ row: ProductRow, _ handle: String?, _ column: String,
        _ message: String
    ) {
        notes.append(
            ImportNote(
                severity: severity, line: row.line, handle: handle, column: column,
                message: message))
    }
}

/// One row, by the names of its columns in any case.
private struct ProductRow {
    let record: CSV.Record
    let columns: [String: Int]

    var line: Int { record.line }

    subscript(name: String) -> String {
        guard let index = columns[name.lowercased()], index < record.fields.count else {
            return ""
        }
        return InputText.trimmed(record.fields[index])
    }
}
