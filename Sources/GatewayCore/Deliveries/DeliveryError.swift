#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why files could not be put where the product reads them.
struct DeliveryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    var code: Code
    /// The absolute path that it is about.
    var path: String
    /// What happened, where, and what to do next, to stand within a sentence.
    var message: String
    /// The system's number for it, where a system call failed.
    var errno: Int32?
    /// For ``Code/interrupted``, what interrupted the delivery.
    var cause: Code?
    /// For ``Code/interrupted``, the message of what interrupted the delivery.
    var causeMessage: String?
    /// For ``Code/interrupted``, which destinations are new.
    var progress: DeliveryProgress?

    init(_ code: Code, _ path: String, _ message: String, errno: Int32? = nil) {
        self.code = code
        self.path = path
        self.message = message
        self.errno = errno
    }

    var description: String { message }

    /// What interrupted the delivery, for one that does not go on by itself; else the failure itself.
    var withoutInterruption: DeliveryError {
        var error = self
        error.message = causeMessage ?? message
        return error
    }

    /// The message as a sentence of its own. What it begins with stays as it is where it is no word.
    var sentence: String {
        let first = message.prefix { $0 != " " }
        let isWord = first.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        let start = isWord ? message.prefix(1).uppercased() + message.dropFirst() : message
        return start.hasSuffix(".") ? start : start + "."
    }

    /// The kinds of failure.
    enum Code: String, CaseIterable, Codable, Sendable {
        /// The path lies under no allowed root.
        case outsideRoots
        /// The path, or a value in its template, could lead elsewhere than it says, or is too long.
        case unsafePath
        /// A symbolic link stands somewhere below the root.
        case symbolicLink
        /// A root or a product's folder is not there.
        case missingFolder
        /// No permission, a read-only filesystem, or something of another user's in the way.
        case notWritable
        /// The disk or the quota is full.
        case noSpace
        /// The destination is a folder, a pipe or a device.
        case notARegularFile
        /// A file stands there that Gatehouse did not write, and nobody said to adopt it.
        case foreign
        /// The destination holds something that the plan does not know.
        case changedMeanwhile
        /// What was handed over or read back is not what was planned.
        case hashMismatch
        /// Some destinations are new, or can't be looked at: the delivery is to be completed or undone.
        case interrupted
        /// Anything else that the system reports.
        case io
    }
}

extension DeliveryError {
    /// A failed system call, told by the system's own words and with what to do.
    ///
    /// - Parameter what: what could not be done, after the path: `can't be written`.
    static func system(_ failure: SystemFailure, _ path: String, _ what: String) -> DeliveryError {
        let number = failure.number
        let (code, help): (Code, String) =
            switch number {
            case EACCES, EPERM:
                (.notWritable, "give the user that runs Gatehouse (number \(geteuid())) the right to do so")
            case EROFS: (.notWritable, "mount the filesystem for writing")
            case ENOSPC: (.noSpace, "free some space on its disk")
            case EDQUOT: (.noSpace, "free some space or raise the quota")
            case ELOOP: (.symbolicLink, "put a real folder or file in the link's place")
            case ENOENT, ENOTDIR: (.missingFolder, "check that the product's folder is there")
            case EXDEV: (.io, "\(House.name) must be on the same filesystem as the folder it is in")
            default: (.io, "check that the disk or host is sound and can be reached, then run the command again")
            }
        let reason = String(cString: strerror(number))
        return DeliveryError(code, path, "\(quoted(path)) \(what): \(reason); \(help)", errno: number)
    }

    /// A path or value as messages show it: in quotes, without characters that could steer a terminal or
    /// reorder what is read.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Several paths, quoted, with commas.
    static func quoted(_ paths: [String]) -> String {
        paths.isEmpty ? "none" : paths.map { quoted($0) }.joined(separator: ", ")
    }
}
