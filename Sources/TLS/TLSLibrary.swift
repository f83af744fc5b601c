internal import CNIOBoringSSL
internal import CNIOBoringSSLShims

/// What concerns the linked library as a whole.
package enum TLSLibrary {
    /// For `weir version` and bug reports.
    package static var version: String { String(cString: OpenSSL_version(0)) }

    /// The reason of the last error of this thread in the library's words, which never contain data; clears the queue.
    static func takeError() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return "unknown error" }
        return String(cString: reason).lowercased().replacing("_", with: " ")
    }
}

extension String {
    /// All occurrences of one character by another: without Foundation.
    fileprivate func replacing(_ character: Character, with other: Character) -> String {
        String(map { $0 == character ? other : $0 })
    }
}

/// Why certificates, keys or authorities cannot be used. Never contains any of their bytes.
package struct TLSConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
