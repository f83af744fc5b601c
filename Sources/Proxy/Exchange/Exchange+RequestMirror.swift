import Routing

/// `requestMirror` filters: every one of them draws for itself.
extension Exchange {
    /// Sends copies of a request whose head is about to leave.
    func startMirrors(
        _ extras: UnsafePointer<CompiledExtras>, head: UnsafeRawBufferPointer, hasBody: Bool
    ) {
        guard let table else { return }
        for mirror in extras.pointee.filters.mirrors where mirror.takes(random: worker.random()) {
            guard
                let copy = MirrorRequest.start(mirror, head: head, method: method, table: table, worker: worker)
            else { continue }
            if hasBody { mirrors.append(copy) } else { copy.requestIsComplete() }
        }
    }

    /// Gives the mirrors what the backend gets of the body.
    func mirrorBody(_ bytes: UnsafeRawBufferPointer) {
        mirrors.removeAll { !$0.send(bytes) }
    }

    /// The mirrors have got everything.
    func finishMirrors() {
        for mirror in mirrors { mirror.requestIsComplete() }
        mirrors.removeAll(keepingCapacity: true)
    }
}
