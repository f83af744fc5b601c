/// Certificates and keys made for these tests only.
enum TestCertificates {
    static let ellipticCurve = """
        -----BEGIN CERTIFICATE-----
        MIIBVzCB/6ADAgECAgEHMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHRlc3QwIBcN
        OTkxMjMxMDAwMDAwWhgPMjA1MTAyMjgwMDAwMDBaMA8xDTALBgNVBAMMBHRlc3Qw
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASmUCrM0bw/DCDv8L1bLCvWtSDL7S19
        NxY0EThVjdRSLboZuI5TQq/OWVV+eJ4ayLMLBX4bfY7ipkkdNmZrdwzTo0owSDBG
        BgNVHREEPzA9gg9XV1cuZXhhbXBsZS5jb22CEiouYXBwcy5leGFtcGxlLmNvbYcE
        wAACAYcQIAENuAAAAAAAAAAAAAAAATAKBggqhkjOPQQDAgNHADBEAiAERQ5fc3br
        H+24MJMmDWqBUpOXB3gtDEGYWMaSgMw/gwIgC/GQYl9rfsQXr4ZFmhsFidqSKky9
        9rl6snEcN8EmaS4=
        -----END CERTIFICATE-----
        """
    static let ellipticCurvePKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSWXDz5H9mZ6AWOE9
        WqOBynwzU+o9HV/RPbk+lJFaA/yhRANCAASmUCrM0bw/DCDv8L1bLCvWtSDL7S19
        NxY0EThVjdRSLboZuI5TQq/OWVV+eJ4ayLMLBX4bfY7ipkkdNmZrdwzT
        -----END PRIVATE KEY-----
        """
    static let ellipticCurveSEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIEllw8+R/ZmegFjhPVqjgcp8M1PqPR1f0T25PpSRWgP8oAoGCCqGSM49
        AwEHoUQDQgAEplAqzNG8Pwwg7/C9Wywr1rUgy+0tfTcWNBE4VY3UUi26GbiOU0Kv
        zllVfnieGsizCwV+G32O4qZJHTZma3cM0w==
        -----END EC PRIVATE KEY-----
        """
    static let rsa = """
        -----BEGIN CERTIFICATE-----
        MIICtzCCAZ+gAwIBAgIBBzANBgkqhkiG9w0BAQsFADAPMQ0wCwYDVQQDDAR0ZXN0
        MB4XDTI2MDIyODAwMDAwMFoXDTI4MDIyOTAwMDAwMFowDzENMAsGA1UEAwwEdGVz
        dDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAMBJsL+qLlyTUl9+3t0I
        +TKp13R3PVsR2NFWXgMXtLz9xpwvYamchH/ZfCD2LsLa8lRUAMIAWPEKkpzOAMim
        KdUe9FxgVOs6knVO0lUCi1vHI7d7xETfrSuGGTEfZ9QRE9XWavwoTAUPRK07GmDX
        85MPW9YHKdaoMkHocoHzEDnfZoYibScErnQPGimoLTFPPC5wFozWeSznFw0KyYEZ
        6/c+yKP1Kf2V9rMuUnXKLf5f3QHr25N1bhTESxPjJXT/B79XYRqQ1LCa32ioKaT+
        k9/DpELBjJYqbB6n7PzYh+lNTHSDMenusM7VlZgr0Al+oq0w9NDUdBXDD3iF9zST
        Rz8CAwEAAaMeMBwwGgYDVR0RBBMwEYIPcnNhLmV4YW1wbGUuY29tMA0GCSqGSIb3
        DQEBCwUAA4IBAQBiqyxFC9gTxTQjpXjTWV7yoILj55SgLvyXThUSDILPb5xyhQSt
        1qnFWs+WaeS3ehhO1cIofdYxoBmGB4qw605xVeNimMOS+FgCxMVeIFrZY1Xmd5JX
        56nMfNng5596bjQNfiCx3QEOwQO1tWvlTTWo/dHGwqu2ldrlCCy7+Dywnogjjkik
        a3wYiT3CeHKq0V1IMTAkP42Olag0zXqK2Pxj3veCT7b2KVDD5WjHrdD5NaduW6h+
        yYaAtAi7L34QLQaj/A2f0dCyyhgbCl0gAFHjwHCklFGvyquXXv8XvmxxW6Q0zZz6
        /6TJjsG1nb1ehGIFyupjiFxiOZ6XB1tj7zAI
        -----END CERTIFICATE-----
        """
    static let rsaPKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDASbC/qi5ck1Jf
        ft7dCPkyqdd0dz1bEdjRVl4DF7S8/cacL2GpnIR/2Xwg9i7C2vJUVADCAFjxCpKc
        zgDIpinVHvRcYFTrOpJ1TtJVAotbxyO3e8RE360rhhkxH2fUERPV1mr8KEwFD0St
        Oxpg1/OTD1vWBynWqDJB6HKB8xA532aGIm0nBK50DxopqC0xTzwucBaM1nks5xcN
        CsmBGev3Psij9Sn9lfazLlJ1yi3+X90B69uTdW4UxEsT4yV0/we/V2EakNSwmt9o
        qCmk/pPfw6RCwYyWKmwep+z82IfpTUx0gzHp7rDO1ZWYK9AJfqKtMPTQ1HQVww94
        hfc0k0c/AgMBAAECggEALwGUsLYUkVL+XxPvvU8VRDpazkDcAehR/ZLEdrMT3uOW
        6tV2ZXU6utpayuADvGSzusOyT7qwA3TXNHfznxlnvo7Lo8101PBDn2O+bUOq96ut
        4oviBgg8GBi3DdgklKX8GFlLXAsp0k7SNhrtruD7zWaCx8aGhtAlQRFm9LeLrumu
        Q6xZCLKWXSQ2ngoTvc0oTP0izOS3y28t60V1opCfMvHJyrMS7JppuQ1TMT4NCYQB
        heu8HAEVFOCdBZsV2Ycvdws258qrPmB8C4g62fS+vfl2I4xusV+xq8CkW1UocfMD
        bscVVkdQaoFkLkIha8tH5B2LfFHxaFw/tA9VQuKCEQKBgQDr1/4Keq4H9zN6mlNs
        mlRMk344qG9cVbM/dWOQ3AY1hT+++FGlgrhIIK8jKGZ26PdomMIQb9Bxrtr46JeV
        Z9Be1s1LdMsmrU/XxynL/fgimkEOhdrfTD600qGf2hnuokOCCnLeq5Ds37DUEu9+
        lUOxy83xo17DVek0fIfu16i/OQKBgQDQuL4PeDymx5k7+XwQcFxLZwWexko+WKIP
        Ue4/4ghrVbasR/7kP1azrZizClJXbJKrswvQ/eIKWTJtN9ZE9Mw2jwvFarBEbDc5
        nOtSGL0GDoXkCPO+b/XtBv1+wEHvFUnH1Dx1GO7YBc4PClHpNUL7wXxUXoIspVz+
        iGIrCLHCNwKBgEcARZi+CjqXr0XPxCHD7HEJTkycWLpBiq8mFg18T9o4/VHuzBW5
        3uTIAjHhbceKp0E0C+iK4QP4ki+xRkFSeaazoCaBSM+iCZF6ghjJorQ4IDHRFm13
        NMGXT9UiAgCXlR9HKgHjQMQvK7sM4FEJetHB+4QtnM/Nw2FrxDihcEnxAoGBAMIL
        z19QeIrRrGuuwaIC5DuR1w7K6QFXo6s8j5TCzvMDKCa5dIa9QB0h+oIRyYXPwfhx
        KD4vmvPmA1S5AbLwJ99dVCNA0gl61kjw03Jq32l/HQlpLTrSmj+4LPqnQWVGVGa8
        sUxoVr1tgCpJfOekhdbLBozlpH5farqVDzdVCPY3AoGAOE1/4MkRC02XK4a8O8yd
        Xw1oTTy7yzECz1CtYvCo7mOdVOWWPZGRIuC9pNHUEs0JsE0JXGTPAMYW8vVNo+7V
        +OOVYsRF4YlQhTw+6hLQaveyCprDck/v9XpnoMgEKSn3E7P9TLK0+H0yLaFxzpwU
        YyMblBlS0HrmtQjn/KvV12E=
        -----END PRIVATE KEY-----
        """
    static let rsaPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAwEmwv6ouXJNSX37e3Qj5MqnXdHc9WxHY0VZeAxe0vP3GnC9h
        qZyEf9l8IPYuwtryVFQAwgBY8QqSnM4AyKYp1R70XGBU6zqSdU7SVQKLW8cjt3vE
        RN+tK4YZMR9n1BET1dZq/ChMBQ9ErTsaYNfzkw9b1gcp1qgyQehygfMQOd9mhiJt
        JwSudA8aKagtMU88LnAWjNZ5LOcXDQrJgRnr9z7Io/Up/ZX2sy5Sdcot/l/dAevb
        k3VuFMRLE+MldP8Hv1dhGpDUsJrfaKgppP6T38OkQsGMlipsHqfs/NiH6U1MdIMx
        6e6wztWVmCvQCX6irTD00NR0FcMPeIX3NJNHPwIDAQABAoIBAC8BlLC2FJFS/l8T
        771PFUQ6Ws5A3AHoUf2SxHazE97jlurVdmV1OrraWsrgA7xks7rDsk+6sAN01zR3
        858ZZ76Oy6PNdNTwQ59jvm1DqverreKL4gYIPBgYtw3YJJSl/BhZS1wLKdJO0jYa
        7a7g+81mgsfGhobQJUERZvS3i67prkOsWQiyll0kNp4KE73NKEz9Iszkt8tvLetF
        daKQnzLxycqzEuyaabkNUzE+DQmEAYXrvBwBFRTgnQWbFdmHL3cLNufKqz5gfAuI
        Otn0vr35diOMbrFfsavApFtVKHHzA27HFVZHUGqBZC5CIWvLR+Qdi3xR8WhcP7QP
        VULighECgYEA69f+CnquB/czeppTbJpUTJN+OKhvXFWzP3VjkNwGNYU/vvhRpYK4
        SCCvIyhmduj3aJjCEG/Qca7a+OiXlWfQXtbNS3TLJq1P18cpy/34IppBDoXa30w+
        tNKhn9oZ7qJDggpy3quQ7N+w1BLvfpVDscvN8aNew1XpNHyH7teovzkCgYEA0Li+
        D3g8pseZO/l8EHBcS2cFnsZKPliiD1HuP+IIa1W2rEf+5D9Ws62YswpSV2ySq7ML
        0P3iClkybTfWRPTMNo8LxWqwRGw3OZzrUhi9Bg6F5Ajzvm/17Qb9fsBB7xVJx9Q8
        dRju2AXODwpR6TVC+8F8VF6CLKVc/ohiKwixwjcCgYBHAEWYvgo6l69Fz8Qhw+xx
        CU5MnFi6QYqvJhYNfE/aOP1R7swVud7kyAIx4W3HiqdBNAvoiuED+JIvsUZBUnmm
        s6AmgUjPogmReoIYyaK0OCAx0RZtdzTBl0/VIgIAl5UfRyoB40DELyu7DOBRCXrR
        wfuELZzPzcNha8Q4oXBJ8QKBgQDCC89fUHiK0axrrsGiAuQ7kdcOyukBV6OrPI+U
        ws7zAygmuXSGvUAdIfqCEcmFz8H4cSg+L5rz5gNUuQGy8CffXVQjQNIJetZI8NNy
        at9pfx0JaS060po/uCz6p0FlRlRmvLFMaFa9bYAqSXznpIXWywaM5aR+X2q6lQ83
        VQj2NwKBgDhNf+DJEQtNlyuGvDvMnV8NaE08u8sxAs9QrWLwqO5jnVTllj2RkSLg
        vaTR1BLNCbBNCVxkzwDGFvL1TaPu1fjjlWLEReGJUIU8PuoS0Gr3sgqaw3JP7/V6
        Z6DIBCkp9xOz/UyytPh9Mi2hcc6cFGMjG5QZUtB65rUI5/yr1ddh
        -----END RSA PRIVATE KEY-----
        """
    static let ed25519 = """
        -----BEGIN CERTIFICATE-----
        MIHpMIGcoAMCAQICAQcwBQYDK2VwMA8xDTALBgNVBAMMBHRlc3QwHhcNMjYwMTAx
        MDAwMDAwWhcNNDkxMjMxMDAwMDAwWjAPMQ0wCwYDVQQDDAR0ZXN0MCowBQYDK2Vw
        AyEAvU9YnB8ius2aWc2uxBHRzVd7nZfp3FQbAJ/ogl/FF1WjHTAbMBkGA1UdEQQS
        MBCCDmVkLmV4YW1wbGUuY29tMAUGAytlcANBAAffOProSRMzyYGPboYRub0Z1owI
        WrehIwuYkLGHjdzl1tE+6eKYMIECy4hz31omvIG5MUdAKMcSIvq3YBrUEQ8=
        -----END CERTIFICATE-----
        """
    static let ed25519PKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIEQ7nHF5ae+pt0tcJmdRsOcwSMmC8Qg9S69ROo5pjYbX
        -----END PRIVATE KEY-----
        """
}
