import JSONText
import ProviderKit
import Vocabulary

/// What every checkout asks of a provider host and hears from it, written and read member by
/// member: quotes, taxes, and the start of a payment. It is the same JSON, byte for byte, as of all
/// other values, in a fraction of the time that Swift's coders take for it; and where something is
/// written in a way that is not expected here, they read it.
enum CheckoutText {
    /// - Returns: nil for what is left to the coders.
    static func bytes(of call: HostCall) -> [UInt8]? {
        guard let question = call.question, call.desk == nil else { return nil }
        let output = JSONOutput()
        output.write(literally: "{")
        if let instance = call.instance {
            output.write(literally: "\"instance\":")
            output.write(instance)
            output.write(literally: ",")
        }
        if let version = call.version {
            output.write(literally: "\"version\":")
            output.write(Int64(version))
            output.write(literally: ",")
        }
        output.write(literally: "\"context\":")
        output.write(call.context)
        switch question {
        case .quotes(let request):
            output.write(literally: ",\"question\":{\"quotes\":{\"request\":")
            output.write(request)
        case .calculate(let request):
            output.write(literally: ",\"question\":{\"calculate\":{\"request\":")
            output.write(request)
        case .start(let request):
            output.write(literally: ",\"question\":{\"start\":{\"request\":")
            output.write(request)
        default: return nil
        }
        output.write(literally: "}}}")
        return output.bytes
    }

    /// - Returns: nil for what is left to the coders.
    static func bytes(of reply: ProviderReply) -> [UInt8]? {
        let output = JSONOutput()
        switch reply {
        case .quotes(let list):
            output.write(literally: "{\"quotes\":{\"list\":")
            output.write(list: list) { output.write($0) }
        case .taxes(let lines):
            output.write(literally: "{\"taxes\":{\"lines\":")
            output.write(list: lines) { output.write($0) }
        case .started(let payment):
            // Those are rare, and have many forms.
            if case .instructions = payment.next { return nil }
            if payment.snapshot.receipts != nil { return nil }
            output.write(literally: "{\"started\":{\"payment\":")
            output.write(payment)
        default: return nil
        }
        output.write(literally: "}}")
        return output.bytes
    }
}

extension JSONOutput {
    fileprivate func write<Item>(list: [Item], _ item: (Item) -> Void) {
        write(literally: "[")
        for (index, value) in list.enumerated() {
            if index > 0 { write(literally: ",") }
            item(value)
        }
        write(literally: "]")
    }

    /// With its comma, where there is something to write.
    private func write(_ name: StaticString, ifAny text: String?) {
        guard let text else { return }
        write(literally: name)
        write(text)
    }

    private func write(_ amount: Money) {
        write(literally: "{\"amount\":")
        write(amount.amount)
        write(literally: ",\"currency\":")
        write(amount.currency.code)
        write(literally: "}")
    }

    fileprivate func write(_ context: OperationContext) {
        write(literally: "{\"idempotencyKey\":")
        write(context.idempotencyKey)
        write(literally: ",\"attempt\":")
        write(Int64(context.attempt))
        write(literally: ",\"deadline\":")
        write(context.deadline.description)
        write(literally: ",\"requestID\":")
        write(context.requestID)
        write(",\"firstMadeAt\":", ifAny: context.firstMadeAt?.description)
        write(literally: "}")
    }

    private func write(_ address: Address) {
        write(literally: "{\"name\":")
        write(address.name)
        write(literally: ",\"lines\":")
        write(list: address.lines) { write($0) }
        write(literally: ",\"city\":")
        write(address.city)
        write(",\"region\":", ifAny: address.region)
        write(",\"postalCode\":", ifAny: address.postalCode)
        write(literally: ",\"country\":")
        write(address.country)
        write(",\"phone\":", ifAny: address.phone)
        write(literally: "}")
    }

    fileprivate func write(_ request: ShippingRequest) {
        write(literally: "{\"sellerID\":")
        write(request.sellerID)
        write(literally: ",\"origin\":")
        write(request.origin)
        write(literally: ",\"destination\":")
        write(request.destination)
        write(literally: ",\"parcel\":{\"weightGrams\":")
        write(Int64(request.parcel.weightGrams))
        write(literally: ",\"value\":")
        write(request.parcel.value)
        write(literally: ",\"itemCount\":")
        write(Int64(request.parcel.itemCount))
        write(literally: "},\"currency\":")
        write(request.currency.code)
        write(literally: "}")
    }

    fileprivate func write(_ quote: ShippingQuote) {
        write(literally: "{\"code\":")
        write(quote.code)
        write(literally: ",\"label\":")
        write(quote.label)
        write(literally: ",\"price\":")
        write(quote.price)
        if let days = quote.daysMin {
            write(literally: ",\"daysMin\":")
            write(Int64(days))
        }
        if let days = quote.daysMax {
            write(literally: ",\"daysMax\":")
            write(Int64(days))
        }
        write(literally: ",\"isPickup\":")
        write(quote.isPickup)
        write(literally: "}")
    }

    fileprivate func write(_ request: TaxRequest) {
        write(literally: "{\"destination\":")
        write(request.destination)
        write(literally: ",\"suppliedAt\":")
        write(request.suppliedAt.description)
        write(",\"customerTaxID\":", ifAny: request.customerTaxID)
        write(literally: ",\"lines\":")
        write(list: request.lines) { write($0) }
        write(literally: "}")
    }

    private func write(_ line: TaxableLine) {
        write(literally: "{\"id\":")
        write(line.id)
        write(literally: ",\"kind\":")
        write(line.kind.rawValue)
        write(literally: ",\"sellerID\":")
        write(line.sellerID)
        write(literally: ",\"originCountry\":")
        write(line.originCountry)
        write(literally: ",\"taxCode\":")
        write(line.taxCode)
        write(literally: ",\"amount\":")
        write(line.amount)
        write(literally: ",\"includesTax\":")
        write(line.includesTax)
        write(literally: "}")
    }

    fileprivate func write(_ line: TaxLine) {
        write(literally: "{\"lineID\":")
        write(line.lineID)
        write(literally: ",\"jurisdiction\":")
        write(line.jurisdiction)
        write(literally: ",\"label\":")
        write(line.label)
        write(literally: ",\"rate\":{\"value\":")
        write(line.rate.value)
        write(literally: "},\"base\":")
        write(line.base)
        write(literally: ",\"amount\":")
        write(line.amount)
        write(literally: ",\"isIncluded\":")
        write(line.isIncluded)
        write(literally: ",\"treatment\":")
        write(line.treatment.rawValue)
        write(literally: ",\"remitter\":")
        write(line.remitter.rawValue)
        write(literally: ",\"source\":")
        write(line.source)
        write(literally: "}")
    }

    fileprivate func write(_ start: PaymentStart) {
        write(literally: "{\"paymentID\":")
        write(start.paymentID)
        write(literally: ",\"amount\":")
        write(start.amount)
        write(literally: ",\"method\":")
        write(start.method)
        write(literally: ",\"capture\":")
        write(start.capture.rawValue)
        write(literally: ",\"returnURL\":")
        write(start.returnURL)
        write(literally: ",\"webhookURL\":")
        write(start.webhookURL)
        write(literally: ",\"statement\":")
        write(start.statement)
        write(",\"customerEmail\":", ifAny: start.customerEmail)
        write(literally: ",\"shares\":")
        write(list: start.shares) { write($0) }
        write(literally: "}")
    }

    private func write(_ share: PaymentShare) {
        write(literally: "{\"orderID\":")
        write(share.orderID)
        write(literally: ",\"sellerID\":")
        write(share.sellerID)
        write(literally: ",\"amount\":")
        write(share.amount)
        write(",\"destination\":", ifAny: share.destination)
        write(literally: "}")
    }

    /// Without instructions, and without receipts.
    fileprivate func write(_ payment: StartedPayment) {
        write(literally: "{\"snapshot\":")
        write(payment.snapshot)
        if case .redirect(let url) = payment.next {
            write(literally: ",\"next\":{\"redirect\":{\"url\":")
            write(url)
            write(literally: "}}")
        } else {
            write(literally: ",\"next\":{\"none\":{}}")
        }
        write(",\"payUntil\":", ifAny: payment.payUntil?.description)
        write(literally: "}")
    }

    private func write(_ snapshot: PaymentSnapshot) {
        write(literally: "{\"reference\":")
        write(snapshot.reference)
        write(",\"paymentID\":", ifAny: snapshot.paymentID)
        write(literally: ",\"status\":")
        write(snapshot.status.rawValue)
        write(literally: ",\"authorized\":")
        write(snapshot.authorized)
        write(literally: ",\"captured\":")
        write(snapshot.captured)
        write(literally: ",\"refunded\":")
        write(snapshot.refunded)
        write(literally: ",\"version\":")
        write(snapshot.version)
        write(",\"failureCode\":", ifAny: snapshot.failureCode)
        write(",\"failureMessage\":", ifAny: snapshot.failureMessage)
        write(literally: "}")
    }
}
