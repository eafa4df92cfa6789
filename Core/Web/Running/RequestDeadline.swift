import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request is not over in time: a body that trickles in, a handler that
/// hangs, a reader that does not read. Also closes after an answer that says so, once the client
/// had a moment to read it.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client may still read a refusal that it got while sending.
    private static let lingering = TimeAmount.seconds(1)

    private let deadline: TimeAmount
    private var underWay = 0
    private var timer: Scheduled<Void>?
    private var closesAfterAnswer = false

    init(deadline: Duration) { self.deadline = TimeAmount(deadline) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            underWay += 1
            if underWay == 1 { start(context, deadline) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            closesAfterAnswer = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise()
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            written.futureResult.whenComplete { _ in handler.value.answered(bound.value) }
            context.write(data, promise: written)
        }
    }

    private func answered(_ context: ChannelHandlerContext) {
        underWay -= 1
        timer?.cancel()
        timer = nil
        if closesAfterAnswer {
            start(context, Self.lingering)
        } else if underWay > 0 {
            start(context, deadline)
        }
    }

    private func start(_ context: ChannelHandlerContext, _ delay: TimeAmount) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: delay) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }
}
