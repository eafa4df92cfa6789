import Hummingbird
import Kernel
import ProviderKit
import Vocabulary
import Web

/// What payment providers tell us. Stored before it is acknowledged; a job applies it.
struct WebhookRoutes {
    func mount(on routes: Routes) {
        routes.raw(.post, "/webhooks/{instance}", limit: .webhook, access: .everyone) { request in
            guard let instance = ID<ProviderInstance>(request.parameters["instance"] ?? "") else {
                throw PaymentRefusal.instanceMissing
            }
            // Whoever sends what nobody has signed uses up no more than their own address.
            try await request.limitingRefusals(.webhook, of: "\(instance)") {
                $0 as? PaymentRefusal == .signatureInvalid
            } during: {
                try await receive(request, from: instance)
            }
            return Response(status: .ok)
        }
    }

    private func receive(
        _ request: WebRequest, from instance: ID<ProviderInstance>
    ) async throws {
        let body = try await request.body(upTo: Marketplace.webhookBytesMax)
        let headers = HTTPHeaders(
            request.headers.map { HTTPHeaders.Field(name: $0.name.rawName, value: $0.value) })
        try await request.marketplace.receiveWebhook(
            from: instance, headers: headers, body: body)
    }
}
