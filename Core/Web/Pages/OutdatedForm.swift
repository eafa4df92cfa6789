import Kernel
import Vocabulary

extension SentForm {
    /// The form once more with all that was typed, when its page is from before somebody signed
    /// in or out in another window; nil for a form whose token holds. Nothing of it is done until
    /// it is sent again.
    ///
    /// Only for who sent it from a page of ours: no other site may put words into our forms. Files,
    /// which no page can hold, are to be chosen anew.
    /// - Throws: ``WebRefusal/formExpired`` for what cannot be shown again.
    func outdated<Who: Caller>(
        _ request: WebRequest, _ form: Schema, _ caller: Who,
        again: (@Sendable (Again, Who) async throws -> PageAnswer)?
    ) async throws -> PageAnswer? {
        do { try request.requireFormToken(token) } catch {
            guard request.comesFromOwnPage, again != nil || mayBeShown else { throw error }
            let typed = onceMore(
                request, form,
                localized(
                    """
                    This page was from before you signed in or out. Nothing was done yet: look \
                    at it and send it once more.
                    """))
            var answer = try await again?(typed, caller) ?? typed.alone()
            // A page that leads elsewhere would lose the words.
            if case .seeOther = answer.kind, !fileInputs.isEmpty, mayBeShown {
                answer = typed.alone()
            }
            if answer.status == .ok { answer.status = error.reason.status }
            answer.isRefused = true
            return answer
        }
        return nil
    }

    /// Whether a form by itself can hold all of it; passwords never come back.
    private var mayBeShown: Bool {
        !items.contains { FormAgainPage.isSecret($0.name) }
            && items.reduce(0) { $0 + $1.value.utf8.count } <= FormAgainPage.bytesMax
    }
}
