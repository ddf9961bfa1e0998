import Foundation

/// The URL-safe alphabet of RFC 4648, section 5, without padding.
enum Base64URL {
    /// What each byte of a text stands for; 255 for one of another alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// What a text stands for; nil where it is of no such form. Every check of a token decodes three, so it is done here
    /// and not by way of the other alphabet.
    static func decoded(_ text: Substring) -> Data? {
        var text = text
        return text.withUTF8 { bytes -> Data? in
            guard bytes.count % 4 != 1 else { return nil }
            var decoded = Data(count: bytes.count * 3 / 4)
            let isWhole = decoded.withUnsafeMutableBytes { (into: UnsafeMutableRawBufferPointer) -> Bool in
                values.withUnsafeBufferPointer { values in
                    var bits: UInt32 = 0
                    var held: UInt32 = 0
                    var next = 0
                    for byte in bytes {
                        let value = values[Int(byte)]
                        guard value != 255 else { return false }
                        bits = bits << 6 | UInt32(value)
                        held += 6
                        if held >= 8 {
                            held -= 8
                            into[next] = UInt8(truncatingIfNeeded: bits >> held)
                            next += 1
                        }
                    }
                    // What is left over must be nothing: else two texts would stand for one.
                    return bits & (1 << held - 1) == 0
                }
            }
            return isWhole ? decoded : nil
        }
    }
}
