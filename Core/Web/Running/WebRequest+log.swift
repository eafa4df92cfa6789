extension WebRequest {
    /// The path as it may stand in a log: of a link from a letter, whose path is its secret, only
    /// the route.
    var loggedPath: String {
        let route = trace.notes.withLock { $0.route }
        return route.contains("{claim}") ? route : path
    }
}
