/// Writes gzip (RFC 1952) by hand, so that the tests know each byte of it.
enum Gzip {
    /// Bytes as they are, in a stored block (RFC 1951, section 3.2.4); at most 65,535.
    static func stored(_ bytes: [UInt8], isSound: Bool = true) -> [UInt8] {
        let length = little(UInt16(bytes.count))
        let deflated = [1] + length + length.map(~) + bytes
        return header + deflated + little(isSound ? checksum(bytes) : ~checksum(bytes)) + little(UInt32(bytes.count))
    }

    /// A bomb: one zero, and then so many times 258 more in 13 bits each, a thousandth of their size.
    static func zeros(times: Int) -> [UInt8] {
        var bits = Bits()
        bits.append(0b1, count: 1)
        bits.append(0b10, count: 2)
        bits.append(0b0011_0000, count: 8)
        for _ in 0..<times { bits.append(0b1100_0101_00000, count: 13) }
        bits.append(0, count: 7)
        let zeros = [UInt8](repeating: 0, count: 1 + 258 * times)
        return header + bits.bytes + little(checksum(zeros)) + little(UInt32(zeros.count))
    }

    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    private struct Bits {
        var bytes: [UInt8] = []
        private var free = 0

        /// Appends bits, the highest first, as Huffman codes are (RFC 1951, section 3.1.1).
        mutating func append(_ value: Int, count: Int) {
            for index in (0..<count).reversed() {
                if free == 0 {
                    bytes.append(0)
                    free = 8
                }
                bytes[bytes.count - 1] |= UInt8(value >> index & 1) << (8 - free)
                free -= 1
            }
        }
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}
