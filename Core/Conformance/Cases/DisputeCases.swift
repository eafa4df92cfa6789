import ProviderHost
import ProviderKit
import Vocabulary

/// Disputes that a provider is asked for: those whose webhook was lost are found by nobody else.
enum DisputeCases {
    /// More than many providers put on a page.
    private static let count = 25
    private static let pagesMax = 100

    static let all: [ConformanceCase] = [
        ConformanceCase("disputes", "every one is read once, page by page, to the end") {
            try await everyOne($0)
        },
        ConformanceCase("disputes", "each is found by its reference, and no other") {
            try await each($0)
        },
        ConformanceCase("disputes", "a stumble is no \"there are none\"") {
            try await stumbles($0)
        },
        ConformanceCase("deadlines", "disputes are read by theirs") { subject in
            let scene = try await Scene(subject, count: 1)
            try await DeadlineCases.kept(scene.trial) { context in
                await scene.page(nil, context).map { _ in }
            }
            try await DeadlineCases.kept(scene.trial) { context in
                await scene.lookup(scene.known[0].reference, context).map { _ in }
            }
        },
    ]

    private static func everyOne(_ subject: Subject) async throws {
        let scene = try await Scene(subject, count: count)
        let read = try await scene.all()
        try expect(
            Set(read.map(\.reference)).count == read.count, "a dispute is on two pages")
        try expect(
            read.count == scene.known.count,
            "\(scene.known.count) were opened, and \(read.count) are read")
        for dispute in read { try scene.expectTrue(dispute) }
        let later = await scene.page(
            nil, scene.trial.context(), since: .systemNow.advanced(days: 1))
        guard case .success(let page) = later, page.disputes.isEmpty else {
            throw Breach("of those opened from tomorrow on it says \(words(later))")
        }
    }

    private static func each(_ subject: Subject) async throws {
        let scene = try await Scene(subject, count: 2)
        for dispute in scene.known {
            let found = await scene.lookup(dispute.reference, scene.trial.context())
            guard case .success(.some(let told)) = found else {
                throw Breach("a dispute is not found by its reference: \(words(found))")
            }
            try scene.expectTrue(told)
        }
        let never = await scene.lookup(scene.known[0].reference + "x", scene.trial.context())
        guard case .success(nil) = never else {
            throw Breach("a dispute that never was: \(words(never))")
        }
    }

    private static func stumbles(_ subject: Subject) async throws {
        let scene = try await Scene(subject, count: 1)
        let (wire, reference) = (scene.trial.wire, scene.known[0].reference)
        for answer in ReadCases.strangers + MappingCases.nonsense {
            wire.set(.answered(answer))
            let page = await scene.page(nil, scene.trial.context())
            let one = await scene.lookup(reference, scene.trial.context())
            let isAsked = !wire.requests.isEmpty
            wire.set(nil)
            guard isAsked else { throw DoesNotApply("it asks nobody") }
            if case .success(let page) = page {
                throw Breach("\(answer.status) was taken for \(page.disputes.count) disputes")
            }
            if case .success(let found) = one {
                throw Breach(
                    "\(answer.status) was taken for "
                        + (found == nil ? "\"never heard of it\"" : "a dispute"))
            }
        }
    }

    /// Payments, each of which its customer disputes.
    private struct Scene {
        let trial: Trial
        let disputes: any DisputeProvider
        /// By the counterpart's books.
        let known: [DisputeSnapshot]

        init(_ subject: Subject, count: Int) async throws {
            trial = try subject.trial()
            disputes = try applicable(
                trial.provider.asDisputes, "it cannot be asked for disputes")
            let behind = (trial.counterpart as? PersonAtTheAccount)?.module ?? trial.counterpart
            guard let counterpart = behind as? any CounterpartWithDisputes else {
                throw Breach("a module that lists disputes brings a CounterpartWithDisputes")
            }
            for _ in 0..<count {
                await counterpart.customerDisputes(try await trial.paid().reference)
            }
            known = counterpart.disputes
            try expect(known.count == count, "its counterpart keeps \(known.count) of \(count)")
        }

        func page(
            _ cursor: String?, _ context: OperationContext,
            since: Instant = .systemNow.advanced(days: -1)
        ) async -> Result<DisputePage, ProviderError> {
            await trial.calling { () throws(ProviderError) in
                try await disputes.disputes(since: since, after: cursor, context)
            }
        }

        func lookup(
            _ reference: String, _ context: OperationContext
        ) async -> Result<DisputeSnapshot?, ProviderError> {
            await trial.calling { () throws(ProviderError) in
                try await disputes.lookupDispute(reference, context)
            }
        }

        func all() async throws -> [DisputeSnapshot] {
            var read: [DisputeSnapshot] = []
            var cursor: String?
            for _ in 0..<pagesMax {
                let result = await page(cursor, trial.context())
                guard case .success(let page) = result else {
                    throw Breach("a page of disputes is \(words(result))")
                }
                if let problem = Sanity.problem(with: page, after: cursor) {
                    throw Breach("a page of disputes has \(problem)")
                }
                read += page.disputes
                cursor = page.next
                if cursor == nil { return read }
            }
            throw Breach("its disputes have no end after \(pagesMax) pages")
        }

        func expectTrue(_ told: DisputeSnapshot) throws {
            guard let dispute = known.first(where: { $0.reference == told.reference }) else {
                throw Breach("it tells of a dispute that never was")
            }
            try expect(
                told.paymentReference == dispute.paymentReference,
                "it says that a dispute is about another payment")
            try expect(
                told.status == dispute.status && told.amount == dispute.amount
                    && told.withdrawn == dispute.withdrawn && told.fee == dispute.fee,
                "it says \(told.status.rawValue) \(told.amount), withdrawn \(told.withdrawn), fee "
                    + "\(told.fee); the books \(dispute.status.rawValue) \(dispute.amount), "
                    + "\(dispute.withdrawn), \(dispute.fee)")
        }
    }
}
