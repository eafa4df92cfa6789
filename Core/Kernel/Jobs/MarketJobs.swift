extension Marketplace {
    /// Every kind of job that the market runs, and what it does by the clock.
    public func jobHandlers() -> JobHandlers {
        var handlers = JobHandlers()
        addHousekeeping(to: &handlers)
        handlers.addOrders(self)
        addPayouts(to: &handlers)
        addDebts(to: &handlers)
        addBankPayouts(to: &handlers)
        addBooks(to: &handlers)
        addMail(to: &handlers)
        addPhotos(to: &handlers)
        return handlers
    }

    private func addHousekeeping(to handlers: inout JobHandlers) {
        handlers.every(.seconds(1), JobKind("notices.dispatch", lane: .mail)) { _ in
            while try await dispatchNotifications() {}
            return .done
        }
        handlers.every(.seconds(10), JobKind("ledger.fold", lane: .bulk)) { _ in
            try await foldLedger()
            return .done
        }
        handlers.every(.seconds(30), JobKind("holidays.turn")) { _ in
            while try await turnHolidays(limit: 50) >= 50 {}
            return .done
        }
        handlers.every(.seconds(10), JobKind("impersonations.end")) { _ in
            while try await endLapsedImpersonations() >= 100 {}
            return .done
        }
        handlers.every(.seconds(600), JobKind("jobs.sweep", lane: .bulk)) { _ in
            try await sweep()
            return .done
        }
    }
}
