import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// An upgrade as people read it.
enum UpgradeText {
    /// Tells of a step as it is made.
    static func progress(_ progress: Progress, _ options: GlobalOptions) {
        guard !options.quiet, !options.json else { return }
        Console.print("  \(progress.latest)")
    }

    /// Shows how it ended, with the exit code that goes with it.
    static func show(_ view: UpgradeView, _ options: GlobalOptions, wanting: Set<String> = ["done", "announce"]) throws
    {
        if options.json {
            try Console.json(view)
        } else {
            for warning in view.warnings { Console.warning(warning) }
            let line = "\(view.installation): \(view.phase): \(view.message)"
            if wanting.contains(view.phase) || view.status == "asking" {
                if !options.quiet { Console.print(view.message.isEmpty ? waits(view) : line) }
            } else {
                Console.errorText(line)
                whomToAsk(view)
                for other in view.others where other.isWatched {
                    Console.errorText("  another one: \(told(other, of: view))")
                }
            }
        }
        if !wanting.contains(view.phase), view.status != "asking" { throw ExitCode(1) }
    }

    /// Prints which host is not put right, and who helps.
    static func whomToAsk(_ view: UpgradeView) {
        for host in view.hosts {
            if let trouble = host.trouble { Console.errorText("  \(host.host): \(trouble)") }
        }
        for contact in view.contacts { Console.errorText("  \(contact.role.rawValue): \(reach(contact))") }
        if let plan = view.emergencyPlan { Console.errorText("  emergency plan: \(plan)") }
    }

    private static func waits(_ view: UpgradeView) -> String {
        if view.status == "asking" {
            return
                "\(view.installation): it waits for a person: `gatehouse steps show \(view.operation ?? "")` says what to do."
        }
        return "\(view.installation): planned for \(view.start.short); `gatehouse run --due` begins it then."
    }

    private static func reach(_ contact: ContactView) -> String {
        [contact.name, contact.phone, contact.email].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    static func lines(_ view: UpgradeView) -> LabeledLines {
        var lines = LabeledLines()
        lines.add("Upgrade", "\(view.operation ?? "") of the keys of \(view.installation), by \(view.caller)")
        lines.add("Standing", "\(view.phase) (\(view.status))\(view.message.isEmpty ? "" : ": \(view.message)")")
        lines.add("Begins", view.start.short)
        if let ended = view.ended { lines.add("Ended", ended.short) }
        for line in view.before { lines.add("Before", "\(line.title): \(line.value)") }
        for line in view.after { lines.add("Now", "\(line.title): \(line.value)") }
        for line in view.tried { lines.add("Tried", "\(line.title): \(line.value)") }
        for (label, value) in circumstances(view) { lines.add(label, value) }
        for step in view.steps { lines.add("Step", "\(step.at.short)  \(step.kind): \(step.detail)") }
        for seen in view.observations { lines.add("Seen", "\(seen.at.short)  \(seen.detail)") }
        for denial in view.refused { lines.add("Refused", "\(denial.at.short)  \(told(denial))") }
        if let older = older(view) { lines.add("Refused", older) }
        return lines
    }

    /// Another upgrade, and how it is shown.
    private static func told(_ other: UpgradeView.Other, of view: UpgradeView) -> String {
        "\(other.start.short), \(other.phase)\(other.isWatched ? ", still watched" : ""): "
            + "`gatehouse upgrade show \(view.installation) --operation \(other.operation)`"
    }

    /// Who was refused a seat, and why.
    private static func told(_ denial: UpgradeView.Denial) -> String {
        let user = denial.user.isEmpty ? "somebody" : denial.user
        return "\(user)\(denial.host.isEmpty ? "" : " on \(denial.host)"), a seat of \(denial.pool): \(denial.reason)"
    }

    /// That not all who were refused are listed; nil where they are.
    private static func older(_ view: UpgradeView) -> String? {
        let left = view.denials - view.refused.count
        return left > 0 ? "\(left) before these are counted alone" : nil
    }

    /// What stands beside the steps: warnings, hosts, the backup, how it is watched, and who helps.
    private static func circumstances(_ view: UpgradeView) -> [(label: String, value: String)] {
        var lines = view.warnings.map { (label: "Warning", value: $0) }
        lines += view.hosts.map { ("Host", "\($0.host): \($0.path)\($0.trouble.map { ": \($0)" } ?? "")") }
        if let backup = view.backup { lines.append(("Backup", backup)) }
        if let until = view.monitoredUntil {
            let end = view.closed.map { "closed \($0.short)" } ?? "until \(until.short), or until somebody closes it"
            lines.append(("Watched", "\(end); claims refused since: \(view.denials)"))
        }
        lines += view.contacts.map { ("Contact", "\($0.role.rawValue): \(reach($0))") }
        if let plan = view.emergencyPlan { lines.append(("Emergency", plan)) }
        lines += view.others.map { ("Other", told($0, of: view)) }
        return lines
    }

    static func csv(_ view: UpgradeView) -> String {
        var csv = ReportCSV(["installation", "operation", "at", "step", "detail"])
        func add(_ at: Instant, _ step: String, _ detail: String) {
            csv.add([view.installation, view.operation ?? "", "\(at)", step, detail])
        }
        add(view.start, "begun by", view.caller)
        for warning in view.warnings { add(view.start, "warning", warning) }
        for line in view.before { add(view.start, "before", "\(line.title): \(line.value)") }
        for step in view.steps + view.observations {
            add(step.at, step.kind, step.detail)
        }
        for denial in view.refused { add(denial.at, "refused", told(denial)) }
        if let older = older(view) { add(view.ended ?? view.start, "refused", older) }
        for line in view.after { add(view.ended ?? view.start, "now", "\(line.title): \(line.value)") }
        for line in view.tried { add(view.ended ?? view.start, "tried", "\(line.title): \(line.value)") }
        return csv.text
    }

    static func markdown(_ view: UpgradeView) -> String {
        var text = ["# Upgrade of the license keys of \(MarkdownText.cell(view.installation))", ""]
        text.append(
            "\(view.phase), \(view.start.short) to \(view.ended?.short ?? "now"), by \(view.caller). \(view.message)")
        // What is in force after it; or, where nothing of it is, what was tried.
        let other = view.tried.isEmpty ? view.after : view.tried
        text += ["", "| | before | \(view.tried.isEmpty ? "now" : "tried") |", "| --- | --- | --- |"]
        let titles =
            view.before.map(\.title)
            + other.map(\.title).filter { title in
                !view.before.contains { $0.title == title }
            }
        for title in titles {
            let before = view.before.first { $0.title == title }?.value ?? ""
            let after = other.first { $0.title == title }?.value ?? ""
            text.append("| \(MarkdownText.cell(title)) | \(MarkdownText.cell(before)) | \(MarkdownText.cell(after)) |")
        }
        text.append("")
        for (label, value) in circumstances(view) { text.append("- \(label): \(MarkdownText.cell(value))") }
        text += ["", "| when | step | |", "| --- | --- | --- |"]
        for step in view.steps + view.observations {
            text.append("| \(step.at.short) | \(MarkdownText.cell(step.kind)) | \(MarkdownText.cell(step.detail)) |")
        }
        for denial in view.refused {
            text.append("| \(denial.at.short) | refused | \(MarkdownText.cell(told(denial))) |")
        }
        if let older = older(view) { text += ["", "\(older)."] }
        return text.joined(separator: "\n")
    }
}
