import Postgres
import Vocabulary

/// How many products are written in one transaction: a dead connection loses no more, and the
/// next run goes on where this one stopped, because what is there already is unchanged.
private let batchSize = 50

extension Marketplace {
    /// Imports a file in Shopify's product format. Products are known by handle, variants by
    /// their options and SKU: importing the same file again changes nothing, and ids stay.
    ///
    /// A row that says whether its product is for sale publishes a draft and takes off sale what
    /// is published; what the shop archived stays so, with a warning.
    ///
    /// A product with an error is left out and named with its line; the others are written, some
    /// at a time, each time whole. Pictures that the file names by address are noted and never
    /// fetched; those that it names by file are taken from ``ImportOptions/pictures``.
    /// - Throws: ``ImportRefusal`` when it is not such a file.
    public func importCatalogue(
        _ bytes: [UInt8], _ options: ImportOptions, as member: SellerMember
    ) async throws -> ImportReport {
        try member.require(.editListings)
        // Reading megabytes takes its time, and the cooperative pool has none to spare.
        let file = try await files.run { try ProductFile(bytes, currency: options.currency) }
        var progress = ImportProgress(isDryRun: options.isDryRun, notes: file.notes)
        let products = progress.withoutErrors(file.products)
        let tree = try await database.categories.list()
        let known = Known(
            categories: CategoryMatcher(tree),
            attributes: AttributeMatcher(
                attributes: try await database.attributes.list(), tree: tree))
        let stored = try await storePictures(of: products, options, member, &progress)
        for start in stride(from: 0, to: products.count, by: batchSize) {
            let batch = Array(products[start..<min(start + batchSize, products.count)])
            do {
                progress = try await write(
                    batch, known, stored, progress, options.isDryRun, member)
            } catch is ListingRefusal {
                // One product spoils the batch, for instance by somebody else's SKU: one by one.
                for product in batch {
                    do {
                        progress = try await write(
                            [product], known, stored, progress, options.isDryRun, member)
                    } catch let refusal as ListingRefusal {
                        progress.skip(product, refusal)
                    }
                }
            }
        }
        return progress.report()
    }

    private func write(
        _ products: [ImportedProduct], _ known: Known,
        _ stored: [String: ContentHash], _ progress: ImportProgress, _ isDryRun: Bool,
        _ member: SellerMember
    ) async throws -> ImportProgress {
        try await refusingListingConstraints {
            try await database.transaction { tx in
                var progress = progress
                let present = try await presentListings(
                    products.map(\.handle), of: member.seller, in: tx)
                let skus = try await tx.variants.listSKUs(
                    products.flatMap { $0.variants.compactMap(\.sku) }, of: member.seller)
                let isRestricted = try await tx.debts.isRestricted(member.seller)
                var plans: [ImportPlan] = []
                for product in products {
                    let here = present[product.handle]
                    let foreign = product.variants.compactMap(\.sku).contains { sku in
                        skus[sku].map { $0 != here?.listing.id } ?? false
                    }
                    do {
                        if foreign { throw ListingRefusal.skuTaken }
                        let category =
                            known.categories.match(product) ?? here?.listing.category
                        let reading = known.attributes.read(
                            product, in: category, present: here?.attributes ?? [])
                        progress.note(product, reading)
                        guard !reading.isWrong else { continue }
                        let plan = try ImportPlan(
                            product, category: category, present: here, stored: stored,
                            said: reading.said, asked: known.attributes.asked(in: category),
                            isRestricted: isRestricted, of: member.seller)
                        progress.count(plan, of: product)
                        if plan.outcome != .unchanged { plans.append(plan) }
                    } catch let refusal as any Refusal {
                        progress.skip(product, refusal)
                    }
                }
                if !isDryRun, !plans.isEmpty { try await save(plans, by: member, in: tx) }
                return progress
            }
        }
    }

    private func save(
        _ plans: [ImportPlan], by member: SellerMember, in tx: Transaction
    ) async throws {
        let ids = plans.map(\.listing.id)
        let variants = plans.flatMap(\.variants)
        let names = ids.map(\.description)
        let before = try await tx.audit.before("listing", names)
        try await tx.listings.save(plans.map(\.listing))
        let said = plans.filter { $0.attributes != nil }
        try await tx.listingAttributes.save(
            said.flatMap { $0.attributes ?? [] }, of: said.map(\.listing.id))
        try await tx.images.save(plans.flatMap(\.images))
        try await tx.variants.deactivate(in: ids, keeping: variants.map(\.id))
        try await tx.variants.save(variants)
        try await tx.stock.set(
            variants.compactMap(\.count), cause: .import,
            by: member.account)
        try await tx.images.holdPhotos(of: ids)
        try await tx.listings.refresh(ids)
        _ = try await tx.batch(
            names.map {
                AuditStore.statement(
                    "listing.imported", on: "listing", $0, by: member, before: before[$0])
            })
    }

    private func presentListings(
        _ handles: [String], of seller: ID<Seller>, in tx: Transaction
    ) async throws -> [String: ImportPlan.Present] {
        let listings = try await tx.listings.lock(handles: handles, of: seller)
        let ids = listings.map(\.id)
        let identities = Dictionary(
            grouping: try await tx.variants.listPresent(in: ids), by: \.listing)
        let variants = Dictionary(
            grouping: try await tx.variants.listRows(in: ids), by: \.listing)
        let images = Dictionary(grouping: try await tx.images.list(of: ids), by: \.listing)
        let attributes = try await tx.listingAttributes.find(ids)
        return Dictionary(
            listings.map { listing in
                (
                    listing.handle,
                    ImportPlan.Present(
                        listing: listing, variants: variants[listing.id] ?? [],
                        identities: identities[listing.id] ?? [],
                        images: images[listing.id]?.map(\.image) ?? [],
                        attributes: attributes[listing.id] ?? [])
                )
            }
        ) { first, _ in first }
    }

    /// Stores the pictures that the file names by file, before any transaction; those of products
    /// that would be refused anyway are left where they are.
    private func storePictures(
        of products: [ImportedProduct], _ options: ImportOptions, _ member: SellerMember,
        _ progress: inout ImportProgress
    ) async throws -> [String: ContentHash] {
        var stored: [String: ContentHash] = [:]
        for product in products where !product.images.isEmpty && product.isAcceptable {
            for image in product.images where stored[image.source] == nil {
                let source = image.source
                if ImportedImage.isAddress(source) { continue }
                let name = source.split(separator: "/").last.map(String.init) ?? source
                guard let bytes = options.pictures[name] else {
                    progress.warn(product, image.line, "The picture “\(name)” did not come along.")
                    continue
                }
                do {
                    stored[source] = try await store(bytes, options, member)
                } catch let refusal as MediaRefusal {
                    progress.warn(product, image.line, "\(name): \(refusal.explanation)")
                }
            }
        }
        return stored
    }

    private func store(
        _ bytes: [UInt8], _ options: ImportOptions, _ member: SellerMember
    ) async throws -> ContentHash {
        guard options.isDryRun else {
            return try await storePicture(bytes, of: member.seller).hash
        }
        _ = try pictureHeader(bytes)
        return try await files.run { ContentHash(of: bytes) }
    }
}

/// What the market knows, to find what a file means.
private struct Known: Sendable {
    let categories: CategoryMatcher
    let attributes: AttributeMatcher
}

extension ImportedProduct {
    /// Whether a shop that has nothing yet would take it.
    fileprivate var isAcceptable: Bool {
        let plan = try? ImportPlan(self, category: nil, present: nil, stored: [:], of: ID())
        return plan != nil
    }
}
