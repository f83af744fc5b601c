import HTTPSemantics
import Routing

extension ExplainedExchange {
    /// Finds the session that the request belongs to: it stays with its endpoint, whatever the weights say.
    mutating func describeSession(_ compiled: UnsafePointer<CompiledRule>) {
        guard let extras = compiled.pointee.extras else { return }
        explanation.session = received.withView { view in
            for (index, session) in extras.pointee.sessions.enumerated() {
                guard let token = session.tokens(of: view).own,
                    session.isCurrent(token, now: explainer.settings.now)
                else { continue }
                for (position, backend) in compiled.pointee.backends.enumerated()
                where Int(backend.session) == index && explanation.backends.indices.contains(position) {
                    let described = explanation.backends[position]
                    let endpoint = described.endpoints.first { endpoint in
                        token.endpoint == Self.hash(of: endpoint.address, key: backend.sessionKey)
                    }
                    if let endpoint {
                        return Explanation.ResumedSession(
                            backend: described.backend, endpoint: endpoint.address)
                    }
                }
            }
            return nil
        }
    }

    private static func hash(of address: String, key: UInt64) -> UInt64 {
        var address = address
        return address.withUTF8 { bytes in
            SessionHash.endpoint(key: key, address: SessionHash.address(UnsafeRawBufferPointer(bytes)))
        }
    }
}
