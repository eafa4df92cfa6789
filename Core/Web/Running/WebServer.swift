import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// An app on a port. Told to stop, it takes no new connections, answers what is under way and
/// closes.
public struct WebServer: Service {
    let app: WebApp
    let host: String
    let port: Int
    /// Whether other processes may listen on the same port; the kernel then deals connections out
    /// among them (SO_REUSEPORT, socket(7)).
    let sharesPort: Bool

    private var settings: WebSettings { app.site.settings }
    private var logger: Logger { app.site.logger }

    /// Connections that wait in the kernel's queue beyond those that are held.
    private static let backlog: Int32 = 1024
    private static let reusePort = NIOBSDSocket.Option(rawValue: SO_REUSEPORT)

    public func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        let connection = connection
        let logger = logger
        let listening = try await listen(on: group, quiescing, connection)
        logger.info("server.listening", metadata: ["port": .stringConvertible(port)])
        let stopped = group.any().makePromise(of: Void.self)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                do {
                    try await listening.executeThenClose { connections in
                        for try await accepted in connections {
                            tasks.addTask {
                                await connection.handle(value: accepted, logger: logger)
                            }
                        }
                    }
                } catch {
                    logger.error("server.accepting-failed", metadata: ["error": "\(error)"])
                }
            }
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: stopped)
        }
        // Nobody waits for it when the server ended by itself.
        stopped.succeed()
    }

    private func listen(
        on group: any EventLoopGroup, _ quiescing: ServerQuiescingHelper, _ connection: HTTP1Channel
    ) async throws -> NIOAsyncChannel<HTTP1Channel.Value, Never> {
        let (logger, connectionsMax) = (logger, settings.connectionsMax)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(Self.reusePort), value: sharesPort ? 1 : 0)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AvailableConnectionsChannelHandler(maxConnections: connectionsMax))
                    try channel.pipeline.syncOperations.addHandler(
                        quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .bind(host: host, port: port) { channel in
                connection.setup(channel: channel, logger: logger)
            }
    }

    /// One connection: HTTP/1.1 with its limits, and the app behind it.
    private var connection: HTTP1Channel {
        let responder = WebResponder(app: app)
        let dates = HTTPDates()
        let deadline = settings.requestDeadline
        return HTTP1Channel(
            responder: { request, writer, channel in
                var response = await responder.answer(
                    request, from: channel.remoteAddress?.ipAddress)
                response.headers[.date] = dates.now
                response.headers[.server] = "guildhall"
                do {
                    try await writer.write(response: response.head, body: response.body)
                } catch is HTTPParserError {
                    // Thrown on, it would have a second answer written.
                    throw CancellationError()
                }
            },
            configuration: .init(
                additionalChannelHandlers: [RequestDeadline(deadline: deadline)],
                idleTimeout: TimeAmount(settings.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024,
                    maxHeaderFieldCount: 100)))
    }
}
