import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The secret key of a file, which is made where there is none.
///
/// The file holds the 32 bytes in base64 and a line feed. It appears whole or not at all: it is written under
/// another name and then linked, which fails where another process was first, whose key is then taken.
func signingKey(at path: String) throws(SandboxError) -> Curve25519.Signing.PrivateKey {
    if let key = try readKey(path) { return key }
    let key = Curve25519.Signing.PrivateKey()
    try make(path, holding: key.rawRepresentation.base64EncodedString() + "\n")
    guard let key = try readKey(path) else {
        throw SandboxError("The signing key \(path) was removed while the stand-in vendor started: start it again.")
    }
    return key
}

/// The key of a file; nil where there is no file.
private func readKey(_ path: String) throws(SandboxError) -> Curve25519.Signing.PrivateKey? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
        if errno == ENOENT { return nil }
        throw keyError(path, "can't be read: \(systemMessage(errno))", "Give this user the right to read it")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else {
        throw keyError(path, "can't be read: \(systemMessage(errno))", "Check what it is")
    }
    var text = bytes[..<count]
    while text.last == UInt8(ascii: "\n") || text.last == UInt8(ascii: "\r") { text.removeLast() }
    guard let raw = Data(base64Encoded: Data(text)), raw.count == 32,
        let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
    else { throw keyError(path, "does not hold 32 bytes in base64", "Put the right file there") }
    return key
}

/// Makes a file of mode 0600, unless there is one of that name.
private func make(_ path: String, holding text: String) throws(SandboxError) {
    let (draft, failure) = draft(of: path, holding: Array(text.utf8))
    defer { unlink(draft) }
    guard failure == 0 else { throw cannotMake(path, failure) }
    guard link(draft, path) == 0 || errno == EEXIST else { throw cannotMake(path, errno) }
}

/// Puts a file of mode 0600 in the place of a path: the old one or the new one stands there at any time.
///
/// - Returns: the system's code for what went wrong; 0 where nothing did.
func replacePrivateFile(_ path: String, with bytes: [UInt8]) -> Int32 {
    let (draft, failure) = draft(of: path, holding: bytes)
    guard failure == 0, rename(draft, path) != 0 else {
        if failure != 0 { unlink(draft) }
        return failure
    }
    let code = errno
    unlink(draft)
    return code
}

/// Writes a file of mode 0600 beside a path.
private func draft(of path: String, holding bytes: [UInt8]) -> (path: String, failure: Int32) {
    let draft = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return (draft, errno) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return (draft, written < 0 ? errno : ENOSPC) }
        rest = rest.dropFirst(written)
    }
    return (draft, fsync(descriptor) == 0 ? 0 : errno)
}

private func cannotMake(_ path: String, _ code: Int32) -> SandboxError {
    SandboxError(
        "The signing key \(path) can't be made: \(systemMessage(code)). Its folder must be one that this user may "
            + "write to.")
}

private func keyError(_ path: String, _ what: String, _ advice: String) -> SandboxError {
    SandboxError(
        "The signing key \(path) \(what). \(advice), or remove it to have a new one made; whoever trusts the old one "
            + "must then be given the new public key.")
}

/// The system's own words for an error.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }
