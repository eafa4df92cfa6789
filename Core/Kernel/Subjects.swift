// Nouns whose files are not written yet, so that ids of them have a type. Whoever adds the file of
// one removes its line here.
public struct Category: Sendable {}
public struct Listing: Sendable {}
public struct Variant: Sendable {}
