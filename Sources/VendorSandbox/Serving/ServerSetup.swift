import Hummingbird

extension HTTPServerBuilder {
    /// HTTP/1.1 that lets go of peers that are gone.
    static var standIn: HTTPServerBuilder { .http1(configuration: .init(idleTimeout: .seconds(120))) }
}
