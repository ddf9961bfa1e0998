import ArgumentParser

/// `gatehouse steps`.
struct Steps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps", abstract: "What people have to do before an operation goes on.",
        discussion: """
            Wherever Gatehouse can't do something itself it asks a person: to mail a request, to click in a product, \
            to look up what it shows. Such a step waits as long as it takes, and keeps nothing else from the \
            installation. `gatehouse todo` shows steps among everything else that needs a person.
            """,
        subcommands: [
            StepsList.self, StepsShow.self, StepsDone.self, StepsCancel.self, StepsAttachment.self,
        ])
}
