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
    /// When the connection is closed; nil while nothing is under way.
    private var due: NIODeadline?
    /// One timer, set anew when it rings too early: setting one for each request costs more than
    /// reading the clock.
    private var timer: (rings: NIODeadline, scheduled: Scheduled<Void>)?
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
        due = nil
        if closesAfterAnswer {
            start(context, Self.lingering)
        } else if underWay > 0 {
            start(context, deadline)
        }
    }

    private func start(_ context: ChannelHandlerContext, _ delay: TimeAmount) {
        let due = NIODeadline.now() + delay
        self.due = due
        if let timer, timer.rings <= due { return }
        timer?.scheduled.cancel()
        setTimer(context, due)
    }

    private func setTimer(_ context: ChannelHandlerContext, _ due: NIODeadline) {
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let scheduled = context.eventLoop.scheduleTask(deadline: due) {
            handler.value.ring(bound.value)
        }
        timer = (due, scheduled)
    }

    private func ring(_ context: ChannelHandlerContext) {
        timer = nil
        guard let due else { return }
        guard due <= .now() else { return setTimer(context, due) }
        context.channel.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.scheduled.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.scheduled.cancel()
        timer = nil
        context.fireChannelInactive()
    }
}
