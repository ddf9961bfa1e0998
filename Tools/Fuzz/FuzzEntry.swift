import Foundation

/// What libFuzzer calls with the bytes that it made up. GATEHOUSE_FUZZ names the reader.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = start.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
    if let problem = reader.problem(with: bytes) { fatalError("\(reader.rawValue): \(problem)") }
    return 0
}

private let reader: FuzzedReader = {
    let name = ProcessInfo.processInfo.environment["GATEHOUSE_FUZZ"] ?? ""
    guard let reader = FuzzedReader(rawValue: name) else {
        fatalError("GATEHOUSE_FUZZ names no reader: \(FuzzedReader.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return reader
}()
