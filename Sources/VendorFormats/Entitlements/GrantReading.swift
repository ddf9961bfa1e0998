public import AdapterKit

extension BoundedXML.Element {
    /// The element's `seats`: a count for each of the pools, from 0 to 1,000,000.
    ///
    /// - Throws: ``AdapterError`` `malformed` where one is missing.
    public func seats(_ pools: [String]) throws(AdapterError) -> [Entitlement.SeatPool] {
        let element = try required("seats")
        try element.requireNoText()
        var seats: [Entitlement.SeatPool] = []
        for name in pools {
            seats.append(
                Entitlement.SeatPool(name: name, count: try element.required(name).count(in: 0...1_000_000)))
        }
        return seats
    }

    /// The element's `modules`: at most 200, each code once.
    ///
    /// - Throws: ``AdapterError`` `malformed`.
    public func modules() throws(AdapterError) -> [Entitlement.Module] {
        let most = 200
        let element = try required("modules")
        try element.requireNoText()
        var modules: [Entitlement.Module] = []
        var codes: Set<String> = []
        for child in element.children where child.name == "module" {
            guard modules.count < most else { throw element.malformed("holds more than \(most) modules") }
            try child.requireNoText()
            let code = try child.token(attribute: "code", characters: 32)
            guard codes.insert(code).inserted else { throw child.malformed("names the code \(code) a second time") }
            modules.append(
                Entitlement.Module(
                    code: code, name: try child.value(attribute: "name", bytes: 128),
                    expires: child.attribute("expires") == nil ? nil : .day(try child.day(attribute: "expires"))))
        }
        return modules
    }
}
