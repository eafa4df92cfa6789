/// What Stripe asks of a seller, in words (docs.stripe.com/connect/handling-api-verification).
enum RequirementWords {
    /// `individual.dob.day` as "Date of birth"; what is not in the table is spelled out.
    static func words(for code: String) -> String {
        // `person_1Nv0FG….address.city` is about one of a company's people.
        let parts = code.split(separator: ".").map(String.init)
        let isPerson = parts.first.map(isPerson) ?? false
        for length in stride(from: parts.count, to: 0, by: -1) {
            let end = parts[..<length].joined(separator: ".")
            if let words = known[end] { return words }
            guard isPerson, length > 1 else { continue }
            if let words = known["individual." + parts[1..<length].joined(separator: ".")] {
                return "\(words) of a person in charge"
            }
        }
        let spelled = parts.dropFirst(isPerson ? 1 : 0).joined(separator: ": ")
            .map { $0 == "_" ? " " : $0 }
        return String(String(spelled).prefix(1).uppercased() + String(spelled).dropFirst())
            .prefixed(100)
    }

    /// Why Stripe holds an account back.
    static func sentence(for reason: String) -> String {
        switch reason {
        case "requirements.past_due": "Stripe is waiting for overdue information."
        case "requirements.pending_verification": "Stripe is checking what was given."
        case "under_review": "Stripe is reviewing the account."
        case "listed": "Stripe is comparing the account with a list of prohibited persons."
        case "platform_paused": "The platform has paused the account."
        case "action_required.requested_capabilities":
            "The account has to ask for what it needs first."
        case _ where reason.hasPrefix("rejected."): "Stripe has rejected the account."
        default: "Stripe holds the account back for now."
        }
    }

    private static func isPerson(_ part: String) -> Bool {
        ["representative", "owners", "directors", "executives"].contains(part)
            || part.hasPrefix("person_")
    }

    private static let known = [
        "external_account": "A bank account for payouts",
        "business_type": "Whether it is a person or a company",
        "business_profile.mcc": "The kind of business",
        "business_profile.url": "A web address of the business",
        "business_profile.product_description": "What the business sells",
        "business_profile.name": "The name of the business",
        "business_profile.support_phone": "A telephone number for customers",
        "tos_acceptance": "Consent to Stripe's terms",
        "individual.first_name": "First name",
        "individual.last_name": "Last name",
        "individual.dob": "Date of birth",
        "individual.address": "Home address",
        "individual.email": "E-mail address",
        "individual.phone": "Telephone number",
        "individual.id_number": "Tax or identity number",
        "individual.ssn_last_4": "The last four digits of the social security number",
        "individual.nationality": "Nationality",
        "individual.relationship": "Role in the company",
        "individual.verification.document": "A picture of an identity document",
        "individual.verification.additional_document": "A second document, such as a bill",
        "individual.verification": "Proof of identity",
        "company.name": "The company's registered name",
        "company.tax_id": "The company's tax number",
        "company.address": "The company's address",
        "company.phone": "The company's telephone number",
        "company.owners_provided": "Confirmation that all owners were named",
        "company.directors_provided": "Confirmation that all directors were named",
        "company.executives_provided": "Confirmation that all executives were named",
        "company.verification.document": "A document that proves the company's registration",
    ]
}

extension String {
    fileprivate func prefixed(_ count: Int) -> String {
        isEmpty ? "Something that only Stripe's page names" : String(prefix(count))
    }
}
