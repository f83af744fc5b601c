import HTTP1
import HTTPSemantics
import Routing

extension Exchange {
    /// Writes the request head for the backend: request line, Host, the client's fields without those that concern its
    /// connection only or that a filter removes, X-Forwarded-*, and the fields that filters add.
    func writeRequestHead(
        _ head: RequestHead, view: RequestView, rule: UnsafePointer<CompiledRule>,
        backend: UnsafePointer<CompiledBackend>, to writer: inout HeadWriter
    ) {
        writer.write(view.base + Int(head.methodOffset), Int(head.methodLength))
        writer.write(" ")
        writePath(view.path, rule: rule, backend: backend, to: &writer)
        if head.hasQuery {
            writer.write("?")
            writer.write(view.query)
        }
        writer.write(" HTTP/1.1\r\n")

        let modifiers = HeaderModifiers(first: rule.pointee.requestHeaders, second: backend.pointee.requestHeaders)
        writer.write("Host: ")
        if backend.pointee.rewrite.hostname.count > 0 {
            writer.write(backend.pointee.rewrite.hostname)
        } else if rule.pointee.rewrite.hostname.count > 0 {
            writer.write(rule.pointee.rewrite.hostname)
        } else {
            writer.write(view.base + Int(head.authorityOffset), Int(head.authorityLength))
        }
        writer.write("\r\n")
        copyFields(head, view: view, modifiers: modifiers, to: &writer)
        writeForwarded(head, view: view, modifiers: modifiers, to: &writer)
        if case .chunked = head.framing { writer.write("Transfer-Encoding: chunked\r\n") }
        if upgrade == .asked { writer.write(Self.upgradeLines) }
        if rpc.isWeb { writeTranslatedFields(head, view: view, to: &writer) }
        modifiers.writeAdditions(to: &writer)
        writer.write("\r\n")
    }

    private func writePath(
        _ path: UnsafeRawBufferPointer, rule: UnsafePointer<CompiledRule>, backend: UnsafePointer<CompiledBackend>,
        to writer: inout HeadWriter
    ) {
        let ofBackend = backend.pointee.rewrite
        let rewrite = ofBackend.path.kind == .none ? rule.pointee.rewrite : ofBackend
        guard rewrite.path.kind != .none else { return writer.write(path) }
        guard let room = writer.reserve(rewrite.maximumPathLength(path: path)) else { return }
        writer.advance(rewrite.write(path: path, prefixLength: prefixLength, into: room))
    }

    /// Copies runs of neighbouring lines that stay as they are in one go.
    private func copyFields(
        _ head: RequestHead, view: RequestView, modifiers: HeaderModifiers, to writer: inout HeadWriter
    ) {
        let mayRemove = modifiers.mayRemove(head.fieldLengthMask)
        let end = Int(head.headLength) - 2
        var run = -1
        for index in view.fields.indices {
            let line = view.fields[index]
            let isDropped =
                line.isHopByHop || Self.isReplaced(line.known) || translates(requestField: line.known)
                || (line.known == .expect && head.minorVersion == 0)
                || (mayRemove && modifiers.removes(view.name(of: line)))
            if isDropped {
                if run >= 0 { writer.write(view.base + run, Int(line.nameOffset) - run) }
                run = -1
            } else if run < 0 {
                run = Int(line.nameOffset)
            }
        }
        if run >= 0 { writer.write(view.base + run, end - run) }
    }

    /// Fields that the proxy writes itself.
    @inline(__always)
    private static func isReplaced(_ known: KnownField) -> Bool {
        switch known {
        case .host, .xForwardedFor, .xForwardedProto, .xForwardedHost: true
        default: false
        }
    }

    /// X-Forwarded-For is continued with the client's address. X-Forwarded-Proto and -Host are this hop's own: a value
    /// that a client sent could be a lie, and backends take the first one they find.
    private func writeForwarded(
        _ head: RequestHead, view: RequestView, modifiers: HeaderModifiers, to writer: inout HeadWriter
    ) {
        if !modifiers.removes("x-forwarded-for") {
            writer.write("X-Forwarded-For: ")
            if head.knownFields.contains(.xForwardedFor) {
                for line in view.fields where line.known == .xForwardedFor && line.valueLength > 0 {
                    writer.write(view.value(of: line))
                    writer.write(", ")
                }
            }
            connection?.writeClient(to: &writer)
            writer.write("\r\n")
        }
        if !modifiers.removes("x-forwarded-proto") {
            writer.write(
                connection?.isSecure == true ? "X-Forwarded-Proto: https\r\n" : "X-Forwarded-Proto: http\r\n")
        }
        if !modifiers.removes("x-forwarded-host"), head.authorityLength > 0 {
            writer.write("X-Forwarded-Host: ")
            writer.write(view.base + Int(head.authorityOffset), Int(head.authorityLength))
            writer.write("\r\n")
        }
    }
}
