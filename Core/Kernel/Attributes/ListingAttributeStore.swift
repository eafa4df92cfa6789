import Postgres
import Vocabulary

/// Every statement on what is said of things.
struct ListingAttributeStore {
    let db: any Queryable

    /// What is said of each of these, of attributes and values that are not retired, in order.
    func find(_ listings: [ID<Listing>]) async throws -> [ID<Listing>: [ListingAttribute]] {
        let rows = try await db.query(
            """
            select said.listing_id, asked.handle, chosen.handle, said.number
            from listing_attribute said join attribute asked on asked.id = said.attribute_id
            left join attribute_value chosen on chosen.id = said.value_id
            where said.listing_id = any(\(listings)::uuid[]) and asked.retired_at is null
                and chosen.retired_at is null
            order by said.listing_id, asked.position, asked.handle, chosen.position, chosen.handle
            """
        ).decode { c in
            (
                listing: try c.next(ID<Listing>.self), attribute: try c.next(String.self),
                value: try c.next(String?.self), number: try c.next(Int?.self)
            )
        }
        var found: [ID<Listing>: [ListingAttribute]] = [:]
        for row in rows {
            var said = found[row.listing] ?? []
            if said.last?.attribute != row.attribute {
                said.append(ListingAttribute(row.attribute, number: row.number))
            }
            if let value = row.value { said[said.count - 1].values.append(value) }
            found[row.listing] = said
        }
        return found
    }

    /// Has these rows, and no others, said of the listings. What retired attributes and values
    /// say stays, for the day on which they come back.
    func save(_ rows: [ListingAttributeRow], of listings: [ID<Listing>]) async throws {
        try await db.execute(
            """
            delete from listing_attribute said using attribute asked
            where said.listing_id = any(\(listings)::uuid[]) and asked.id = said.attribute_id
                and asked.retired_at is null
                and not exists (select from attribute_value chosen
                    where chosen.id = said.value_id and chosen.retired_at is not null)
                and not exists (
                    select from jsonb_to_recordset(\(JSON(rows))) as r(listing uuid,
                        attribute uuid, value uuid, number integer)
                    where r.listing = said.listing_id and r.attribute = said.attribute_id
                        and r.value is not distinct from said.value_id
                        and r.number is not distinct from said.number)
            """)
        guard !rows.isEmpty else { return }
        try await db.execute(
            """
            insert into listing_attribute (listing_id, attribute_id, kind, value_id, number)
            select r.listing, r.attribute, r.kind, r.value, r.number
            from jsonb_to_recordset(\(JSON(rows))) as r(listing uuid, attribute uuid, kind text,
                value uuid, number integer)
            order by r.listing, r.attribute, r.value
            on conflict do nothing
            """)
    }

    /// What anything of this shop says something of, in order.
    func attributes(of seller: ID<Seller>) async throws -> [String] {
        try await db.query(
            """
            select asked.handle from attribute asked
            where asked.retired_at is null and exists (
                select from listing l join listing_attribute said on said.listing_id = l.id
                where l.seller_id = \(seller) and said.attribute_id = asked.id)
            order by asked.position, asked.handle limit \(Attribute.countMax)::int
            """
        ).decode { c in try c.next(String.self) }
    }
}

extension Transaction {
    /// Has this said of a listing that is in `category`; nil leaves what is said as it is.
    /// - Throws: ``InputRefusal`` that names the field at fault.
    func saveAttributes(
        _ said: [ListingAttribute]?, of listing: ID<Listing>, in category: ID<Category>?
    ) async throws {
        guard let said else { return }
        let asked = try await attributesAsked(in: category)
        try await listingAttributes.save(
            try ListingAttributeRow.rows(said, of: listing, asked: asked), of: [listing])
    }

    private func attributesAsked(in category: ID<Category>?) async throws -> [Attribute] {
        var path: [ID<Category>] = []
        if let category { path = try await categories.find(category)?.path ?? [] }
        return try await attributes.list().filter { $0.isAsked(in: path) }
    }
}

extension Queryable {
    var listingAttributes: ListingAttributeStore { ListingAttributeStore(db: self) }
}
