import Hummingbird
import Kernel
import ProviderKit
import Vocabulary
import Web

/// What payment providers tell us. Stored before it is acknowledged; a job applies it.
struct WebhookRoutes {
    func mount(on routes: Routes) {
        routes.raw(.post, "/webhooks/{instance}", limit: .unlimited, access: .everyone) { request in
            guard let instance = ID<ProviderInstance>(request.parameters["instance"] ?? "") else {
                throw PaymentRefusal.instanceMissing
            }
            let body = try await request.body(upTo: Marketplace.webhookBytesMax)
            let headers = HTTPHeaders(
                request.headers.map { HTTPHeaders.Field(name: $0.name.rawName, value: $0.value) })
            try await request.marketplace.receiveWebhook(
                from: instance, headers: headers, body: body)
            return Response(status: .ok)
        }
    }
}
