import Foundation

/// The server's side of TLS, from the OpenSSL that libcurl has brought into the process.
struct TestTLS: Sendable {
    /// One connection's TLS.
    struct Session {
        fileprivate let library: Library
        fileprivate let pointer: UnsafeMutableRawPointer

        func read(_ buffer: inout [UInt8]) -> Int {
            let size = Int32(buffer.count)
            return Int(library.read(pointer, &buffer, size))
        }

        func write(_ bytes: UnsafeRawBufferPointer) -> Int {
            Int(library.write(pointer, bytes.baseAddress, Int32(bytes.count)))
        }

        /// Says good-bye, so that the end of the connection is no cut, and frees the session.
        func end() {
            _ = library.shutdown(pointer)
            library.free(pointer)
        }
    }

    fileprivate struct Library {
        typealias Pointer = UnsafeMutableRawPointer
        let read: @convention(c) (Pointer, UnsafeMutableRawPointer, Int32) -> Int32
        let write: @convention(c) (Pointer, UnsafeRawPointer?, Int32) -> Int32
        let shutdown: @convention(c) (Pointer) -> Int32
        let free: @convention(c) (Pointer) -> Void
        let method: @convention(c) () -> Pointer?
        let newContext: @convention(c) (Pointer?) -> Pointer?
        let freeContext: @convention(c) (Pointer) -> Void
        let control: @convention(c) (Pointer, Int32, Int, Pointer?) -> Int
        let setCiphers: @convention(c) (Pointer, UnsafePointer<CChar>) -> Int32
        let useCertificate: @convention(c) (Pointer, UnsafePointer<CChar>) -> Int32
        let useKey: @convention(c) (Pointer, UnsafePointer<CChar>, Int32) -> Int32
        let new: @convention(c) (Pointer) -> Pointer?
        let setSocket: @convention(c) (Pointer, Int32) -> Int32
        let accept: @convention(c) (Pointer) -> Int32

        init?() {
            guard let read = dlsym(nil, "SSL_read"), let write = dlsym(nil, "SSL_write"),
                let shutdown = dlsym(nil, "SSL_shutdown"), let free = dlsym(nil, "SSL_free"),
                let method = dlsym(nil, "TLS_server_method"), let newContext = dlsym(nil, "SSL_CTX_new"),
                let freeContext = dlsym(nil, "SSL_CTX_free"), let control = dlsym(nil, "SSL_CTX_ctrl"),
                let setCiphers = dlsym(nil, "SSL_CTX_set_cipher_list"),
                let useCertificate = dlsym(nil, "SSL_CTX_use_certificate_chain_file"),
                let useKey = dlsym(nil, "SSL_CTX_use_PrivateKey_file"), let new = dlsym(nil, "SSL_new"),
                let setSocket = dlsym(nil, "SSL_set_fd"), let accept = dlsym(nil, "SSL_accept")
            else { return nil }
            func function<Function>(_ symbol: UnsafeMutableRawPointer, _ type: Function.Type = Function.self)
                -> Function
            {
                unsafeBitCast(symbol, to: type)
            }
            self.read = function(read)
            self.write = function(write)
            self.shutdown = function(shutdown)
            self.free = function(free)
            self.method = function(method)
            self.newContext = function(newContext)
            self.freeContext = function(freeContext)
            self.control = function(control)
            self.setCiphers = function(setCiphers)
            self.useCertificate = function(useCertificate)
            self.useKey = function(useKey)
            self.new = function(new)
            self.setSocket = function(setSocket)
            self.accept = function(accept)
        }
    }

    let certificateFile: String
    let keyFile: String
    /// The pin of the certificate's key.
    let pin: String
    /// Whether the server speaks TLS 1.1 at most.
    var isOld = false

    /// Whether the `openssl` command is there, which makes the certificates.
    static let isAvailable = (try? openssl(["version"])) != nil

    /// Makes a certificate of its own authority for a host, such as `DNS:localhost`, while the closure runs.
    static func with<Result>(
        _ host: String = "DNS:localhost", _ body: (TestTLS) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "transport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appending(path: "certificate.pem").path
        let key = folder.appending(path: "key.pem").path
        let publicKey = folder.appending(path: "public.pem").path
        _ = try openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-subj", "/CN=test", "-addext", "subjectAltName=\(host)", "-keyout", key, "-out", certificate])
        _ = try openssl(["pkey", "-in", key, "-pubout", "-outform", "DER", "-out", publicKey])
        let hash = try openssl(["dgst", "-sha256", "-binary", publicKey])
        return try await body(
            TestTLS(certificateFile: certificate, keyFile: key, pin: "sha256//" + hash.base64EncodedString()))
    }

    /// Does the handshake on an accepted connection; nil if it fails.
    func accept(_ socket: Int32) -> Session? {
        guard let library = Library(), let context = library.newContext(library.method()) else { return nil }
        defer { library.freeContext(context) }
        guard library.useCertificate(context, certificateFile) == 1, library.useKey(context, keyFile, 1) == 1 else {
            return nil
        }
        if isOld {
            let setLatestVersion: Int32 = 124
            _ = library.control(context, setLatestVersion, 0x0302, nil)
            _ = library.setCiphers(context, "DEFAULT@SECLEVEL=0")
        }
        guard let pointer = library.new(context) else { return nil }
        guard library.setSocket(pointer, socket) == 1, library.accept(pointer) == 1 else {
            library.free(pointer)
            return nil
        }
        return Session(library: library, pointer: pointer)
    }

    private static func openssl(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return data
    }
}
