import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import GatewayStore

extension AttachedFile {
    /// Makes sure that files may be kept with an operation.
    ///
    /// - Parameters:
    ///   - kept: What it keeps already.
    ///   - step: The step that these are of: one of the same name is replaced.
    static func check(_ files: [AttachedFile], besides kept: [AttachmentView], step: Int) throws(CallError) {
        var names: Set<String> = []
        for file in files {
            if let problem = problem(with: file.name) { throw CallError(.invalid, problem) }
            guard file.contents.count <= mostBytes else {
                throw CallError(
                    .invalid,
                    "\(file.name) has \(file.contents.count) bytes; a file that is kept with an operation has at most "
                        + "\(mostBytes). Keep a smaller picture, or keep it elsewhere and note where.")
            }
            guard !file.contents.isEmpty else { throw CallError(.invalid, "\(file.name) is empty.") }
            guard names.insert(file.name).inserted else {
                throw CallError(.invalid, "Two of the files are named \(file.name): rename one.")
            }
        }
        let others = kept.filter { $0.step != step || !names.contains($0.name) }
        let bytes = others.reduce(0) { $0 + $1.size } + files.reduce(0) { $0 + $1.contents.count }
        guard others.count + files.count <= mostFiles, bytes <= mostBytesOfAll else {
            throw CallError(
                .invalid,
                "An operation keeps at most \(mostFiles) files of \(mostBytesOfAll) bytes together; with these it would "
                    + "be \(others.count + files.count) of \(bytes).")
        }
    }

    private static func problem(with name: String) -> String? {
        let isPlain =
            (1...128).contains(name.utf8.count) && name.first != "." && !name.contains("/") && !name.contains("\\")
            && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        return isPlain
            ? nil
            : "A file that is kept has a name of 1 to 128 bytes without slashes and control characters, not beginning "
                + "with a dot: \(name.debugDescription) has not."
    }

    /// The file as it is kept.
    func attachment(step: Int, at now: Instant, by caller: String) -> NewAttachment {
        NewAttachment(
            step: step, name: name, contents: Data(contents),
            sha256: Hex.encode(Array(SHA256.hash(data: contents))), at: now, caller: caller)
    }
}
