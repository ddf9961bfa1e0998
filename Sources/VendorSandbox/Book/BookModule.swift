import MarkedYAML

/// A part of a product that is licensed by itself, as the book has it.
struct BookModule: Sendable {
    var code: String
    var name: String
    /// Where it ends by itself.
    var expires: BookDate?
}

extension Shape where Value == [BookModule] {
    /// At most 200 modules, each code once.
    static var modules: Shape {
        Shape.list(of: module).checked { modules in
            if modules.count > 200 { return "more than 200 modules" }
            var codes: Set<String> = []
            return modules.first { !codes.insert($0.code).inserted }.map { "the module \($0.code) stands here twice" }
        }
    }

    private static var module: Shape<BookModule> {
        .mapping { fields in
            let code = fields.required("code", .token(characters: 32))
            let name = fields.required("name", .text(bytes: 128))
            let expires = fields.optional("expires", .date)
            guard let code, let name else { return nil }
            return BookModule(code: code, name: name, expires: expires)
        }
    }
}
