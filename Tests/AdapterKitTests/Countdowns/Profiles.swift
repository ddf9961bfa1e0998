import AdapterKit

/// Countdowns as profiles write them, for the worked instants.
enum Profiles {
    static let contact = Countdown(
        name: "vendorContact", from: ["lastContact"],
        stages: [
            .init(
                at: .days(28), level: .warning,
                message: "The Sage Licence will expire in {daysToLoss} because the entitlement server has been "
                    + "unavailable for {days}."),
            .init(at: .days(35), level: .stopped, label: "Expired"),
        ])

    static let validity = Countdown(
        name: "validity", from: ["validTo"], optional: true,
        stages: [
            .init(at: .days(-30), level: .notice),
            .init(at: .days(0), level: .stopped, label: "Expired"),
        ])

    static let offline = Countdown(
        name: "offline", from: ["offlineActivated"], optional: true,
        stages: [
            .init(at: .days(21), level: .notice),
            .init(at: .days(30), level: .warning, message: "A new offline activation must be generated."),
        ])

    static let subscription = Countdown(
        name: "subscription", from: ["expires"],
        stages: [
            .init(at: .days(-30), level: .notice),
            .init(at: .days(0), level: .grace, label: "Expired"),
            .init(at: .days(45), level: .restricted, label: "Read-only"),
        ])

    static let all: [String: [Countdown]] = [
        "sage300-subscription": [subscription],
        "sage300-subscription-60": [
            Countdown(
                name: "subscription", from: ["expires"],
                stages: [
                    .init(at: .days(0), level: .grace, label: "Expired"),
                    .init(at: .days(29), level: .grace, message: "Your Sage 300 subscription has expired"),
                    .init(at: .days(30), level: .grace),
                    .init(at: .days(44), level: .grace, message: "Your Sage 300 subscription has expired"),
                    .init(at: .days(45), level: .grace),
                    .init(
                        at: .days(59), level: .restricted, label: "Read-only",
                        message: "Your Sage 300 subscription has expired"),
                ])
        ],
        "sage100-subscription": [
            Countdown(
                name: "subscription", from: ["expires"],
                stages: [
                    .init(at: .days(-30), level: .notice),
                    .init(
                        at: .days(0), level: .grace, label: "Expired",
                        message: "Your Sage 100 subscription has expired. You can continue using the software for "
                            + "{daysToLoss}. Please contact Sage before {lossDate} to renew your subscription"),
                    .init(at: .days(45), level: .restricted, label: "Read-only"),
                ])
        ],
        "sage200-online": [contact, validity],
        "sage200-on-premise": [contact, validity, offline],
        "pos-token": [
            Countdown(
                name: "renewal", from: ["renewsOn"], optional: true,
                stages: [
                    .init(at: .days(-30), level: .warning, label: "Requires Renewal"),
                    .init(at: .days(0), level: .stopped, label: "Expired Requires Renewal"),
                ]),
            Countdown(
                name: "token", from: ["tokenExpires"],
                stages: [
                    .init(at: .hours(-48), level: .warning),
                    .init(at: .hours(0), level: .stopped, label: "Token expired"),
                ]),
        ],
        "autodesk": [
            Countdown(
                name: "check", from: ["lastCheck"],
                stages: [
                    .init(at: .hours(24), level: .notice, label: "Offline"),
                    .init(at: .days(27), level: .warning, label: "Offline"),
                    .init(at: .days(30), level: .stopped, label: "Expired"),
                ])
        ],
        "microsoft-kms": [
            Countdown(
                name: "lease", from: ["lastRenewed"],
                stages: [.init(at: .days(180), level: .stopped, label: "Lease over")])
        ],
        "sage-x3": [
            Countdown(
                name: "subscription", from: ["expires"],
                stages: [
                    .init(at: .days(-10), level: .notice),
                    .init(at: .days(0), level: .stopped, label: "Expired"),
                ])
        ],
    ]

    static let names = MessageNames(
        product: "Sage 300", customer: "Acme", installation: "acme-300", where: "Help > Licenses")

    static func rules(_ profile: String) throws -> CountdownRules {
        guard let countdowns = all[profile] else { throw Fixtures.Broken(description: "no profile \(profile)") }
        return try CountdownRules(countdowns, dateFormat: "MM/dd/yyyy")
    }

    /// `expires=2027-01-31;lastContact=2026-01-01T10:00:00Z`; nothing is held where the text is empty.
    static func facts(_ rules: CountdownRules, _ dates: String) throws -> StandingFacts {
        let values = try DatesColumn.values(dates.utf8)
        return rules.facts(held: !dates.isEmpty, dates: values.dates, modules: values.modules)
    }
}
