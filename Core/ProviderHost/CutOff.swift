import ProviderKit
import Synchronization
import Vocabulary

/// Runs `body` and waits for it until `deadline`, then returns `late` and leaves `body` to itself:
/// a module that ignores cancellation must not hold up its caller.
/// - Parameter threads: on which `body` runs; nil for Swift's own, where it must never block.
package func cutOff<Value: Sendable>(
    at deadline: Instant, late: ProviderError, on threads: ModuleThreads? = nil,
    _ body: @escaping @Sendable () async throws(ProviderError) -> Value
) async throws(ProviderError) -> Value {
    guard let end = deadline.onContinuousClock else { throw HostFault.tooLate }
    let answer = FirstAnswer<Value>()
    let work = Task(executorPreference: threads) {
        do throws(ProviderError) {
            answer.settle(.success(try await body()))
        } catch {
            answer.settle(.failure(error))
        }
    }
    let alarm = AlarmClock.shared.set(at: end) {
        answer.settle(.failure(late))
    }
    let result = await withTaskCancellationHandler {
        await answer.value
    } onCancel: {
        answer.settle(.failure(late))
    }
    AlarmClock.shared.cancel(alarm)
    work.cancel()
    return try result.get()
}

extension Instant {
    /// The same moment as one that can be waited for; nil when it has passed.
    fileprivate var onContinuousClock: ContinuousClock.Instant? {
        let left = microsecondsSince1970 - Instant.systemNow.microsecondsSince1970
        return left > 0 ? .now + .microseconds(left) : nil
    }
}

extension OperationContext {
    /// The deadline as something that can be waited for; nil when it has passed.
    var end: ContinuousClock.Instant? { deadline.onContinuousClock }
}

/// The first of several results; later ones are dropped.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private enum State {
        case waiting(CheckedContinuation<Result<Value, ProviderError>, Never>?)
        case settled(Result<Value, ProviderError>)
    }

    private let state = Mutex(State.waiting(nil))

    func settle(_ result: Result<Value, ProviderError>) {
        let waiter = state.withLock { state in
            guard case .waiting(let waiter) = state else {
                return CheckedContinuation<Result<Value, ProviderError>, Never>?.none
            }
            state = .settled(result)
            return waiter
        }
        waiter?.resume(returning: result)
    }

    var value: Result<Value, ProviderError> {
        get async {
            await withCheckedContinuation { continuation in
                let settled = state.withLock { state in
                    if case .settled(let result) = state { return Optional(result) }
                    state = .waiting(continuation)
                    return nil
                }
                if let settled { continuation.resume(returning: settled) }
            }
        }
    }
}
