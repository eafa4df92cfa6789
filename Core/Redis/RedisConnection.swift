import CHiredis
import Glibc
import Reactor

/// Whom a connection tells about its life.
protocol RedisConnectionOwner: AnyObject {
    func connectionReady(_ connection: RedisConnection)
    /// The connection is gone for good; what was under way has its error already.
    func connectionLost(_ connection: RedisConnection, _ error: RedisError)
    func connectionHeard(_ connection: RedisConnection, channel: String, payload: [UInt8])
    func connectionSubscribed(_ connection: RedisConnection, channel: String)
}

/// One hiredis context, from the first packet to the last. Never made anew: its owner makes
/// another one. All of it lives on the reactor's thread, which is why it is unchecked.
final class RedisConnection: ReactorSocket, ReactorWork, @unchecked Sendable {
    private enum Phase { case opening, greeting, ready, closed }

    private let reactor: Reactor
    private let settings: RedisSettings
    private let address: RedisAddress
    private weak var owner: (any RedisConnectionOwner)?

    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private var phase = Phase.opening
    private var fd: Int32 = -1
    private var isConnected = false
    private var wantsToWrite = false
    /// Addresses of the name that were not tried yet.
    private var others: ArraySlice<(String, Int32)> = []
    private var isFlushQueued = false
    private var isWatchingWrites = false
    private var lastMessage = "Redis closed the connection"
    private var openTimer: TimerID?
    private var deadlineTimer: TimerID?
    private var calls = FIFO<RedisCall>()
    /// When Redis last spoke, or was first asked after a silence.
    private var lastProgress: UInt64 = 0

    init(
        _ settings: RedisSettings, address: RedisAddress, reactor: Reactor,
        owner: any RedisConnectionOwner
    ) {
        self.settings = settings
        self.address = address
        self.reactor = reactor
        self.owner = owner
    }

    var isReady: Bool { phase == .ready }
    var load: Int { calls.count }

    // MARK: Opening

    func open() {
        openTimer = reactor.schedule(after: settings.connectDeadline) { [weak self] in
            self?.fail(RedisError(.unavailable, "Redis did not answer in time"))
        }
        switch address.place {
        case .path(let path): start(redisAsyncConnectUnix(path))
        case .host(let host, let port) where NameLookup.isAddress(host):
            start(at: [host], port)
        case .host(let host, let port): lookUp(host, port)
        }
    }

    private func lookUp(_ host: String, _ port: Int32) {
        let reactor = reactor
        let isTaken = BlockingCalls.shared.run {
            let found = Result { () throws(NameLookupError) in
                try NameLookup.addresses(of: host)
            }
            reactor.submit {
                guard self.phase == .opening else { return }
                switch found {
                case .success(let addresses):
                    self.start(at: addresses.isEmpty ? [host] : addresses, port)
                case .failure(let error):
                    self.fail(RedisError(.unavailable, error.message))
                }
            }
        }
        if !isTaken { fail(RedisError(.unavailable, "too many names are being resolved")) }
    }

    /// Connects to the first of a name's addresses that takes it: `localhost` is often `::1` too,
    /// where few listen.
    func start(at addresses: [String], _ port: Int32) {
        others = addresses.dropFirst().map { ($0, port) }[...]
        start(redisAsyncConnect(addresses.first, port))
    }

    private func startsElsewhere() -> Bool {
        guard phase == .opening, let (address, port) = others.popFirst() else { return false }
        start(redisAsyncConnect(address, port))
        return true
    }

    private func start(_ context: UnsafeMutablePointer<redisAsyncContext>?) {
        guard let context else { return fail(RedisError(.unavailable, "out of memory")) }
        guard context.pointee.err == 0 else {
            let message = String(cString: context.pointee.errstr)
            redisAsyncFree(context)
            if startsElsewhere() { return }
            return fail(RedisError(.unavailable, "\(address.place): \(message)"))
        }
        self.context = context
        fd = context.pointee.c.fd
        // libpq does the same by itself: a child that we start must not hold our connections.
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        let me = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.data = me
        context.pointee.ev.data = me
        context.pointee.ev.addWrite = { RedisConnection.at($0)?.requestWrite() }
        context.pointee.ev.delWrite = { RedisConnection.at($0)?.wantsToWrite = false }
        context.pointee.ev.cleanup = { RedisConnection.at($0)?.forgetContext() }
        // The callback's arrival is what tells hiredis to look whether the socket is connected.
        redisAsyncSetConnectCallback(context) { context, status in
            guard let context else { return }
            RedisConnection.at(context.pointee.data)?.connected(status)
        }
        redisAsyncSetDisconnectCallback(context) { context, _ in
            guard let context else { return }
            RedisConnection.at(context.pointee.data)?.noteError()
        }
        isWatchingWrites = true
        reactor.watch(fd, for: [.readable, .writable], self)
    }

    /// Keeps hiredis' words before it frees them.
    private func noteError() {
        guard let text = context?.pointee.errstr else { return }
        lastMessage = String(cString: text)
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> RedisConnection? {
        pointer.map { Unmanaged<RedisConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private func connected(_ status: Int32) {
        guard status == REDIS_OK else { return noteError() }
        isConnected = true
        phase = .greeting
        // On a unix socket it is an error, and the kernel tells of its end at once anyway.
        if case .host = address.place, let context {
            redisEnableKeepAlive(&context.pointee.c)
        }
        var greeting: [[RedisArgument]] = []
        if let password = address.password {
            let user = address.user.map { [RedisArgument.string($0)] } ?? []
            greeting.append(["AUTH"] + user + [.string(password)])
        }
        if address.database != 0 { greeting.append(["SELECT", .int(Int64(address.database))]) }
        if greeting.isEmpty { greeting = [["PING"]] }
        let call = RedisCall(greeting, pool: nil)
        call.due = .max
        call.onReplies = { [weak self] result in
            // The reply is still being handled: hiredis must be out of the way first.
            guard let self else { return }
            reactor.submit { self.greeted(result) }
        }
        send(call)
    }

    private func greeted(_ result: Result<[RedisReply], RedisError>) {
        guard phase == .greeting else { return }
        if case .success(let replies) = result {
            for case .error(let message) in replies {
                return fail(RedisError(.unavailable, message))
            }
            if let openTimer { reactor.cancel(openTimer) }
            phase = .ready
            owner?.connectionReady(self)
        }
    }

    // MARK: Commands

    func send(_ call: RedisCall) {
        guard context != nil else {
            return call.settle(.failure(RedisError(.unavailable, "the connection is not open")))
        }
        if calls.isEmpty { lastProgress = reactor.now }
        calls.append(call)
        for command in call.commands {
            write(command, Unmanaged.passRetained(call).toOpaque()) { context, reply, data in
                guard let context, let data else { return }
                let owner = RedisConnection.at(context.pointee.data)
                let call = Unmanaged<RedisCall>.fromOpaque(data).takeRetainedValue()
                // No reply: the context is being freed, and `fail` tells everybody.
                guard let reply = reply?.assumingMemoryBound(to: redisReply.self) else { return }
                owner?.received(RedisReply(reply), for: call)
            }
        }
        armDeadline()
    }

    private func received(_ reply: RedisReply, for call: RedisCall) {
        lastProgress = reactor.now
        if call.receive(reply) { _ = calls.popFirst() }
    }

    /// hiredis' callback as it stands in C.
    private typealias Callback =
        @convention(c) (
            UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?,
            UnsafeMutableRawPointer?
        ) -> Void

    private func write(
        _ command: [RedisArgument], _ data: UnsafeMutableRawPointer?, _ callback: Callback
    ) {
        guard let context else { return }
        var bytes: [UInt8] = []
        var lengths: [Int] = []
        for argument in command {
            let start = bytes.count
            switch argument {
            case .string(let text): bytes.append(contentsOf: text.utf8)
            case .int(let value): bytes.append(contentsOf: String(value).utf8)
            case .bytes(let raw): bytes.append(contentsOf: raw)
            }
            lengths.append(bytes.count - start)
        }
        bytes.append(0)
        bytes.withUnsafeBytes { buffer in
            var word = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            var words: [UnsafePointer<CChar>?] = []
            for length in lengths {
                words.append(word)
                word = word.map { $0 + length }
            }
            _ = redisAsyncCommandArgv(
                context, callback, data, Int32(command.count), &words, &lengths)
        }
    }

    // MARK: Channels

    func subscribe(to channel: String) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        write(["SUBSCRIBE", .string(channel)], me) { _, reply, me in
            guard let reply = reply?.assumingMemoryBound(to: redisReply.self) else { return }
            RedisConnection.at(me)?.heard(RedisReply(reply))
        }
    }

    func unsubscribe(from channel: String) {
        write(["UNSUBSCRIBE", .string(channel)], nil) { _, _, _ in }
    }

    private func heard(_ reply: RedisReply) {
        guard let items = reply.array, items.count == 3, let channel = items[1].text else { return }
        switch items[0].text {
        case "subscribe": owner?.connectionSubscribed(self, channel: channel)
        case "message":
            if let payload = items[2].bytes {
                owner?.connectionHeard(self, channel: channel, payload: payload)
            }
        default: break
        }
    }

    // MARK: The socket

    private func requestWrite() {
        wantsToWrite = true
        guard isConnected, !isFlushQueued else { return }
        isFlushQueued = true
        reactor.beforeWaiting(self)
    }

    /// Writes once for all that this round of the reactor sends.
    func runOnReactor() {
        isFlushQueued = false
        if let context, wantsToWrite { redisAsyncHandleWrite(context) }
        settleAfterIO()
    }

    func socketReady(_ events: SocketEvents) {
        if let context, events.contains(.writable) { redisAsyncHandleWrite(context) }
        if let context, events.contains(.readable) { redisAsyncHandleRead(context) }
        settleAfterIO()
    }

    private func settleAfterIO() {
        guard phase != .closed else { return }
        guard context != nil else {
            if startsElsewhere() { return }
            return fail(RedisError(.unavailable, "\(address.place): \(lastMessage)"))
        }
        let mustWatch = wantsToWrite || !isConnected
        guard mustWatch != isWatchingWrites else { return }
        isWatchingWrites = mustWatch
        reactor.watch(fd, for: mustWatch ? [.readable, .writable] : [.readable], self)
    }

    /// hiredis is about to free its context and close the socket.
    private func forgetContext() {
        if fd >= 0 { reactor.unwatch(fd) }
        fd = -1
        context = nil
        wantsToWrite = false
    }

    // MARK: Deadlines and the end

    private func armDeadline() {
        guard deadlineTimer == nil, !calls.isEmpty else { return }
        // A call is late by at most this; cheaper than a timer for each.
        let tick = min(max(settings.commandDeadline / 10, .milliseconds(5)), .milliseconds(100))
        deadlineTimer = reactor.schedule(after: tick) { [weak self] in self?.checkDeadlines() }
    }

    private func checkDeadlines() {
        deadlineTimer = nil
        let now = reactor.now
        calls.forEach { call in if call.due <= now { call.settle(.failure(.overdue)) } }
        if !calls.isEmpty,
            now &- lastProgress > settings.commandDeadline.nanoseconds &* Self.silenceMax
        {
            return fail(RedisError(.unavailable, "Redis has stopped answering"))
        }
        armDeadline()
    }

    /// Deadlines in a row without a word after which the connection counts as dead.
    private static var silenceMax: UInt64 { 3 }

    /// Ends the connection; commands that left may have run.
    func fail(_ error: RedisError) {
        guard phase != .closed else { return }
        finish()
        let lost = RedisError(.connectionLost, error.message)
        for call in calls.takeAll() { call.settle(.failure(lost)) }
        owner?.connectionLost(self, error)
    }

    /// Closes without telling anybody.
    func finish() {
        phase = .closed
        if let openTimer { reactor.cancel(openTimer) }
        if let deadlineTimer { reactor.cancel(deadlineTimer) }
        if let context { redisAsyncFree(context) }
    }
}
