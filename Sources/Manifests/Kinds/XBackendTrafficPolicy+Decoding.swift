import GatewayAPI
import KubernetesTypes

extension XBackendTrafficPolicy: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"),
            status: fields.status() ?? PolicyStatus())
        fields.ignore("apiVersion", "kind")
    }
}

extension XBackendTrafficPolicySpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            targetRefs: fields.requiredList("targetRefs"), retryConstraint: fields.object("retryConstraint"),
            sessionPersistence: fields.object("sessionPersistence"))
    }
}

extension RetryConstraint: FieldDecodable {
    init(_ fields: FieldReader) {
        let absent = RetryConstraint()
        self.init(
            budget: fields.object("budget") ?? absent.budget,
            minRetryRate: fields.object("minRetryRate") ?? absent.minRetryRate)
    }
}

extension BudgetDetails: FieldDecodable {
    init(_ fields: FieldReader) {
        let absent = BudgetDetails()
        self.init(
            percent: fields.integer("percent", in: 0...100) ?? absent.percent,
            interval: fields.duration("interval") ?? absent.interval)
    }
}

extension RequestRate: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(count: fields.integer("count", in: 1...1_000_000), interval: fields.duration("interval"))
    }
}
