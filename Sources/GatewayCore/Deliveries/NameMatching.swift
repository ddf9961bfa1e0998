#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Destination {
    /// The same place with its names as they are spelled on the disk, where they are found only without regard to case:
    /// products of another system's write them as they like. Waits for the disk.
    ///
    /// - Throws: ``DeliveryError/Code/unsafePath`` where two names differ in nothing else. A name that is not there is
    ///   left as it is: what is missing is told by who opens it.
    func matchingNames() throws(DeliveryError) -> Destination {
        var found: [String] = []
        for (index, name) in components.enumerated() {
            guard let names = Self.names(in: Self.path(root: root, found[...])) else {
                return try Destination(root: root, components: found + components[index...])
            }
            if names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
                found.append(name)
                continue
            }
            let alike = names.filter { $0.lowercased() == name.lowercased() }
            guard alike.count < 2 else {
                throw DeliveryError(
                    .unsafePath, path,
                    "\(DeliveryError.quoted(Self.path(root: root, found[...]))) holds \(DeliveryError.quoted(alike)), "
                        + "which differ in nothing but case; rename all but the one that the product uses")
            }
            found.append(alike.first ?? name)
        }
        return try Destination(root: root, components: found)
    }

    /// The names in a folder; nil where it can't be read.
    private static func names(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}
