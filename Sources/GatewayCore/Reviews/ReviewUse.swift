import AdapterKit
import GatewayAPI
import GatewayStore

extension AddReview: PerformedCall {
    func perform(in context: CallContext) async throws -> ReviewView {
        guard (1...3660).contains(everyDays) else {
            throw CallError(.invalid, "A review is due after 1 to 3660 days, again and again.")
        }
        let record = try await context.installation(installation)
        let others = try await context.store.reviews(in: context.scope, customer: record.customer)
        if let other = others.first(where: { $0.installation == installation && $0.kind == kind }) {
            throw CallError(
                .conflict,
                "The review \(other.id) of \(installation) looks at that already, \(ReviewView.every(days: other.everyDays)): "
                    + "`gatehouse reviews done \(other.id) --end` ends it.")
        }
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let review = ReviewView(
            id: Identifiers.operation(at: context.now), installation: installation, customer: record.customer,
            kind: kind, everyDays: everyDays, next: zone.instant(context.now, addingDays: everyDays))
        try await context.store.addReview(
            review,
            audit: context.audit(
                Self.name, customer: record.customer, subject: installation,
                detail: "\(kind.rawValue), \(ReviewView.every(days: everyDays))"))
        return review
    }
}

extension ListReviews: PerformedCall {
    func perform(in context: CallContext) async throws -> [ReviewView] {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        return try await context.store.reviews(in: context.scope, customer: customer)
            .filter { !due || $0.next <= context.now }
    }
}

extension CompleteReview: PerformedCall {
    func perform(in context: CallContext) async throws -> ReviewView {
        guard let review = try await context.store.review(id, in: context.scope) else {
            throw CallError(.notFound, "There is no review \"\(id)\". `gatehouse reviews list` shows those there are.")
        }
        let record = try await context.installation(review.installation)
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let text = note.trimmingSpace()
        var done = review
        done.last = context.now
        done.lastNote = text.isEmpty ? "" : try RecordedText.name(text, "What a review found")
        done.next = zone.instant(context.now, addingDays: review.everyDays)
        try await context.store.finishReview(
            id, at: context.now, note: done.lastNote ?? "", next: ends ? nil : done.next,
            audit: context.audit(
                Self.name, customer: review.customer, subject: review.installation,
                detail: "\(review.kind.rawValue)\(ends ? ", ended" : "")"))
        return done
    }
}
