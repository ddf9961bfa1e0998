import GatewayAPI
import GatewayStore

extension AddContact: PerformedCall {
    func perform(in context: CallContext) async throws -> ContactView {
        _ = try await ShowCustomer(id: customer).perform(in: context)
        var problems: [String] = []
        var name = ""
        do {
            name = try RecordedText.name(personName, "A contact's name")
        } catch {
            problems.append(error.message)
        }
        let (email, phone) = (email.trimmingSpace(), phone.trimmingSpace())
        if !email.isEmpty, !Self.isMailAddress(email) {
            problems.append("The mail address \"\(email)\" is none: write it as name@example.com.")
        }
        if !phone.isEmpty, !Self.isPhoneNumber(phone) {
            problems.append(
                "The telephone number \"\(phone)\" is none: it has 3 to 20 digits, and perhaps + ( ) - . / and spaces, "
                    + "with an extension behind an x.")
        }
        guard problems.isEmpty else { throw CallError(.invalid, problems.joined(separator: "\n")) }
        let contact = ContactView(
            id: Identifiers.operation(at: context.now), customer: customer, role: role, name: name, email: email,
            phone: phone)
        try await context.store.addContact(
            contact, at: context.now,
            audit: context.audit(
                Self.name, customer: customer, subject: customer, detail: "contact \(contact.id), \(role.rawValue)"))
        return contact
    }

    /// Whether a text is a mail address as people have them: RFC 5321 allows more, quoted, that nobody uses.
    private static func isMailAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count) else { return false }
        let marks = Set("\"(),:;<>[]\\")
        let isPlain = text.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.properties.generalCategory != .control
        }
        guard isPlain, !text.contains(where: marks.contains) else { return false }
        return parts.allSatisfy { part in
            part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
        }
    }

    /// Whether a text is a telephone number as people write them.
    private static func isPhoneNumber(_ text: String) -> Bool {
        let digits = text.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return (3...20).contains(digits.count) && text.wholeMatch(of: /\+?[0-9() .\/\-]+( ?x ?[0-9]+)?/) != nil
    }
}

extension ListContacts: PerformedCall {
    func perform(in context: CallContext) async throws -> [ContactView] {
        _ = try await ShowCustomer(id: customer).perform(in: context)
        return try await context.store.contacts(in: context.scope, of: customer)
    }
}

extension RemoveContact: PerformedCall {
    func perform(in context: CallContext) async throws -> ContactView {
        _ = try await ShowCustomer(id: customer).perform(in: context)
        return try await context.store.removeContact(contact, of: customer) { removed in
            context.audit(
                Self.name, customer: customer, subject: customer,
                detail: "contact \(removed.id), \(removed.role.rawValue)")
        }
    }
}
