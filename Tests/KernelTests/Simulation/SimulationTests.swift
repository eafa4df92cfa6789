import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A simulated market` {
    @Test(arguments: [1, 1001, 2001, 3001] as [UInt64])
    func `holds every invariant after every event`(first: UInt64) {
        for seed in first..<(first + 15) {
            let outcome = Simulation(seed: seed, days: 8, sellers: 5).run()

            #expect(outcome.fault == nil, "seed \(seed): \(outcome.story)")
            #expect(outcome.events > 800)
        }
    }

    @Test func `tells the same story for the same seed`() {
        let first = Simulation(seed: 7, days: 6, sellers: 4).run()
        let second = Simulation(seed: 7, days: 6, sellers: 4).run()

        #expect(first.events == second.events)
        #expect(first.purchases == second.purchases)
        #expect(first.payouts == second.payouts)
    }

    @Test(arguments: DeliberateBug.all)
    func `finds a deliberate bug within a thousand seeds`(bug: DeliberateBug) {
        let found = (1...1000).first { seed in
            Simulation(seed: UInt64(seed), days: 6, sellers: 3, rules: bug.rules).findsFault()
        }

        #expect(found != nil, "\(bug.name) was not found")
        print("\(bug.name): found by seed \(found ?? 0)")
    }

    @Test func `tells the shortest story that still fails`() throws {
        let bug = try #require(DeliberateBug.all.first { $0.name == "every capture is the last" })
        let seed = try #require(
            (1...1000).first {
                Simulation(seed: UInt64($0), days: 6, sellers: 3, rules: bug.rules).findsFault()
            })

        let outcome = Simulation(
            seed: UInt64(seed), days: 6, sellers: 3, rules: bug.rules
        ).run()

        // Somebody buys of two sellers, pays, both ship, and a worker captures one and the other.
        #expect(outcome.fault?.contains("refused a capture") == true)
        #expect((1...8).contains(outcome.story.count), "\(outcome.story)")
    }
}

@Suite struct `Money, whatever chance brings` {
    /// Ten thousand cases of each; a million by `guildhall sim --properties 1000000`.
    @Test(arguments: MoneyProperties.all.indices) func `always adds up`(index: Int) {
        let property = MoneyProperties.all[index]
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))

        let fault = MoneyProperties.firstFault(of: property, cases: 10_000, seed: seed)

        #expect(fault == nil, "\(property.claim)")
        print("\(property.claim): 10000 cases from seed \(seed)")
    }
}
