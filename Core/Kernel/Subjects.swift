// Nouns whose files are not written yet, so that ids of them have a type. Whoever adds the file of
// one removes its line here.
public struct Order: Sendable {}
public struct Purchase: Sendable {}
public struct Payment: Sendable {}
public struct Refund: Sendable {}
public struct Category: Sendable {}
