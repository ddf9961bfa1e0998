import MarkedYAML

/// Reads a profile's `upgrade`.
enum UpgradeShape {
    static let shape = Shape<UpgradeRules>.mapping { fields in
        let standard = UpgradeRules.standard
        let window = fields.optional(
            "window", window, help: "The hours of a day in which an upgrade may be made, in the customer's time zone.")
        let downtime = fields.optional(
            "downtime", minutes("30m"), help: "How long the product is expected to be down; 30m without it.")
        let buffer = fields.optional(
            "buffer", minutes("30m"), help: "What is kept free behind that for trouble; 30m without it.")
        let announce = fields.optional(
            "announce", hours, help: "How far ahead it is announced; one announced later is warned of; 24h without it.")
        let everyoneOut = fields.optional(
            "everyoneOut", minutes("15m"), help: "How long those who are in are waited for; 15m without it.")
        let idle = fields.optional(
            "idle", command, default: [],
            help: "A command, as a list of arguments, that ends with 0 where nobody is in the product.")
        let restart = fields.optional(
            "restart", command, default: [],
            help: "The command, as a list of arguments, that restarts the product's services.")
        let seconds = fields.optional(
            "commandSeconds", .int(in: 1...3600), default: standard.commandSeconds,
            help: "How long a command may take, in seconds.")
        let backup = fields.optional(
            "backup", .list(of: .string), default: [],
            help: "The files and folders that are backed up: templates such as {site.server}/MAS90/Home.")
        let monitoring = fields.optional(
            "monitoring", ProfileShape.days, default: standard.monitoring,
            help: "How long an upgrade is watched once it is done, in calendar days; 7d without it.")
        return UpgradeRules(
            window: window, downtime: downtime ?? standard.downtime, buffer: buffer ?? standard.buffer,
            announce: announce ?? standard.announce, everyoneOut: everyoneOut ?? standard.everyoneOut, idle: idle,
            restart: restart, commandSeconds: seconds, backup: backup, monitoring: monitoring)
    }

    /// A command is found by its absolute path, never by a search, and no shell reads it.
    private static let command = Shape<[String]>.list(of: .string).checked { words in
        guard let program = words.first else { return nil }
        return program.hasPrefix("/") ? nil : "a command begins with the absolute path of its program"
    }

    private static let window = Shape<UpgradeRules.Window>.mapping { fields in
        let from = fields.required("from", time, help: "When it begins, such as 19:00.")
        let to = fields.required("to", time, help: "When it ends, such as 06:00; before from for the next morning.")
        guard let from, let to else { return nil }
        return UpgradeRules.Window(from: from % 1440, to: to)
    }

    /// A time of day in minutes from midnight, `24:00` included.
    private static let time = Shape<Int>.text("a time of day such as 19:00", pattern: "[0-2][0-9]:[0-5][0-9]") { text in
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour * 60 + minute <= 1440, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    private static func minutes(_ example: String) -> Shape<Int> {
        .text("a time from 0m to 24h such as \(example) or 2h", pattern: "[0-9]{1,4}[mh]") { text in
            guard let number = Int(text.dropLast()), number >= 0 else { return nil }
            let minutes = text.last == "h" ? number * 60 : number
            return (text.last == "h" || text.last == "m") && minutes <= 1440 ? minutes : nil
        }
    }

    private static let hours = Shape<Int>.text("a time such as 24h or 2d", pattern: "[0-9]{1,4}[hd]") { text in
        guard let number = Int(text.dropLast()), (0...1000).contains(number) else { return nil }
        return text.last == "h" ? number : text.last == "d" ? number * 24 : nil
    }
}
