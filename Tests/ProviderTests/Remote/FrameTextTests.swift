import Foundation
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

/// Foundation's decoder is the judge: it is what other programs' authors read JSON with.
@Suite struct `The text of a frame` {
    @Test(arguments: 1...30) func `is read as Foundation reads it, whoever wrote it`(
        _ seed: UInt64
    ) throws {
        var values = FrameValues(seed: seed)
        for question in values.questions() {
            let call = HostCall(
                instance: "i", version: 3, context: values.context(), question: question)
            #expect(try read(call).question == question)
            #expect(try read(call).context == call.context)
            #expect(try read(question) == question)
        }
        for reply in values.replies() { #expect(try read(reply) == reply) }
        for error in values.errors() { #expect(try read(error) == error) }
        let settings = values.settings()
        for desk in [
            DeskQuestion.open, .status, .replace, .make(settings: settings),
            .market(body: Base64(wrappedValue: [1, 2])),
        ] {
            #expect(try read(desk) == desk)
        }
        let (request, answer) = values.requestsAndAnswers()
        #expect(try read(request) == request)
        #expect(try read(answer) == answer)
        #expect(try read(Hello.ours("ä")).name == "ä")
    }

    /// As we write it, and as others do: with other escapes, spaces and another order.
    private func read<Value: Codable & Sendable>(_ value: Value) throws -> Value {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let theirs = try FrameText.decode(Array(try encoder.encode(value)), as: Value.self)
        let ours = try FrameText.encode(value)
        let read = try FrameText.decode(ours, as: Value.self)
        let judged = try JSONDecoder().decode(Value.self, from: Data(ours))
        encoder.outputFormatting = .sortedKeys
        let text = try encoder.encode(judged)
        #expect(try encoder.encode(read) == text)
        #expect(try encoder.encode(theirs) == text)
        return read
    }

    @Test(arguments: 1...10) func `that is cut anywhere is none`(_ seed: UInt64) throws {
        var values = FrameValues(seed: seed)
        for reply in values.replies() {
            let text = try FrameText.encode(reply)
            for count in 0..<text.count {
                #expect(throws: DecodingError.self) {
                    try FrameText.decode(Array(text[..<count]), as: ProviderReply.self)
                }
            }
        }
    }

    @Test(arguments: 1...40) func `with damage means what it means to Foundation, or nothing`(
        _ seed: UInt64
    ) throws {
        var values = FrameValues(seed: seed)
        var isRead = 0
        for reply in values.replies() {
            let text = try FrameText.encode(reply)
            for _ in 0..<30 {
                let damaged = values.damaged(text)
                guard let read = try? FrameText.decode(damaged, as: ProviderReply.self) else {
                    continue
                }
                isRead += 1
                let judged = try? JSONDecoder().decode(ProviderReply.self, from: Data(damaged))
                #expect(read == judged, "\(String(decoding: damaged, as: UTF8.self))")
            }
        }
        // Most damage is in some text.
        #expect(isRead > 20)
    }
}
