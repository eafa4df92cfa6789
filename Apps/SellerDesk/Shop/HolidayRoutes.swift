import Kernel
import ProviderKit
import Vocabulary
import Web

/// When the shop rests: for people and for programs.
struct HolidayRoutes {
    struct HolidayForm: Described {
        /// Its first day, `2026-12-24`, in UTC.
        let from: String
        /// Its last day.
        let until: String
        /// What customers read on the shop's page.
        let note: String?
        /// Whether things stay for sale and leave afterwards; not, when left out.
        let staysOpen: Bool?

        static let rules: [String: [Rule]] = [
            "from": [.length(10...10), .about("Its first day, such as 2026-12-24, in UTC.")],
            "until": [.length(10...10), .about("Its last day.")], "note": [.length(0...500)],
            "staysOpen": [.about("True: things stay for sale, and leave when it is over.")],
        ]
    }

    struct HolidayAnswer: Codable, Sendable {
        let startsAt: Instant
        let endsAt: Instant
        let note: String
        let isOn: Bool
        /// Whether things stay for sale meanwhile, and leave when it is over.
        let staysOpen: Bool

        init(_ holiday: Holiday) {
            startsAt = holiday.startsAt
            endsAt = holiday.endsAt
            note = holiday.note
            isOn = holiday.isOn
            staysOpen = holiday.staysOpen
        }
    }

    struct Answer: Codable, Sendable {
        /// Absent when none is set.
        let holiday: HolidayAnswer?
    }

    func mount(on routes: Routes) {
        routes.get("/shop/holiday").show(as: Member.self, needing: [.editProfile]) {
            call, member in
            .page(
                "holiday", HolidayPage(try await call.marketplace.holiday(of: member.seller)),
                title: localized("Holiday"))
        }
        routes.post("/shop/holiday").form(HolidayForm.self)
            .show(as: Member.self, needing: [.editProfile], again: again) { call, member in
                let holiday = try await set(call.form, call.marketplace, member)
                return .seeOther(
                    Links.holiday,
                    notice: holiday.isOn
                        ? localized("Your shop rests now.") : localized("Your holiday is set."))
            }
        routes.post("/shop/holiday/end").show(as: Member.self, needing: [.editProfile]) {
            call, member in
            try await call.marketplace.endHoliday(as: member.membership)
            return .seeOther(Links.holiday, notice: localized("Your shop is open."))
        }
    }

    func mount(on api: API, tag: String) {
        api.get("/shop/holiday", "When the shop rests", tag: tag)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                Answer(
                    holiday: try await call.marketplace.holiday(of: member.seller)
                        .map { HolidayAnswer($0) })
            }
        api.put("/shop/holiday", "Set when the shop rests", tag: tag)
            .about("It begins and ends by itself. Open orders go on.")
            .body(HolidayForm.self)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                HolidayAnswer(try await set(call.body, call.marketplace, member))
            }
        api.delete("/shop/holiday", "End the holiday, or call it off", tag: tag)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                try await call.marketplace.endHoliday(as: member.membership)
                return Nothing()
            }
    }

    private func set(
        _ form: HolidayForm, _ marketplace: Marketplace, _ member: Member
    ) async throws -> Holiday {
        guard let first = Day(form.from) else { throw Self.noDay("from") }
        guard let last = Day(form.until) else { throw Self.noDay("until") }
        return try await marketplace.setHoliday(
            from: first.from, until: last.until, note: form.note ?? "",
            staysOpen: form.staysOpen ?? false, as: member.membership)
    }

    private static func noDay(_ field: String) -> InputRefusal {
        InputRefusal(.wrong("This is no day, such as 2026-12-24."), field: field)
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        .page("holiday", HolidayPage(again), title: localized("Holiday"))
    }
}

/// The model of `holiday.mustache`.
struct HolidayPage {
    let warning: String?
    let isSet: Bool
    let isOn: Bool
    let first: String
    let last: String
    let from: String
    let until: String
    let note: String
    let staysOpen: Bool

    init(_ holiday: Holiday?) {
        let lastMoment = holiday?.endsAt.advanced(by: .seconds(-1))
        warning = nil
        isSet = holiday != nil
        isOn = holiday?.isOn ?? false
        first = holiday.map { Format.date($0.startsAt) } ?? ""
        last = lastMoment.map { Format.date($0) } ?? ""
        from = String(holiday?.startsAt.description.prefix(10) ?? "")
        until = String(lastMoment?.description.prefix(10) ?? "")
        note = holiday?.note ?? ""
        staysOpen = holiday?.staysOpen ?? false
    }

    init(_ again: Again) {
        warning = again.explanation
        isSet = false
        isOn = false
        first = ""
        last = ""
        from = again.values["from"] ?? ""
        until = again.values["until"] ?? ""
        note = again.values["note"] ?? ""
        staysOpen = again.values["staysOpen"] == "true"
    }
}
