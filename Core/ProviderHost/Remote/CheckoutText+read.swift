import JSONText
import ProviderKit
import Vocabulary

extension CheckoutText {
    /// - Throws: ``JSONMisfit`` for what is left to the coders: another question, or something that
    ///   is not written as expected.
    static func call(_ place: JSONBytesDecoder) throws(JSONMisfit) -> HostCall {
        var fields = try JSONFields(place)
        let instance = try fields.textIfAny("instance")
        let version = try fields.numberIfAny("version")
        let context = try OperationContext(reading: fields.value("context"))
        let question = try ProviderQuestion(reading: fields.value("question"))
        guard fields.find("desk") == nil else { throw JSONMisfit() }
        return HostCall(
            instance: instance, version: version.map { Int($0) }, context: context,
            question: question)
    }

    /// - Throws: ``JSONMisfit`` as above.
    static func reply(_ place: JSONBytesDecoder) throws(JSONMisfit) -> ProviderReply {
        if let part = try JSONFields.choice("quotes", in: place) {
            var fields = try JSONFields(part)
            var items = try fields.list("list")
            var quotes: [ShippingQuote] = []
            quotes.reserveCapacity(items.count)
            while let item = items.next() { quotes.append(try ShippingQuote(reading: item)) }
            return .quotes(list: quotes)
        }
        if let part = try JSONFields.choice("taxes", in: place) {
            var fields = try JSONFields(part)
            var items = try fields.list("lines")
            var lines: [TaxLine] = []
            lines.reserveCapacity(items.count)
            while let item = items.next() { lines.append(try TaxLine(reading: item)) }
            return .taxes(lines: lines)
        }
        guard let part = try JSONFields.choice("started", in: place) else { throw JSONMisfit() }
        var fields = try JSONFields(part)
        return .started(payment: try StartedPayment(reading: fields.value("payment")))
    }
}

extension ProviderQuestion {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        if let part = try JSONFields.choice("quotes", in: place) {
            var fields = try JSONFields(part)
            self = .quotes(request: try ShippingRequest(reading: fields.value("request")))
        } else if let part = try JSONFields.choice("calculate", in: place) {
            var fields = try JSONFields(part)
            self = .calculate(request: try TaxRequest(reading: fields.value("request")))
        } else if let part = try JSONFields.choice("start", in: place) {
            var fields = try JSONFields(part)
            self = .start(request: try PaymentStart(reading: fields.value("request")))
        } else {
            throw JSONMisfit()
        }
    }
}

extension JSONFields {
    fileprivate mutating func money(_ name: StaticString) throws(JSONMisfit) -> Money {
        var fields = try JSONFields(try value(name))
        let amount = try fields.number("amount")
        return Money(amount, try fields.currency("currency"))
    }

    fileprivate mutating func currency(_ name: StaticString) throws(JSONMisfit) -> Currency {
        guard let currency = Currency(try text(name)) else { throw JSONMisfit() }
        return currency
    }

    fileprivate mutating func time(_ name: StaticString) throws(JSONMisfit) -> Instant {
        guard let time = Instant(try text(name)) else { throw JSONMisfit() }
        return time
    }

    /// - Throws: ``JSONMisfit`` when it is there and no time.
    fileprivate mutating func timeIfAny(_ name: StaticString) throws(JSONMisfit) -> Instant? {
        guard let text = try textIfAny(name) else { return nil }
        guard let time = Instant(text) else { throw JSONMisfit() }
        return time
    }

    fileprivate mutating func choice<Choice: RawRepresentable>(
        _ name: StaticString, of type: Choice.Type
    ) throws(JSONMisfit) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(name)) else { throw JSONMisfit() }
        return choice
    }

    fileprivate mutating func address(_ name: StaticString) throws(JSONMisfit) -> Address {
        var fields = try JSONFields(try value(name))
        let name = try fields.text("name")
        var items = try fields.list("lines")
        var lines: [String] = []
        lines.reserveCapacity(items.count)
        while let item = items.next() { lines.append(try item.ownText) }
        return Address(
            name: name, lines: lines, city: try fields.text("city"),
            region: try fields.textIfAny("region"),
            postalCode: try fields.textIfAny("postalCode"),
            country: try fields.text("country"), phone: try fields.textIfAny("phone"))
    }
}

extension OperationContext {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        self.init(
            idempotencyKey: try fields.text("idempotencyKey"),
            attempt: Int(try fields.number("attempt")), deadline: try fields.time("deadline"),
            requestID: try fields.text("requestID"),
            firstMadeAt: try fields.timeIfAny("firstMadeAt"))
    }
}

extension ShippingRequest {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        let sellerID = try fields.text("sellerID")
        let origin = try fields.address("origin")
        let destination = try fields.address("destination")
        var parcel = try JSONFields(try fields.value("parcel"))
        self.init(
            sellerID: sellerID, origin: origin, destination: destination,
            parcel: Parcel(
                weightGrams: Int(try parcel.number("weightGrams")),
                value: try parcel.money("value"), itemCount: Int(try parcel.number("itemCount"))),
            currency: try fields.currency("currency"))
    }
}

extension ShippingQuote {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        self.init(
            code: try fields.text("code"), label: try fields.text("label"),
            price: try fields.money("price"),
            daysMin: try fields.numberIfAny("daysMin").map { Int($0) },
            daysMax: try fields.numberIfAny("daysMax").map { Int($0) },
            isPickup: try fields.isTrue("isPickup"))
    }
}

extension TaxRequest {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        let destination = try fields.address("destination")
        let suppliedAt = try fields.time("suppliedAt")
        let taxID = try fields.textIfAny("customerTaxID")
        var items = try fields.list("lines")
        var lines: [TaxableLine] = []
        lines.reserveCapacity(items.count)
        while let item = items.next() { lines.append(try TaxableLine(reading: item)) }
        self.init(
            destination: destination, suppliedAt: suppliedAt, customerTaxID: taxID, lines: lines)
    }
}

extension TaxableLine {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        self.init(
            id: try fields.text("id"), kind: try fields.choice("kind", of: SupplyKind.self),
            sellerID: try fields.text("sellerID"),
            originCountry: try fields.text("originCountry"), taxCode: try fields.text("taxCode"),
            amount: try fields.money("amount"), includesTax: try fields.isTrue("includesTax"))
    }
}

extension TaxLine {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        let lineID = try fields.text("lineID")
        let jurisdiction = try fields.text("jurisdiction")
        let label = try fields.text("label")
        var rate = try JSONFields(try fields.value("rate"))
        self.init(
            lineID: lineID, jurisdiction: jurisdiction, label: label,
            rate: PartsPerMillion(try rate.number("value")), base: try fields.money("base"),
            amount: try fields.money("amount"), isIncluded: try fields.isTrue("isIncluded"),
            treatment: try fields.choice("treatment", of: TaxTreatment.self),
            remitter: try fields.choice("remitter", of: TaxRemitter.self),
            source: try fields.text("source"))
    }
}

extension PaymentStart {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        self.init(
            paymentID: try fields.text("paymentID"), amount: try fields.money("amount"),
            method: try fields.text("method"),
            capture: try fields.choice("capture", of: CaptureMode.self),
            returnURL: try fields.text("returnURL"), webhookURL: try fields.text("webhookURL"),
            statement: try fields.text("statement"),
            customerEmail: try fields.textIfAny("customerEmail"))
        var items = try fields.list("shares")
        shares.reserveCapacity(items.count)
        while let item = items.next() { shares.append(try PaymentShare(reading: item)) }
    }
}

extension PaymentShare {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        self.init(
            orderID: try fields.text("orderID"), sellerID: try fields.text("sellerID"),
            amount: try fields.money("amount"), destination: try fields.textIfAny("destination"))
    }
}

extension StartedPayment {
    /// Without instructions, and without receipts.
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        let snapshot = try PaymentSnapshot(reading: fields.value("snapshot"))
        let step = try fields.value("next")
        var next = NextAction.none
        if let part = try JSONFields.choice("redirect", in: step) {
            var redirect = try JSONFields(part)
            next = .redirect(url: try redirect.text("url"))
        } else if let part = try JSONFields.choice("none", in: step) {
            _ = try JSONFields(part)
        } else {
            throw JSONMisfit()
        }
        self.init(snapshot: snapshot, next: next, payUntil: try fields.timeIfAny("payUntil"))
    }
}

extension PaymentSnapshot {
    fileprivate init(reading place: JSONBytesDecoder) throws(JSONMisfit) {
        var fields = try JSONFields(place)
        self.init(
            reference: try fields.text("reference"),
            paymentID: try fields.textIfAny("paymentID"),
            status: try fields.choice("status", of: PaymentStatus.self),
            authorized: try fields.money("authorized"), captured: try fields.money("captured"),
            refunded: try fields.money("refunded"), version: try fields.number("version"),
            failureCode: try fields.textIfAny("failureCode"),
            failureMessage: try fields.textIfAny("failureMessage"))
        guard fields.find("receipts") == nil else { throw JSONMisfit() }
    }
}
