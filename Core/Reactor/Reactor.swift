/// One thread that waits on epoll for every libpq and hiredis socket.
public final class Reactor: Sendable {
    public init() {}
}
