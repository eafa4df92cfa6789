import Vocabulary

/// What a call leaves behind until it is answered: from then on nobody may say that nothing was
/// asked. Its instant tells it from the doubts of others who ask for the same.
struct CallDoubt: Hashable, Sendable {
    /// When it was written, by the database's clock, to the microsecond.
    let at: Instant
    /// What was in doubt before.
    let before: Instant?
}

extension Instant {
    /// Whether what was sent then, and not answered, may be on its way to its provider still.
    var mayStillArrive: Bool { advanced(by: Marketplace.lateArrivalAgeMax) > .systemNow }
}
