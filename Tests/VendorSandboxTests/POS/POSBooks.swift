/// Books with a section `pos`.
enum POSBooks {
    static let login = (name: "mara", password: "correct horse & battery")
    static let store = "POS-0417-A"
    static let cloud = "POS-0417-B"
    static let depot = "POS-0900-A"

    /// Two organizations of one login, and one of another. The lines stand behind the organizations.
    static func one(renewsOn: String = "2027-03-31", lifetime: String = "7d", _ lines: String = "") -> String {
        """
        pos:
          organizations:
            - name: Maple & Ridge <Retail>
              login: { name: mara, password: "correct horse & battery" }
              devices:
                - name: Front Street "East"
                  edition: Store
                  serverID: POS-0417-A
                  features: [xms]
                  hubName: Maple Corporate
                  hubURL: https://hub.maple.example:8443
                  renewsOn: \(renewsOn)
                  tokenLifetime: \(lifetime)
                - { name: Cloud, edition: Cloud, serverID: POS-0417-B, features: [xms, giftcards], tokenLifetime: 90s }
            - name: Harbour Light
              login: { name: harbour, password: "lantern" }
              devices:
                - { name: Depot, edition: Corporate, serverID: POS-0900-A }
        \(lines.split(separator: "\n").map { "  " + $0 + "\n" }.joined())
        """
    }

    /// The book with a third organization, which mara has too.
    static var two: String {
        one().replacing(
            "    - name: Harbour Light\n",
            with: """
                    - name: Cedar Café
                      login: { name: mara, password: "correct horse & battery" }
                      devices: [{ name: Till, edition: Store, serverID: POS-0500-A }]
                    - name: Harbour Light

                """)
    }
}
