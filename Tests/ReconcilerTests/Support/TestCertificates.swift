/// Certificates and keys made for these tests only.
enum TestCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBNDCB2qADAgECAgECMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMMDXdlaXIgdGVz
        dHMgQ0EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBgxFjAUBgNV
        BAMMDXdlaXIgdGVzdHMgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATFf48E
        7a7GN2jLbgLZpCB2hpZG90RJ05yaMjDgfM6Q/QDeCZGyj2Ivk6pevDDwAK/NI7Er
        dY8wNS3d8FEml9rboxMwETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kA
        MEYCIQDPad1x0nMBqssJsHNR33yltCgZeRVENtUSqrYIqSr1AQIhAKWsthM1ZgAq
        yb2fQP+pAJT6NQdPic7glsGQq7QvL1FU
        -----END CERTIFICATE-----
        """
    static let www = """
        -----BEGIN CERTIFICATE-----
        MIIBPzCB56ADAgECAgEDMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMMDXdlaXIgdGVz
        dHMgQ0EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBoxGDAWBgNV
        BAMMD3d3dy5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHlo
        yhlEpnALQgXrNAbtnvXIe6+0iygvlule1z6Yhnt4O/IBae4QfEYkNWKC/LAoMagS
        L2VSyVxLxDWMlUM4UoejHjAcMBoGA1UdEQQTMBGCD3d3dy5leGFtcGxlLmNvbTAK
        BggqhkjOPQQDAgNHADBEAiAMZbHHknxIxCfliNZCmLITiRnkDEV4kFI4HyuKUs6s
        PwIgG2lLxRLGEl4oa5w1+GtxuRWtjDuEn+y+Duvap9a7xpA=
        -----END CERTIFICATE-----
        """
    static let wwwKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUBTqAPZjMcFrVIu8
        CKejz0TMHZkdHXeFDpIV/v0CBeKhRANCAAR5aMoZRKZwC0IF6zQG7Z71yHuvtIso
        L5bpXtc+mIZ7eDvyAWnuEHxGJDVigvywKDGoEi9lUslcS8Q1jJVDOFKH
        -----END PRIVATE KEY-----
        """
    static let other = """
        -----BEGIN CERTIFICATE-----
        MIIBUzCB+qADAgECAgEHMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMMDXdlaXIgdGVz
        dHMgQ0EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBwxGjAYBgNV
        BAMMEW90aGVyLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
        sU77Nd9S6Hn9l96KVNoaFrbno03/WWH4RUFfPsBHwlAMkeqXZzGW0jBy5vXR/iLd
        JJdi7BEmsuVJjWlQ4sIVxaMvMC0wKwYDVR0RBCQwIoIRb3RoZXIuZXhhbXBsZS5j
        b22CDSouZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAMOPvy14bKSf4km+
        zNsYpfx49SVhH7307wt5IldntbVBAiBZ3I97wELcOAFTvD10RuB4kbyI48Qdsg6t
        85OaBYC1Lg==
        -----END CERTIFICATE-----
        """
    static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJwp/6aSpqltCvodx
        0fn12HFYLMBbCrxgGPZOIOP7afahRANCAASxTvs131Loef2X3opU2hoWtuejTf9Z
        YfhFQV8+wEfCUAyR6pdnMZbSMHLm9dH+It0kl2LsESay5UmNaVDiwhXF
        -----END PRIVATE KEY-----
        """
    static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBNDCB2qADAgECAgEGMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMMDXdlaXIgdGVz
        dHMgQ0EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBgxFjAUBgNV
        BAMMDXdlaXIgdGVzdHMgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARMPGf/
        FiYhdi6/GsQZXpgDntqpNVXnleaisGEOJldF93CpQlXOHToKnueK/XvRx5ow/RWw
        ZM4ypObctWgJJumvoxMwETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kA
        MEYCIQCL1xLW5LA7VGJX/9CHLGu5gVgVI5A1AxgTvcQMHBPHEwIhAIxXTp3oj1E8
        yjCxaAZ3P5WnLIlqkU74QeJkMAixUmSB
        -----END CERTIFICATE-----
        """
}
