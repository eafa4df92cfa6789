import Foundation
import JSONText
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

/// Swift's coders are the judge: whoever reads or writes the frames in another language meets the
/// same JSON, whether a checkout asks or anybody else.
@Suite struct `The text of a checkout's frames` {
    @Test(arguments: 1...40) func `is what the coders write, byte for byte`(
        _ seed: UInt64
    ) throws {
        var values = FrameValues(seed: seed)
        for call in Self.calls(&values) {
            let text = try #require(CheckoutText.bytes(of: call))
            #expect(text == (try JSONBytesEncoder.bytes(of: call)))
        }
        for reply in Self.replies(&values) {
            let text = try #require(CheckoutText.bytes(of: reply))
            #expect(text == (try JSONBytesEncoder.bytes(of: reply)))
        }
    }

    @Test(arguments: 1...20) func `is read past the coders, in whatever order it stands`(
        _ seed: UInt64
    ) throws {
        var values = FrameValues(seed: seed)
        for call in Self.calls(&values) {
            for text in try Self.forms(of: call) {
                let read = try CheckoutText.call(JSONBytesDecoder.at(text))
                #expect(read.instance == call.instance && read.version == call.version)
                #expect(read.context == call.context && read.question == call.question)
                #expect(read.desk == nil)
            }
        }
        for reply in Self.replies(&values) {
            for text in try Self.forms(of: reply) {
                #expect(try CheckoutText.reply(JSONBytesDecoder.at(text)) == reply)
            }
        }
    }

    @Test(arguments: 1...20) func `with damage means what it means to Foundation, or nothing`(
        _ seed: UInt64
    ) throws {
        var values = FrameValues(seed: seed)
        var isRead = 0
        for call in Self.calls(&values) {
            let text = try FrameText.encode(call)
            for _ in 0..<60 {
                let damaged = values.damaged(text)
                let read = try? FrameText.decode(damaged, as: HostCall.self)
                guard let read else { continue }
                isRead += 1
                let judged = try? JSONDecoder().decode(HostCall.self, from: Data(damaged))
                #expect(read.instance == judged?.instance && read.version == judged?.version)
                #expect(read.context == judged?.context)
                #expect(read.question == judged?.question)
            }
        }
        // Most damage is in some text.
        #expect(isRead > 5)
    }

    @Test(arguments: [
        // Of two of one name the first counts, wherever they stand.
        #"{"quotes":{"list":[{"code":"a","label":"b","price":{"amount":1,"currency":"EUR"},"#
            + #""isPickup":true,"code":"z","isPickup":false}]}}"#,
        #"{"quotes":{"list":[{"label":"b","code":"a","label":"y","price":{"currency":"EUR","#
            + #""amount":1,"amount":2},"isPickup":true,"daysMin":null}],"list":[]}}"#,
        // Nobody knows these members, and a name may be written with escapes.
        #"{"quotes":{"list":[{"x":[{}],"code":"a","y":1,"l\u0061bel":"b","price":{"amount":1.0,"#
            + #""currency":"EUR","z":{}},"isPickup":true}]}}"#,
    ])
    func `is read by the first of equal names, and past unknown ones`(_ text: String) throws {
        let quote = ShippingQuote(code: "a", label: "b", price: Money(1, .eur), isPickup: true)

        #expect(try CheckoutText.reply(.at(Array(text.utf8))) == .quotes(list: [quote]))
        #expect(
            try JSONBytesDecoder.decode(ProviderReply.self, from: Array(text.utf8))
                == .quotes(list: [quote]))
    }

    @Test(arguments: [
        #"{"quotes":{}}"#, #"{"quotes":{"list":{}}}"#, #"{"quotes":{"list":[1]}}"#,
        #"{"quotes":{"list":[]},"taxes":{"lines":[]}}"#, #"{"taxes":{"lines":[{}]}}"#, "[]", "1",
        #"{"quotes":{"list":[{"code":"a","label":"b","price":{"amount":1,"currency":"XXX"},"#
            + #""isPickup":true}]}}"#,
        #"{"quotes":{"list":[{"code":"a","label":"b","price":{"amount":1.5,"currency":"EUR"},"#
            + #""isPickup":true}]}}"#,
        #"{"quotes":{"list":[{"code":"a","label":"b","price":{"amount":1,"currency":"EUR"},"#
            + #""isPickup":true,"daysMin":"2"}]}}"#,
        #"{"started":{"payment":{"next":{"none":1}}}}"#,
    ])
    func `that makes no sense is told by the coders`(_ text: String) {
        #expect(throws: DecodingError.self) {
            try FrameText.decode(Array(text.utf8), as: ProviderReply.self)
        }
    }

    private static func calls(_ values: inout FrameValues) -> [HostCall] {
        values.questions().compactMap { question -> HostCall? in
            switch question {
            case .quotes, .calculate, .start:
                HostCall(
                    instance: values.maybe { $0.text() },
                    version: values.maybe { Int($0.number()) }, context: values.context(),
                    question: question)
            default: nil
            }
        }
    }

    private static func replies(_ values: inout FrameValues) -> [ProviderReply] {
        values.replies().filter { reply in
            switch reply {
            case .quotes, .taxes: true
            case .started(let payment):
                if case .instructions = payment.next {
                    false
                } else {
                    payment.snapshot.receipts == nil
                }
            default: false
            }
        }
    }

    /// As we write it, and as others do: with other escapes, spaces and another order.
    private static func forms(of value: some Encodable) throws -> [[UInt8]] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return [Array(try encoder.encode(value)), try FrameText.encode(value)]
    }
}
