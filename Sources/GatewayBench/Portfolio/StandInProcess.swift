import Foundation

/// The stand-in vendor in a process of its own, as a user starts it.
struct StandInProcess {
    /// Its address.
    let url: String
    /// Its public key, in base64.
    let key: String
    private let child: Child

    private struct Ready: Decodable {
        var url: String
        var publicKey: String
    }

    init(_ workspace: Workspace, book: String) throws {
        child = try Child(
            workspace.gatehouse, ["sandbox", "--book", book, "--listen", "127.0.0.1:0"], output: .kept)
        let line = try child.readLine()
        guard let ready = try? JSONDecoder().decode(Ready.self, from: Data(line)) else {
            throw BenchError(
                "The stand-in vendor said \(String(decoding: line, as: UTF8.self)) where JSON was expected.")
        }
        url = ready.url
        key = ready.publicKey
    }

    func end() { child.end() }
}
