import ProviderKit
import Synchronization
import Vocabulary

/// What happens to a request on its way.
enum WireFault: Sendable {
    /// Nobody listens: it was certainly not sent.
    case refused
    /// It never arrives, and nobody answers before the deadline.
    case lostRequest
    /// It arrives and is acted on; nobody answers before the deadline.
    case lostAnswer
    /// It arrives and is acted on; something else comes back.
    case spoiled(HTTPResponse)
    /// It arrives and is acted on; what comes back is made of the answer.
    case changed(@Sendable (HTTPResponse) -> HTTPResponse)
    /// It arrives and is acted on; the answer is cut off in the middle.
    case truncated
    /// It does not arrive; somebody in between answers.
    case answered(HTTPResponse)
    /// The network delivers it twice; the second answer comes back.
    case doubled
}

/// The network between a module and its counterpart, with the faults that a case asks for.
final class Wire: HTTPTransport, Sendable {
    private struct State {
        var fault: WireFault?
        /// Which of the coming requests it befalls, counted from 0; nil for all of them.
        var position: Int?
        var count = 0
        var requests: [HTTPRequest] = []
        var deadlines: [Instant] = []
    }

    private let state = Mutex(State())
    private let counterpart: (any ScriptedCounterpart)?
    private let hosts: Set<String>
    private let ears: Ears

    init(to counterpart: (any ScriptedCounterpart)?, hosts: Set<String>, ears: Ears) {
        self.counterpart = counterpart
        self.hosts = hosts
        self.ears = ears
    }

    /// Befalls the requests that come from now on; `position` says which, nil all of them.
    func set(_ fault: WireFault?, at position: Int? = nil) {
        state.withLock { state in
            state.fault = fault
            state.position = position
            state.count = 0
            state.requests = []
            state.deadlines = []
        }
    }

    /// Requests since `set`.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var deadlines: [Instant] { state.withLock { $0.deadlines } }

    func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse {
        let fault = state.withLock { state -> WireFault? in
            defer { state.count += 1 }
            state.requests.append(request)
            state.deadlines.append(deadline)
            guard state.position == nil || state.position == state.count else { return nil }
            return state.fault
        }
        guard let address = WebAddress(request.url), hosts.contains(address.host) else {
            ears.hear(strayed: request.url)
            throw .invalidRequest(
                code: "host.not-allowed", message: "This instance may not talk to that host.")
        }
        ears.hear("an address", request.url)
        // For that nobody has to be there.
        if case .lostRequest = fault {
            await wait(until: deadline)
            throw .ambiguous(message: "no answer came")
        }
        guard let counterpart else {
            throw .unavailable(message: "nobody listens", retryAfterSeconds: nil)
        }
        switch fault {
        case nil: return await counterpart.answer(request, at: .systemNow)
        case .refused, .lostRequest:
            throw .unavailable(message: "nobody listens", retryAfterSeconds: nil)
        case .lostAnswer:
            _ = await counterpart.answer(request, at: .systemNow)
            await wait(until: deadline)
            throw .ambiguous(message: "no answer came")
        case .spoiled(let response):
            _ = await counterpart.answer(request, at: .systemNow)
            return response
        case .changed(let change):
            return change(await counterpart.answer(request, at: .systemNow))
        case .truncated:
            var response = await counterpart.answer(request, at: .systemNow)
            response.body.removeLast(response.body.count - response.body.count / 2)
            return response
        case .answered(let response): return response
        case .doubled:
            _ = await counterpart.answer(request, at: .systemNow)
            return await counterpart.answer(request, at: .systemNow)
        }
    }

    private func wait(until deadline: Instant) async {
        let left = deadline.microsecondsSince1970 - Instant.systemNow.microsecondsSince1970
        // Cancelled or past: both mean that the waiting is over.
        try? await Task.sleep(for: .microseconds(max(0, left)))
    }
}
