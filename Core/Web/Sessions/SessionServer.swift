import Redis

/// Where sessions, carts and limits live: Redis, by a name that apps may know.
public typealias SessionServer = RedisClient
