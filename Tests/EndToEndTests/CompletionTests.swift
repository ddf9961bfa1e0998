import Foundation
import Testing

@Suite("Completions")
struct CompletionTests {
    @Test(
        "A script for each shell, which the shell itself takes where it is installed",
        arguments: ["bash", "zsh", "fish"])
    func script(shell: String) async throws {
        try await Estate.with { estate in
            let script = try await estate.run("--generate-completion-script", shell)
            #expect(script.code == 0 && script.out.contains("gatehouse") && script.out.contains("renewals"))
            guard let program = Program.found(shell) else { return }
            let file = try estate.write(script.out, to: "completion")
            let checked = try await estate.runs(program, "-n", file)
            #expect(checked.code == 0, "\(checked.err)")
        }
    }

    @Test(
        "Bash completes commands, verbs and options",
        arguments: [("cu", ["customers"]), ("customers ar", ["archive"]), ("refresh x --ad", ["--adopt"])])
    func bash(typed: String, expected: [String]) async throws {
        try await Estate.with { estate in
            let script = try await estate.run("--generate-completion-script", "bash")
            let file = try estate.write(script.out, to: "completion")
            let words = ["gatehouse"] + typed.split(separator: " ").map(String.init)
            let (last, before) = (words[words.count - 1], words[words.count - 2])
            let bash = """
                shopt -s extglob; source '\(file)'; COMP_WORDS=(\(words.joined(separator: " ")));
                COMP_CWORD=\(words.count - 1); COMP_LINE='\(words.joined(separator: " "))'; COMP_POINT=${#COMP_LINE}
                _gatehouse gatehouse \(last) \(before); printf '%s\\n' "${COMPREPLY[@]}"
                """
            let completed = try await estate.runs(#require(Program.found("bash")), "-c", bash)
            #expect(completed.out.split(separator: "\n").map(String.init) == expected, "\(completed.err)")
        }
    }
}

extension Estate {
    /// Runs another program to its end.
    fileprivate func runs(_ program: String, _ arguments: String...) async throws -> Finished {
        try await Child(
            program, arguments, environment: variables, folder: folder, limit: .seconds(60)
        ).finished()
    }
}
