import AdapterKit

/// What a descriptor must be.
struct DescriptorCheck {
    let descriptor: AdapterDescriptor
    /// Whether the vendor itself says whom a license is for, once it is acquired.
    var tellsIdentity = false

    func failures() -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        func require(_ holds: Bool, _ place: String, _ message: String) {
            if !holds { found.append(ConformanceFailure(.descriptor, place, message)) }
        }
        require(
            matches("[a-z][a-z0-9]*(-[a-z0-9]+)*", descriptor.protocolName), "protocolName",
            "\"\(descriptor.protocolName)\" must be lower-case words with hyphens between")
        require(isText(descriptor.title), "title", "is empty")
        require(
            matches("[0-9]+(\\.[0-9]+)*", descriptor.version), "version",
            "\"\(descriptor.version)\" must be numbers with dots between")
        require(
            descriptor.contract == AdapterDescriptor.currentContract, "contract",
            "is \(descriptor.contract); the core speaks \(AdapterDescriptor.currentContract)")
        require(!descriptor.identity.isEmpty, "identity", "names no field, so the vendor cannot know an installation")
        require(
            descriptor.identity.contains(where: \.required) || !descriptor.hasServer || tellsIdentity, "identity",
            "requires no field, so an answer could be about anyone")
        let groups = [
            ("identity", descriptor.identity), ("settings", descriptor.settings), ("keys", descriptor.keys),
            ("site", descriptor.site), ("deliveries", descriptor.deliveries),
        ]
        for (group, fields) in groups {
            for (index, field) in fields.enumerated() {
                let place = "\(group) \(field.name)"
                require(isName(field.name), place, "the name must be letters and digits, a lower-case letter first")
                require(
                    !fields[..<index].contains { $0.name == field.name }, place, "the name stands there twice")
                require(isText(field.title), place, "the title is empty")
                require(isSentence(field.help), place, "the help must be a whole sentence")
                require(!field.isFamily || group == "keys", place, "only a key can stand for many values")
                guard let pattern = field.pattern else { continue }
                require((try? Regex(pattern)) != nil, place, "the pattern \(pattern) is broken")
                require(field.expectation.map(isText) ?? false, place, "a pattern needs its expectation in words")
            }
        }
        for (index, date) in descriptor.dates.enumerated() {
            let place = "date \(date.name)"
            require(isName(date.name), place, "the name must be letters and digits, a lower-case letter first")
            require(
                !descriptor.dates[..<index].contains { $0.name == date.name }, place, "the name stands there twice")
            require(isSentence(date.help), place, "the help must be a whole sentence")
        }
        for (index, purpose) in descriptor.purposes.enumerated() {
            require(
                matches("[A-Za-z0-9._~:/-]+", purpose), "purpose \(purpose)",
                "must hold only letters, digits and ._~:/-")
            require(!descriptor.purposes[..<index].contains(purpose), "purpose \(purpose)", "stands there twice")
        }
        return found
    }

    private func isName(_ text: String) -> Bool { matches("[a-z][A-Za-z0-9]*", text) }

    private func isText(_ text: String) -> Bool { text.contains { !$0.isWhitespace } }

    private func isSentence(_ text: String) -> Bool { isText(text) && text.last == "." }

    private func matches(_ pattern: String, _ text: String) -> Bool {
        guard let expression = try? Regex(pattern) else { return false }
        return (try? expression.wholeMatch(in: text)) != nil
    }
}
