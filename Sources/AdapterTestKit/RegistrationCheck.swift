import AdapterKit

/// What an adapter must make of registration files: those that an activation brings, and those that are none.
struct RegistrationCheck {
    let desk: AnyAdapter.KeyDesk
    let secrets: Secrets

    func failures(_ files: [Grant.File], place: String) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        func require(_ check: ConformanceFailure.Check, _ holds: Bool, _ message: String) {
            if !holds { found.append(ConformanceFailure(check, place, message)) }
        }
        let registrations = files.compactMap { file in (try? desk.registration(file.contents)).map { (file, $0) } }
        require(.registration, !registrations.isEmpty, "no file of the grant is a registration that it can read")
        for (file, lines) in registrations {
            require(.registration, !lines.isEmpty, "it reads nothing in \"\(file.delivery)\"")
            require(
                .registration, lines.allSatisfy { !$0.title.isEmpty && !$0.value.isEmpty },
                "a line of \"\(file.delivery)\" has no title or no value")
            let words = lines.map { "\($0.title) \($0.value)" }.joined(separator: "\n")
            if let name = secrets.name(in: words) {
                require(.secret, false, "what it reads in \"\(file.delivery)\" holds the secret \(name)")
            }
        }
        for (what, bytes) in [("nothing", []), ("no text", [0xFF, 0, 0xFE]), ("another text", Array("key: 1\n".utf8))] {
            do throws(AdapterError) {
                _ = try desk.registration(bytes)
                require(.registration, false, "a file that holds \(what) is taken for a registration")
            } catch {
                require(
                    .registration, error.code == .malformed, "a file that holds \(what) is refused as \(error.code)")
            }
        }
        return found
    }
}
