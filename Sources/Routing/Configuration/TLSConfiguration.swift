/// A certificate chain with its private key, as a `kubernetes.io/tls` Secret holds them.
///
/// Checked by the reconciler: both parse and belong together. What is left to fail when the data plane loads them is
/// reported per listener and harms no other.
package struct CertificateKeyPair: Sendable, Hashable {
    /// PEM; the leaf first, then its issuers in order (RFC 8446 section 4.4.2).
    package var chain: [UInt8]
    /// PEM: PKCS#1, PKCS#8 or SEC 1.
    package var privateKey: PrivateKeyBytes
    /// A DER-encoded OCSP response to staple (RFC 6066 section 8); empty for none.
    package var ocspResponse: [UInt8]

    package init(chain: [UInt8], privateKey: PrivateKeyBytes, ocspResponse: [UInt8] = []) {
        self.chain = chain
        self.privateKey = privateKey
        self.ocspResponse = ocspResponse
    }
}

/// A private key. Every way of printing it says `<redacted>`.
package struct PrivateKeyBytes: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// How a listener terminates TLS (`Gateway.spec.listeners[].tls`).
package struct ListenerTLS: Sendable, Hashable {
    /// In the order of `certificateRefs`, never empty. The one for a client is found by its server name: exact names
    /// before wildcards, ECDSA before RSA where the client can, else the first.
    package var certificates: [CertificateKeyPair]
    package var options: TLSOptions

    package init(certificates: [CertificateKeyPair], options: TLSOptions = TLSOptions()) {
        self.certificates = certificates
        self.options = options
    }
}

/// `tls.options`: what an operator may ask for beyond the defaults.
package struct TLSOptions: Sendable, Hashable {
    package enum Version: UInt16, Sendable, Hashable, Comparable {
        case tls12 = 0x0303
        case tls13 = 0x0304

        package static func < (lhs: Version, rhs: Version) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// TLS 1.2 by default; older versions are not spoken.
    package var minimumVersion: Version
    /// Cipher suites for TLS 1.2 in OpenSSL's notation, in order of preference; empty for the default, which is those
    /// with forward secrecy and authenticated encryption. Those of TLS 1.3 cannot be chosen.
    package var cipherSuites: [String]

    package init(minimumVersion: Version = .tls12, cipherSuites: [String] = []) {
        self.minimumVersion = minimumVersion
        self.cipherSuites = cipherSuites
    }
}

/// `Gateway.spec.tls.frontend`: what HTTPS listeners of a port ask of clients (GEP-91).
package struct ClientCertificateValidation: Sendable, Hashable {
    package enum Mode: UInt8, Sendable, Hashable {
        /// A client without a certificate that the authorities vouch for does not get in.
        case allowValidOnly
        /// A certificate is asked for, but nobody is turned away.
        case allowInsecureFallback
    }

    package var mode: Mode
    /// PEM bundles of the usable `caCertificateRefs`, never empty.
    package var authorities: [[UInt8]]

    package init(mode: Mode, authorities: [[UInt8]]) {
        self.mode = mode
        self.authorities = authorities
    }
}

/// How connections to a backend are secured (BackendTLSPolicy, `XBackend.spec.tls`). A backend that has this is never
/// reached in plain text and never unverified.
package struct BackendTLS: Sendable, Hashable {
    package enum Trust: Sendable, Hashable {
        /// `wellKnownCACertificates: System`: the machine's own roots.
        case system
        /// PEM bundles of the usable `caCertificateRefs`. Empty: what was asked for cannot be had, so that nobody is
        /// trusted and nothing reaches the backend.
        case authorities([[UInt8]])
    }

    package enum SubjectAltName: Sendable, Hashable {
        /// `*.example.com` takes names with one label more.
        case hostname(String)
        /// Compared byte for byte (SPIFFE identities).
        case uri(String)
    }

    /// `validation.hostname`: the server name that is sent, and the name to verify unless `subjectAltNames` says others.
    package var serverName: String
    package var trust: Trust
    /// The certificate must have one of these; empty: it must be for `serverName`.
    package var subjectAltNames: [SubjectAltName]
    /// `Gateway.spec.tls.backend.clientCertificateRef`: shown to backends that ask for one.
    package var clientCertificate: CertificateKeyPair?
    package var options: TLSOptions

    package init(
        serverName: String, trust: Trust, subjectAltNames: [SubjectAltName] = [],
        clientCertificate: CertificateKeyPair? = nil, options: TLSOptions = TLSOptions()
    ) {
        self.serverName = serverName
        self.trust = trust
        self.subjectAltNames = subjectAltNames
        self.clientCertificate = clientCertificate
        self.options = options
    }
}
