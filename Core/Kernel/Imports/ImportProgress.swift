import Vocabulary

/// The report while it is being made.
struct ImportProgress: Sendable {
    private var result: ImportReport
    private var notes: [ImportNote]

    init(isDryRun: Bool, notes: [ImportNote]) {
        result = ImportReport(isDryRun: isDryRun)
        self.notes = notes
    }

    /// The products that can be written; the others are counted as skipped.
    mutating func withoutErrors(_ products: [ImportedProduct]) -> [ImportedProduct] {
        var skus: [String: String] = [:]
        return products.filter { product in
            if product.hasError {
                result.skipped += 1
                return false
            }
            for (variant, line) in zip(product.variants, product.variantLines) {
                guard let sku = variant.sku else { continue }
                if let other = skus[sku] {
                    note(
                        .error, product, line, "Variant SKU",
                        "The SKU \(sku.prefix(80)) is in the file twice: \(other) has it too.")
                    result.skipped += 1
                    return false
                }
                skus[sku] = product.handle
            }
            return true
        }
    }

    mutating func count(_ plan: ImportPlan, of product: ImportedProduct) {
        switch plan.outcome {
        case .created: result.created += 1
        case .updated: result.updated += 1
        case .unchanged: result.unchanged += 1
        }
        switch plan.turn {
        case .none: break
        case .publishes:
            result.putOnSale += 1
            note(.notice, product, product.line, product.saleColumn, "It goes on sale.")
        case .takesOff:
            result.takenOffSale += 1
            note(.notice, product, product.line, product.saleColumn, "It is taken off sale.")
        case .staysArchived:
            note(
                .warning, product, product.line, product.saleColumn,
                "You archived it, and it stays so. Bring it back at its own page.")
        case .staysDraft:
            note(
                .warning, product, product.line, product.saleColumn,
                "It is a draft. \(ListingRefusal.restricted.explanation)")
        }
    }

    mutating func skip(_ product: ImportedProduct, _ refusal: any Refusal) {
        result.skipped += 1
        note(.error, product, product.line, refusal.field, refusal.explanation)
    }

    mutating func warn(_ product: ImportedProduct, _ line: Int, _ message: String) {
        note(.warning, product, line, "Image Src", message)
    }

    /// Notes what the cells about a product's attributes lack; an error leaves it out.
    mutating func note(_ product: ImportedProduct, _ reading: AttributeMatcher.Reading) {
        if reading.isWrong { result.skipped += 1 }
        for found in reading.notes {
            note(found.severity, product, product.line, found.column, found.message)
        }
    }

    func report() -> ImportReport {
        var report = result
        let sorted = notes.enumerated().sorted {
            ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
        }
        report.notes = sorted.prefix(ImportReport.notesMax).map(\.element)
        return report
    }

    private mutating func note(
        _ severity: ImportNote.Severity, _ product: ImportedProduct, _ line: Int,
        _ column: String?, _ message: String
    ) {
        notes.append(
            ImportNote(
                severity: severity, line: line, handle: product.handle, column: column,
                message: message))
    }
}

/// Finds the category that a product's file means, by name or address, deepest first.
struct CategoryMatcher: Sendable {
    private var bySlug: [String: ID<Category>] = [:]
    private var byName: [String: ID<Category>] = [:]

    init(_ categories: [Category]) {
        // Parents come first, so that a deeper one of the same name wins.
        for category in categories {
            bySlug[category.slug] = category.id
            byName[Slug.made(of: category.name)] = category.id
        }
    }

    func match(_ product: ImportedProduct) -> ID<Category>? {
        let path = product.categoryName.split(separator: ">").reversed().map(String.init)
        for name in path + [product.type] + product.tags {
            let slug = Slug.made(of: name)
            if let found = bySlug[slug] ?? byName[slug] { return found }
        }
        return nil
    }
}
