import ProviderKit
import Vocabulary

@testable import ProviderHost

/// Values of every type that travels in frames, made up from a seed.
struct FrameValues {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func text() -> String {
        let pieces = [
            "a", "ä", "\"", "\\", "/", "\n", "\u{0}", "💥", "e\u{301}", " ", "01", "\u{2028}",
        ]
        return (0..<Int.random(in: 0...9, using: &random)).reduce("") { text, _ in
            text + pieces.randomElement(using: &random)!
        }
    }
    mutating func maybe<Value>(_ make: (inout FrameValues) -> Value) -> Value? {
        Bool.random(using: &random) ? make(&self) : nil
    }
    private mutating func some<Value>(_ make: (inout FrameValues) -> Value) -> [Value] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in make(&self) }
    }
    private mutating func one<Value: CaseIterable>(_ type: Value.Type) -> Value {
        Value.allCases.randomElement(using: &random)!
    }
    private mutating func bool() -> Bool { Bool.random(using: &random) }
    mutating func number() -> Int64 {
        [
            0, -1, 1, .min, .max, 9_007_199_254_740_993,
            Int64.random(in: .min ... .max, using: &random),
        ]
        .randomElement(using: &random)!
    }
    private mutating func bytes() -> [UInt8] {
        some { UInt8.random(in: 0...255, using: &$0.random) }
    }
    private mutating func money() -> Money {
        Money(number(), Currency(Currency.allCodes.randomElement(using: &random)!)!)
    }
    private mutating func instant() -> Instant {
        Instant(
            microsecondsSince1970: .random(
                in: Instant.earliest.microsecondsSince1970...Instant.latest.microsecondsSince1970,
                using: &random))
    }
    private mutating func address() -> Address {
        Address(
            name: text(), lines: some { $0.text() }, city: text(), region: maybe { $0.text() },
            postalCode: maybe { $0.text() }, country: text(), phone: maybe { $0.text() })
    }
    private mutating func lookup() -> ProviderLookup {
        bool() ? .reference(text()) : .idempotencyKey(text())
    }
    private mutating func headers() -> HTTPHeaders { ["a": text(), "b": text()] }
    private mutating func webhook() -> VerifiedWebhook {
        VerifiedWebhook(eventID: text(), kind: text(), occurredAt: instant(), body: bytes())
    }
    private mutating func receipt() -> Receipt {
        Receipt(
            id: text(), amount: money(), at: instant(), isFinal: bool(),
            orderID: maybe { $0.text() })
    }
    private mutating func destination() -> PayoutDestination {
        PayoutDestination(
            holder: text(), account: text(), country: text(), bic: maybe { $0.text() })
    }
    private mutating func payment() -> PaymentSnapshot {
        PaymentSnapshot(
            reference: text(), paymentID: maybe { $0.text() }, status: one(PaymentStatus.self),
            authorized: money(), captured: money(), refunded: money(), version: number(),
            failureCode: maybe { $0.text() }, failureMessage: maybe { $0.text() },
            receipts: maybe { $0.some { $0.receipt() } })
    }
    private mutating func refund() -> RefundSnapshot {
        RefundSnapshot(
            reference: text(), paymentReference: text(), refundID: maybe { $0.text() },
            status: one(TransferStatus.self), amount: money(), version: number())
    }
    private mutating func payout() -> PayoutSnapshot {
        PayoutSnapshot(
            reference: text(), payoutID: maybe { $0.text() }, status: one(TransferStatus.self),
            amount: money(), version: number(), failureCode: maybe { $0.text() })
    }
    private mutating func account() -> ConnectedAccount {
        ConnectedAccount(
            reference: text(), sellerID: maybe { $0.text() }, isReady: bool(), isSubmitted: bool(),
            requirements: some {
                AccountRequirement(code: $0.text(), words: $0.text(), isOverdue: $0.bool())
            },
            restriction: maybe { $0.text() }, asOf: instant())
    }
    private mutating func dispute() -> DisputeSnapshot {
        DisputeSnapshot(
            reference: text(), paymentReference: text(), status: one(DisputeStatus.self),
            amount: money(), withdrawn: money(), fee: money(), reason: text(),
            respondBy: maybe { $0.instant() }, version: number())
    }
    private mutating func bankPayout() -> BankPayoutSnapshot {
        BankPayoutSnapshot(
            reference: text(), account: text(), status: one(BankPayoutStatus.self),
            amount: money(), failureCode: maybe { $0.text() }, failure: maybe { $0.text() },
            arrivesAt: maybe { $0.instant() }, madeAt: instant(), version: number())
    }

    mutating func context() -> OperationContext {
        OperationContext(
            idempotencyKey: text(), attempt: Int(number()), deadline: instant(),
            requestID: text(), firstMadeAt: maybe { $0.instant() })
    }

    mutating func settings() -> InstanceSettings {
        InstanceSettings(
            instanceID: text(), mode: bool() ? .sandbox : .live, version: Int(number()),
            values: ["é": text(), "": text(), "b": text()],
            secrets: ["k": Secret(text())],
            previousSecrets: bool() ? [:] : ["k": Secret(text())])
    }

    mutating func questions() -> [ProviderQuestion] {
        let (amount, other) = (money(), money())
        return [
            .check, .methods(amount: amount), .void(reference: text()),
            .start(
                request: PaymentStart(
                    paymentID: text(), amount: amount, method: text(),
                    capture: bool() ? .now : .later, returnURL: text(), webhookURL: text(),
                    statement: text(), customerEmail: maybe { $0.text() },
                    shares: some {
                        PaymentShare(
                            orderID: $0.text(), sellerID: $0.text(), amount: $0.money(),
                            destination: $0.maybe { $0.text() })
                    })),
            .capture(
                request: CaptureRequest(reference: text(), amount: amount, isFinal: bool())),
            .refund(
                request: RefundRequest(
                    refundID: text(), reference: text(), amount: other, reason: text())),
            .lookup(key: lookup()), .lookupRefund(key: lookup()),
            .verify(
                delivery: WebhookDelivery(
                    headers: headers(), body: bytes(), receivedAt: instant())),
            .events(webhook: webhook()),
            .confirmed(
                payment: PaymentConfirmation(
                    reference: text(), paymentID: text(), amount: amount,
                    receipts: some { $0.receipt() }, isEnded: bool(), version: number())),
            .pay(
                request: PayoutRequest(
                    payoutID: text(), amount: other, destination: destination(),
                    webhookURL: text(), statement: text())),
            .lookupPayout(key: lookup()),
            .file(
                request: PayoutFileRequest(
                    fileID: text(), createdAt: instant(), executeOn: instant(),
                    transfers: some {
                        PayoutTransfer(
                            reference: $0.text(), amount: $0.money(),
                            destination: $0.destination(), statement: $0.text())
                    })),
        ] + accountQuestions() + priceQuestions()
    }

    private mutating func accountQuestions() -> [ProviderQuestion] {
        let (amount, other) = (money(), money())
        return [
            .openAccount(
                request: ConnectedAccountRequest(
                    sellerID: text(), country: text(), email: maybe { $0.text() }, name: text())),
            .onboardingLink(
                request: OnboardingRequest(
                    account: text(), returnURL: text(), refreshURL: text())),
            .account(key: lookup()),
            .transfer(
                request: AccountTransfer(
                    transferID: text(), account: text(), amount: amount,
                    payment: maybe { $0.text() }, statement: text())),
            .reverse(
                request: TransferReversal(reversalID: text(), transfer: text(), amount: other)),
            .lookupReversal(key: lookup(), transfer: text()), .bankPayoutsIn(webhook: webhook()),
            .bankPayouts(account: text(), since: instant(), cursor: maybe { $0.text() }),
            .balance(from: instant(), until: instant(), cursor: maybe { $0.text() }),
            .disputes(since: instant(), cursor: maybe { $0.text() }),
            .lookupDispute(reference: text()),
        ]
    }

    private mutating func priceQuestions() -> [ProviderQuestion] {
        let (amount, other) = (money(), money())
        return [
            .quotes(
                request: ShippingRequest(
                    sellerID: text(), origin: address(), destination: address(),
                    parcel: Parcel(
                        weightGrams: Int(number()), value: amount, itemCount: Int(number())),
                    currency: other.currency)),
            .calculate(
                request: TaxRequest(
                    destination: address(), suppliedAt: instant(),
                    customerTaxID: maybe { $0.text() },
                    lines: some {
                        TaxableLine(
                            id: $0.text(), kind: $0.bool() ? .goods : .shipping,
                            sellerID: $0.text(), originCountry: $0.text(), taxCode: $0.text(),
                            amount: $0.money(), includesTax: $0.bool())
                    })),
        ]
    }

    mutating func replies() -> [ProviderReply] {
        [
            .problems(sentences: some { $0.text() }),
            .methods(list: some { PaymentMethod(code: $0.text(), label: $0.text()) }),
            .started(payment: StartedPayment(snapshot: payment())),
            .started(
                payment: StartedPayment(
                    snapshot: payment(), next: .redirect(url: text()),
                    payUntil: maybe { $0.instant() })),
            .started(
                payment: StartedPayment(
                    snapshot: payment(),
                    next: .instructions(
                        some {
                            Instruction(
                                label: $0.text(), value: $0.text(),
                                form: $0.one(Instruction.Form.self), orderID: $0.maybe { $0.text() }
                            )
                        }))),
            .payment(snapshot: maybe { $0.payment() }), .refund(snapshot: maybe { $0.refund() }),
            .payout(snapshot: maybe { $0.payout() }), .verified(webhook: webhook()),
            .events(list: [
                .payment(payment()), .refund(refund()), .payout(payout()), .dispute(dispute()),
                .account(account()),
            ]),
            .file(file: PayoutFile(name: text(), mediaType: text(), bytes: bytes())),
            .account(account: maybe { $0.account() }),
            .onboarding(link: OnboardingLink(url: text(), expiresAt: instant())),
            .reversal(
                snapshot: maybe {
                    ReversalSnapshot(
                        reference: $0.text(), transfer: $0.text(),
                        reversalID: $0.maybe { $0.text() }, amount: $0.money())
                }),
        ] + pages()
    }

    private mutating func pages() -> [ProviderReply] {
        [
            .bankPayoutsIn(list: some { $0.bankPayout() }),
            .bankPayouts(
                page: BankPayoutPage(
                    payouts: some { $0.bankPayout() }, unreadable: some { $0.text() },
                    next: maybe { $0.text() })),
            .balance(
                page: BalancePage(
                    entries: some {
                        BalanceEntry(
                            id: $0.text(), kind: $0.one(BalanceEntry.Kind.self),
                            reference: $0.text(), gross: $0.money(), fee: $0.money(),
                            net: $0.money(), at: $0.instant())
                    }, next: maybe { $0.text() })),
            .disputes(
                page: DisputePage(
                    disputes: some { $0.dispute() },
                    unreadable: some {
                        UnreadableDispute(reference: $0.text(), problem: $0.text())
                    }, next: maybe { $0.text() })),
            .dispute(snapshot: maybe { $0.dispute() }),
            .quotes(
                list: some {
                    ShippingQuote(
                        code: $0.text(), label: $0.text(), price: $0.money(),
                        daysMin: $0.maybe { Int($0.number()) },
                        daysMax: $0.maybe { Int($0.number()) }, isPickup: $0.bool())
                }),
            .taxes(
                lines: some {
                    TaxLine(
                        lineID: $0.text(), jurisdiction: $0.text(), label: $0.text(),
                        rate: PartsPerMillion($0.number()), base: $0.money(), amount: $0.money(),
                        isIncluded: $0.bool(), treatment: $0.one(TaxTreatment.self),
                        remitter: $0.one(TaxRemitter.self), source: $0.text())
                }),
        ]
    }

    mutating func errors() -> [ProviderError] {
        [
            .declined(code: text(), message: text(), mayRetry: bool()),
            .invalidRequest(code: text(), message: text()), .misconfigured(message: text()),
            .unavailable(message: text(), retryAfterSeconds: maybe { Int($0.number()) }),
            .ambiguous(message: text()), .unsupported(operation: text()), .signatureInvalid,
        ]
    }

    mutating func requestsAndAnswers() -> (HTTPRequest, HTTPResponse) {
        (
            HTTPRequest(text(), text(), headers: headers(), body: bytes()),
            HTTPResponse(status: Int(number()), headers: headers(), body: bytes())
        )
    }

    /// One byte of `text` is another one, or there is one less or more.
    mutating func damaged(_ text: [UInt8]) -> [UInt8] {
        var text = text
        let index = Int.random(in: 0..<text.count, using: &random)
        let byte = Array("{}[],:\"\\0129-.eE+tfnu ax\u{1}".utf8).randomElement(using: &random)!
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text.remove(at: index)
        case 1: text.insert(byte, at: index)
        case 2: text[index] = UInt8.random(in: 0...255, using: &random)
        default: text[index] = byte
        }
        return text
    }
}
