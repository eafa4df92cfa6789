import Vocabulary

extension PageRequest {
    /// The key of lists that are sorted by id; nil, the first page, for a key of another list.
    var afterID: ID<PageRequest>? { after.flatMap { ID($0) } }

    /// The key of lists that are sorted by number; nil, the first page, for a key of another list.
    var afterNumber: Int64? { after.flatMap { Int64($0) } }
}
