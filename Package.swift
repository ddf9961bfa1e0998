// swift-tools-version: 6.2
import PackageDescription

// The floors of the house, from the bottom up; an arrow only points down. `make lint` compares every
// import in the sources with what stands here.
let package = Package(
    name: "gatehouse",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "gatehouse", targets: ["gatehouse"]),
        .library(name: "AdapterKit", targets: ["AdapterKit"]),
        .library(name: "AdapterTestKit", targets: ["AdapterTestKit"]),
        .library(name: "VendorFormats", targets: ["VendorFormats"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // The distribution's own C libraries, so that their security fixes reach Gatehouse with the system's.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        // A call of the kernel's that the C library has no function for.
        .systemLibrary(name: "CLinux"),

        .target(name: "AdapterKit"),
        .target(name: "AdapterTestKit", dependencies: ["AdapterKit"]),
        .target(name: "MarkedText"),
        .target(name: "MarkedCSV", dependencies: ["MarkedText"]),
        .target(name: "MarkedYAML", dependencies: ["CYAML", "MarkedText"]),
        .target(name: "VendorFormats", dependencies: ["AdapterKit"]),
        .target(
            name: "SignedTokens", dependencies: ["AdapterKit", .product(name: "JWTKit", package: "jwt-kit")]),
        .target(name: "Forecasting"),
        .target(name: "ICalendar", dependencies: ["AdapterKit"]),
        .target(name: "POSToken", dependencies: ["AdapterKit"], path: "Plugins/POSToken"),
        .target(name: "Recorded", dependencies: ["AdapterKit"], path: "Plugins/Recorded"),
        .target(name: "Sage100", dependencies: ["AdapterKit", "VendorFormats"], path: "Plugins/Sage100"),
        .target(name: "Sage200", dependencies: ["AdapterKit", "VendorFormats"], path: "Plugins/Sage200"),
        .target(name: "Sage300", dependencies: ["AdapterKit", "VendorFormats"], path: "Plugins/Sage300"),

        .target(name: "GatewayAPI", dependencies: ["AdapterKit"]),
        .target(name: "GatewayTransport", dependencies: ["CCurl", "CLinux"]),
        .target(
            name: "GatewayStore",
            dependencies: [
                "AdapterKit", "CSQLite", "GatewayAPI",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(name: "GatewayProfiles", dependencies: ["AdapterKit", "MarkedText", "MarkedYAML"]),
        .target(
            name: "GatewayCore",
            dependencies: [
                "AdapterKit", "CLinux", "Forecasting", "GatewayAPI", "GatewayProfiles", "GatewayStore",
                "GatewayTransport", "MarkedCSV", "MarkedText", "MarkedYAML", "SignedTokens",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "VendorSandbox",
            dependencies: [
                "AdapterKit", "MarkedText", "MarkedYAML", "VendorFormats",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "GatewayCommands",
            dependencies: [
                "AdapterKit", "CLinux", "GatewayAPI", "GatewayCore", "GatewayTransport", "ICalendar", "MarkedText",
                "MarkedYAML", "VendorSandbox", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "gatehouse",
            dependencies: [
                "AdapterKit", "GatewayCommands", "GatewayCore", "POSToken", "Recorded", "Sage100", "Sage200",
                "Sage300",
            ]),
        .executableTarget(
            name: "GatewayBench",
            dependencies: [
                "AdapterKit", "CCurl", "GatewayAPI", "GatewayCore", "GatewayStore", "POSToken", "Sage300",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),

        .testTarget(name: "AdapterKitTests", dependencies: ["AdapterKit"], exclude: ["Fixtures"]),
        .testTarget(name: "AdapterTestKitTests", dependencies: ["AdapterKit", "AdapterTestKit"]),
        .testTarget(name: "MarkedTextTests", dependencies: ["MarkedText"]),
        .testTarget(name: "MarkedCSVTests", dependencies: ["MarkedCSV", "MarkedText"]),
        .testTarget(name: "MarkedYAMLTests", dependencies: ["MarkedText", "MarkedYAML"]),
        .testTarget(name: "VendorFormatsTests", dependencies: ["AdapterKit", "AdapterTestKit", "VendorFormats"]),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["AdapterKit", "MarkedCSV", "MarkedText", "MarkedYAML", "Sage200", "VendorFormats"],
            exclude: ["Corpus"]),
        .testTarget(name: "ForecastingTests", dependencies: ["Forecasting"]),
        .testTarget(name: "ICalendarTests", dependencies: ["AdapterKit", "ICalendar"]),
        .testTarget(name: "POSTokenTests", dependencies: ["AdapterKit", "AdapterTestKit", "POSToken"]),
        .testTarget(
            name: "Sage100Tests",
            dependencies: [
                "AdapterKit", "AdapterTestKit", "Sage100", "VendorFormats",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "Sage200Tests",
            dependencies: [
                "AdapterKit", "AdapterTestKit", "Sage200", "VendorFormats",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "Sage300Tests",
            dependencies: [
                "AdapterKit", "AdapterTestKit", "Sage300", "VendorFormats",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(name: "GatewayTransportTests", dependencies: ["GatewayTransport"]),
        .testTarget(
            name: "GatewayCoreTests",
            dependencies: [
                "AdapterKit", "AdapterTestKit", "GatewayAPI", "GatewayCore", "GatewayProfiles", "GatewayStore",
                "GatewayTransport", "POSToken", "Recorded",
                "Sage100", "Sage200", "Sage300", "VendorSandbox",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "GatewayProfilesTests",
            dependencies: [
                "AdapterKit", "GatewayProfiles", "MarkedText", "MarkedYAML", "POSToken", "Recorded", "Sage100",
                "Sage200",
                "Sage300",
            ]),
        .testTarget(
            name: "GatewayStoreTests",
            dependencies: [
                "AdapterKit", "GatewayAPI", "GatewayStore", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["CLinux", "CSQLite", "gatehouse", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(
            name: "VendorSandboxTests",
            dependencies: [
                "AdapterKit", "AdapterTestKit", "MarkedText", "MarkedYAML", "VendorFormats", "VendorSandbox",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
