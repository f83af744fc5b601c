import Console
import Controller
import Explain

extension ExplainSubject {
    /// The answer of `/explain`.
    func answer(to query: ExplainQuery) -> ExplainAnswer {
        do {
            let request = try ExplainRequest(method: query.method, url: query.url, headers: query.headers)
            let explanation = explain(request)
            let text = query.wantsJSON ? try explanation.prettyJSON() : ExplanationText.render(explanation)
            return .explained(Array(text.utf8))
        } catch {
            return .invalid("\(error)")
        }
    }
}

extension ExplainRequest {
    /// A request from texts that a person has written.
    /// - Parameter headers: `name: value` each.
    init(method: String, url: String, headers: [String]) throws(ExplainError) {
        var fields: [Field] = []
        for header in headers { fields.append(try Field(header)) }
        try self.init(method: method, url: try RequestURL(url), headers: fields)
    }
}
