import Foundation
import NIOCore
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A frame` {
    @Test(arguments: 1...20) func `is the same however the stream is cut`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let frames = (0..<40).map { _ in
            let count = Int.random(in: 0...[0, 3, 200, 70_000].randomElement(using: &random)!)
            return Frame(
                kind: Frame.Kind.allCases.randomElement(using: &random)!, id: random.next(),
                body: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        }
        var wire = ByteBuffer()
        for frame in frames { wire.writeImmutableBuffer(frame.buffer(ByteBufferAllocator())) }

        var arrived = ByteBuffer()
        var read: [Frame] = []
        while wire.readableBytes > 0 {
            let count = min(
                wire.readableBytes, Int.random(in: 1...50_000, using: &random))
            arrived.writeImmutableBuffer(wire.readSlice(length: count)!)
            while let frame = try Frame.read(from: &arrived) { read.append(frame) }
        }

        #expect(read == frames)
        #expect(arrived.readableBytes == 0)
    }

    @Test func `that says it is longer than any is refused before its body is waited for`() {
        let longest = Frame(kind: .answer, id: 7).buffer(ByteBufferAllocator())
        for (length, isFrame) in [(Frame.bytesMax, true), (Frame.bytesMax + 1, false)] {
            var header = longest
            header.setInteger(UInt32(length), at: 0)
            if isFrame {
                #expect(throws: Never.self) { try Frame.read(from: &header) }
            } else {
                #expect(throws: FrameNonsense.self) { try Frame.read(from: &header) }
            }
        }
    }

    @Test(arguments: 1...50) func `is no accident: noise is refused or waited for`(
        _ seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        var noise = ByteBuffer(
            bytes: (0..<200).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        // The length of noise is 2 GiB on average.
        noise.setInteger(UInt32.random(in: UInt32(Frame.bytesMax + 1)...(.max)), at: 0)

        #expect(throws: FrameNonsense.self) { try Frame.read(from: &noise) }
    }

    @Test func `is refused by its letter before its body has come`() {
        var buffer = ByteBuffer(integer: UInt32(1_000_000))
        buffer.writeInteger(UInt64(1))
        buffer.writeInteger(UInt8(ascii: "?"))

        #expect(throws: FrameNonsense.self) { try Frame.read(from: &buffer) }
    }

    @Test func `carries bytes as base64`() throws {
        let body = [UInt8](repeating: 0xff, count: 30_000)
        let question = ProviderQuestion.verify(
            delivery: WebhookDelivery(
                headers: ["a": "b"], body: body, receivedAt: Instant.systemNow))

        let text = try FrameText.encode(question)

        #expect(text.count < body.count * 3 / 2)
        #expect(try FrameText.decode(text, as: ProviderQuestion.self) == question)
    }

    @Test(arguments: samples) func `carries every question as it is`(
        _ question: ProviderQuestion
    ) throws {
        let call = HostCall(
            instance: "i", version: 3, context: context("k"), question: question)

        let read = try FrameText.decode(try FrameText.encode(call), as: HostCall.self)

        #expect(read.question == question)
        #expect(read.context.idempotencyKey == "k")
    }

    private static let money = Money(Money.amountMax, .eur)
    private static let samples: [ProviderQuestion] = [
        .check, .methods(amount: money), .void(reference: "p\u{0}💥\""),
        .start(
            request: PaymentStart(
                paymentID: "p", amount: money, method: "card", capture: .later, returnURL: "r",
                webhookURL: "w", customerEmail: "ä@example.org",
                shares: [PaymentShare(orderID: "o", sellerID: "s", amount: money)])),
        .capture(request: CaptureRequest(reference: "p", amount: money, isFinal: false)),
        .refund(request: RefundRequest(refundID: "r", reference: "p", amount: money)),
        .lookup(key: .reference("p")), .lookupRefund(key: .idempotencyKey("k")),
        .balance(from: Instant(microsecondsSince1970: 0), until: .systemNow, cursor: nil),
        .disputes(since: Instant(microsecondsSince1970: 0), cursor: "du_9"),
        .lookupDispute(reference: "du_1"),
        .bankPayouts(account: "acct_1", since: Instant(microsecondsSince1970: 0), cursor: "po_9"),
        .funds(account: "acct_1"), .originalBankPayout(reference: "po_2", account: "acct_1"),
        .payOut(request: BankPayoutRequest(orderID: "o", account: "acct_1", amount: money)),
        .lookupBankPayout(key: .idempotencyKey("k"), account: "acct_1"),
        .quotes(
            request: ShippingRequest(
                sellerID: "s", origin: address, destination: address,
                parcel: Parcel(weightGrams: -1, value: money, itemCount: 1), currency: .eur)),
    ]
    private static let address = Address(
        name: "Ada", lines: ["Gasse 1"], city: "Berlin", postalCode: "10115", country: "DE")
}
