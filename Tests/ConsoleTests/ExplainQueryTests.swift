import NIOHTTP1
import Testing

@testable import Console

@Suite struct ExplainQueryTests {
    private let sources = AdminSources(
        metrics: { [] }, readiness: { .ready }, status: { [] },
        explain: { query in
            query.url == "nowhere" ? .invalid("there is no such place") : .explained(Array(query.url.utf8))
        })

    private func answer(_ target: String, accept: String? = nil) async -> AdminResponse {
        await AdminResponse.answer(to: .GET, target, accept: accept, from: sources)
    }

    @Test func `a query is decoded`() throws {
        let query = try ExplainQuery(
            target: "/explain?url=http://a/b%3Fc=1%26d&method=POST&header=X-A:%20b+c&header=X-B:d", accept: "*/*")
        #expect(query.url == "http://a/b?c=1&d")
        #expect(query.method == "POST")
        #expect(query.headers == ["X-A: b c", "X-B:d"])
        #expect(!query.wantsJSON)
    }

    @Test func `JSON comes to those who accept it or ask for it`() async throws {
        #expect(await answer("/explain?url=x").contentType == AdminResponse.plainText)
        #expect(await answer("/explain?url=x", accept: "application/json").contentType == "application/json")
        #expect(await answer("/explain?url=x&output=json").contentType == "application/json")
        let text = await answer("/explain?url=x&output=text", accept: "application/json")
        #expect(text.contentType == AdminResponse.plainText)
    }

    @Test(arguments: [
        ("/explain", "say which request"), ("/explain?url=", "say which request"),
        ("/explain?url=a&colour=red", "no parameter \"colour\""), ("/explain?url=%zz", "hexadecimal"),
        ("/explain?url=%+1", "hexadecimal"), ("/explain?url=%ff", "UTF-8"),
        ("/explain?url=a&output=xml", "json or text"), ("/explain?url=nowhere", "no such place"),
    ])
    func `a query that cannot be answered is a 400 with a sentence`(target: String, sentence: String) async {
        let response = await answer(target)
        #expect(response.status == .badRequest)
        #expect(String(decoding: response.body, as: UTF8.self).contains(sentence))
    }
}
