import Postgres
import Vocabulary

extension Marketplace {
    /// All attributes in their order, with their values, retired ones too.
    public func attributes() async throws -> [Attribute] {
        try await shownAttributes.value(true) { try await database.attributes.list() }
    }

    /// What is asked of things of a category, its own and that of those above it; of things
    /// without one, what is asked of everything.
    /// - Throws: ``CategoryRefusal/unknown``.
    public func attributes(askedIn category: ID<Category>?) async throws -> [Attribute] {
        var path: [ID<Category>] = []
        if let category {
            guard let found = try await categories().first(where: { $0.id == category }) else {
                throw CategoryRefusal.unknown
            }
            path = found.path
        }
        return try await attributes().filter { $0.isAsked(in: path) }
    }

    /// One attribute as it is now, and how many things say something of it and of each value.
    /// - Throws: ``AttributeRefusal/unknown``.
    public func attribute(_ id: ID<Attribute>) async throws -> AttributeUse {
        guard let attribute = try await database.attributes.find(id) else {
            throw AttributeRefusal.unknown
        }
        let uses = try await database.attributes.uses(of: id)
        return AttributeUse(
            attribute: attribute, listings: uses.listings, listingsByValue: uses.byValue)
    }

    /// Has something asked in a category and all below it.
    /// - Parameters:
    ///   - category: nil for everything.
    ///   - handle: made of the name when it is nil or blank.
    /// - Throws: ``AttributeRefusal``, ``InputRefusal`` that names the field.
    @discardableResult
    public func createAttribute(
        _ draft: AttributeDraft, handle: String? = nil, kind: Attribute.Kind,
        in category: ID<Category>?, by admin: ID<Account>?
    ) async throws -> Attribute {
        let draft = try draft.checked(kind)
        let handle = try Attribute.handle(handle, of: draft.name)
        let id = ID<Attribute>()
        return try await refusing("attribute_handle_key", as: AttributeRefusal.handleTaken) {
            try await database.transaction { tx in
                try await tx.attributes.lockList()
                if let category, try await tx.categories.hold(category) == nil {
                    throw AttributeRefusal.categoryUnknown
                }
                guard try await tx.attributes.list().count < Attribute.countMax else {
                    throw AttributeRefusal.tooMany
                }
                try await tx.attributes.insert(id, handle, kind, in: category, draft)
                for (handle, value) in kind == .flag ? AttributeValueDraft.flag : [] {
                    try await tx.attributes.insert(ID(), handle, of: id, kind, value)
                }
                return try await recorded(
                    "attribute.created", id, before: nil, reason: handle, by: admin, in: tx)
            }
        }
    }

    /// Changes its words, bounds, place and whether lists are narrowed by it.
    /// - Throws: ``AttributeRefusal``; `boundsUsed` while things have numbers out of the new
    ///   bounds.
    @discardableResult
    public func changeAttribute(
        _ id: ID<Attribute>, to draft: AttributeDraft, reason: String?, by admin: ID<Account>
    ) async throws -> Attribute {
        try await changing(id, "attribute.changed", reason, by: admin) { before, tx in
            let draft = try draft.checked(before.kind)
            if let least = draft.least, let most = draft.most {
                let outside = try await tx.attributes.outside(least, most, of: id)
                guard outside == 0 else { throw AttributeRefusal.boundsUsed(outside) }
            }
            try await tx.attributes.save(id, draft)
        }
    }

    /// Has nobody asked any more, or asked again. What was said is kept meanwhile, and not shown.
    /// - Throws: ``AttributeRefusal/unknown``.
    @discardableResult
    public func retireAttribute(
        _ id: ID<Attribute>, _ isRetired: Bool = true, reason: String?, by admin: ID<Account>
    ) async throws -> Attribute {
        let action = isRetired ? "attribute.retired" : "attribute.restored"
        return try await changing(id, action, reason, by: admin) { _, tx in
            try await tx.attributes.setRetired(id, isRetired)
        }
    }

    /// Adds something to choose.
    /// - Throws: ``AttributeRefusal``; `notChosenFrom` for a flag and a number.
    @discardableResult
    public func addAttributeValue(
        _ draft: AttributeValueDraft, handle: String? = nil, to id: ID<Attribute>,
        by admin: ID<Account>?
    ) async throws -> Attribute {
        let draft = try draft.checked()
        let handle = try Attribute.handle(handle, of: draft.name)
        return try await refusing("attribute_value_handle_key", as: AttributeRefusal.handleTaken) {
            try await changing(
                id, "attribute.value-added", handle, by: admin, showsAnew: false
            ) { before, tx in
                guard before.kind == .choice else { throw AttributeRefusal.notChosenFrom }
                guard before.values.count < Attribute.valuesMax else {
                    throw AttributeRefusal.tooManyValues
                }
                try await tx.attributes.insert(ID(), handle, of: id, before.kind, draft)
            }
        }
    }

    /// Changes a value's words and place.
    /// - Throws: ``AttributeRefusal``.
    @discardableResult
    public func changeAttributeValue(
        _ value: ID<AttributeValue>, of id: ID<Attribute>, to draft: AttributeValueDraft,
        reason: String?, by admin: ID<Account>
    ) async throws -> Attribute {
        let draft = try draft.checked()
        return try await changing(id, "attribute.value-changed", reason, by: admin) { before, tx in
            try before.requireChoice(value)
            try await tx.attributes.save(value, draft)
        }
    }

    /// Has nobody choose it any more, or again. Things that have it keep it meanwhile, unseen.
    /// - Throws: ``AttributeRefusal``.
    @discardableResult
    public func retireAttributeValue(
        _ value: ID<AttributeValue>, of id: ID<Attribute>, _ isRetired: Bool = true,
        reason: String?, by admin: ID<Account>
    ) async throws -> Attribute {
        let action = isRetired ? "attribute.value-retired" : "attribute.value-restored"
        return try await changing(id, action, reason, by: admin) { before, tx in
            try before.requireChoice(value)
            try await tx.attributes.setRetired(value, isRetired)
        }
    }

    private func changing(
        _ id: ID<Attribute>, _ action: String, _ reason: String?, by admin: ID<Account>?,
        showsAnew: Bool = true, _ change: (Attribute, Transaction) async throws -> Void
    ) async throws -> Attribute {
        let reason = try InputText.optionalLine(reason, field: "reason", lengthMax: 500)
        return try await database.transaction { tx in
            guard let before = try await tx.attributes.lock(id) else {
                throw AttributeRefusal.unknown
            }
            try await change(before, tx)
            if showsAnew { try await tx.attributes.showAnew(id) }
            return try await recorded(
                action, id, before: before, reason: reason, by: admin, in: tx)
        }
    }

    private func recorded(
        _ action: String, _ id: ID<Attribute>, before: Attribute?, reason: String?,
        by admin: ID<Account>?, in tx: Transaction
    ) async throws -> Attribute {
        guard let after = try await tx.attributes.find(id) else { throw AttributeRefusal.unknown }
        try await tx.audit.record(
            action, on: "attribute", id.description, by: admin, reason: reason, before: before,
            after: after)
        return after
    }
}

/// An attribute, and how many things it is about.
public struct AttributeUse: Sendable {
    public let attribute: Attribute
    public let listings: Int
    public let listingsByValue: [ID<AttributeValue>: Int]
}

extension Attribute {
    fileprivate func requireChoice(_ value: ID<AttributeValue>) throws(AttributeRefusal) {
        guard kind == .choice else { throw .notChosenFrom }
        guard values.contains(where: { $0.id == value }) else { throw .valueUnknown }
    }
}
