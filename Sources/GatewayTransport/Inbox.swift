/// What has arrived of one answer, and how much of it may.
struct Inbox {
    /// The most that all header lines may take, those of interim answers and trailers included.
    static let maxHeaderBytes = 65_536

    enum Overflow {
        case headers, body
    }

    private(set) var headerBlock: [UInt8] = []
    private(set) var body: [UInt8] = []
    /// What was larger than allowed, which ended the transfer.
    private(set) var overflow: Overflow?

    private let maxBodyBytes: Int
    private var headerBytes = 0
    private var isInterim = false
    private var isHeaderComplete = false

    init(maxBodyBytes: Int = 0) {
        self.maxBodyBytes = maxBodyBytes
    }

    /// Whether the host has begun to answer.
    var hasBegun: Bool { headerBytes > 0 }

    /// Whether the answer's headers came to their end; libcurl takes a cut within them for a whole answer.
    var isWhole: Bool { isHeaderComplete && !isInterim }

    /// Makes room for a body whose length was announced, up to 1 MiB, since the announcement may be false.
    mutating func expect(_ length: Int) {
        if length > 0 { body.reserveCapacity(min(length, maxBodyBytes, 1_048_576)) }
    }

    /// Keeps a part of the body; returns how many bytes were taken, none if the body is too large.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= maxBodyBytes - body.count else {
            overflow = .body
            body = []
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Keeps a header line; returns how many bytes were taken, none if there are too many.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Int {
        headerBytes += line.count
        guard headerBytes <= Self.maxHeaderBytes else {
            overflow = .headers
            headerBlock = []
            return 0
        }
        // An interim answer (RFC 9110, section 15.2) is followed by another status line; what follows the blank
        // line of any other answer are trailers.
        if isHeaderComplete {
            guard isInterim else { return line.count }
            headerBlock.removeAll(keepingCapacity: true)
            isHeaderComplete = false
        }
        if headerBlock.isEmpty {
            headerBlock.reserveCapacity(1024)
            isInterim = Self.isInterim(line)
        }
        if let first = line.first, first == UInt8(ascii: "\r") || first == UInt8(ascii: "\n") {
            isHeaderComplete = true
        } else {
            headerBlock.append(contentsOf: line)
        }
        return line.count
    }

    /// Whether a status line, `HTTP/1.1 103 …`, is that of an interim answer.
    private static func isInterim(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")), space + 1 < line.count else { return false }
        return line[space + 1] == UInt8(ascii: "1")
    }
}
