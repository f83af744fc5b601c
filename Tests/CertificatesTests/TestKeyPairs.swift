/// More pairs made for these tests only: every algorithm and form, and forms that are refused.
enum TestKeyPairs {
    static let p384 = """
        -----BEGIN CERTIFICATE-----
        MIIBazCB8aADAgECAgECMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHRlc3QwIBcN
        MjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMA8xDTALBgNVBAMMBHRlc3Qw
        djAQBgcqhkjOPQIBBgUrgQQAIgNiAATx1ka2ziAhGoJrD52h2XxNygYVY3jtmnFo
        7LDqTkf3JbyO6001FYkWiAlkLB1XL+IxgyEXuB+bp/pWgdmfKs/rQHJm9kWxqTLy
        WZr9wMtflSEo28vqIAiO6HJzSbvhnSGjHzAdMBsGA1UdEQQUMBKCEHAzODQuZXhh
        bXBsZS5jb20wCgYIKoZIzj0EAwIDaQAwZgIxAIX+jLwh9ISMeGlOnLpxbfbmVCJ8
        FqDCGM7uK3cSfmd8SIqn7KxGL6qGT3iDQJ6OMwIxAPfQaMOmk8Du1IxThmifBsy6
        9416ZWVh94/N64y/Wv2u0CI+TdElyNNnz+nh146TOA==
        -----END CERTIFICATE-----
        """
    static let p384PKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAnITJ3v4w4rr3/Q8gH
        VshqeoICAECJcC+dX0HEgY46yna8i6Cun9qcDtYsFwIvc/ehZANiAATx1ka2ziAh
        GoJrD52h2XxNygYVY3jtmnFo7LDqTkf3JbyO6001FYkWiAlkLB1XL+IxgyEXuB+b
        p/pWgdmfKs/rQHJm9kWxqTLyWZr9wMtflSEo28vqIAiO6HJzSbvhnSE=
        -----END PRIVATE KEY-----
        """
    static let p384SEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MIGkAgEBBDAnITJ3v4w4rr3/Q8gHVshqeoICAECJcC+dX0HEgY46yna8i6Cun9qc
        DtYsFwIvc/egBwYFK4EEACKhZANiAATx1ka2ziAhGoJrD52h2XxNygYVY3jtmnFo
        7LDqTkf3JbyO6001FYkWiAlkLB1XL+IxgyEXuB+bp/pWgdmfKs/rQHJm9kWxqTLy
        WZr9wMtflSEo28vqIAiO6HJzSbvhnSE=
        -----END EC PRIVATE KEY-----
        """
    static let p521 = """
        -----BEGIN CERTIFICATE-----
        MIIBtTCCARegAwIBAgIBAzAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDAR0ZXN0MCAX
        DTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDAR0ZXN0
        MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBA7gYB20AMnpXvG/VLy551fcl+mhI
        wMAVkkE6qonwDGAq7oeqrIN7EIks+5ASDdnu4yIDZBD9648ndVh/twaonfgACQRG
        Xqy0eGrF3k47/60NZpMuQqMkTv2PbF8h1J167tm8yFuRb6ABJlM9dYg9rVtVr+7B
        Sa8IBtYIBjOJKwtct4CjHzAdMBsGA1UdEQQUMBKCEHA1MjEuZXhhbXBsZS5jb20w
        CgYIKoZIzj0EAwIDgYsAMIGHAkER8V4Rq9n1SBTRICjypJ5n/YKPrCFwIDg5MxWC
        mKaFXWJK0p3zW/YLXaL9OmciQDoMeHa7GEGfprTFWmKwDgqwtQJCAfUz9kT3yHe6
        qiXCzaC5zWkbOLb5FZmO2vXCZReHPWYnvrPBcPLZkJbMqRggRWWZoKsqkifGcPku
        4OihOUGWNTuQ
        -----END CERTIFICATE-----
        """
    static let p521PKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBUGS0cx4BhOLmVhYH
        xXggzJLmeUayK9RfGSfC/lr0fjUu3KmwpGJB42G7KxI/JkAnBpz7aMfOlq1NQIM+
        cRqjz5ehgYkDgYYABAEDuBgHbQAyele8b9UvLnnV9yX6aEjAwBWSQTqqifAMYCru
        h6qsg3sQiSz7kBIN2e7jIgNkEP3rjyd1WH+3Bqid+AAJBEZerLR4asXeTjv/rQ1m
        ky5CoyRO/Y9sXyHUnXru2bzIW5FvoAEmUz11iD2tW1Wv7sFJrwgG1ggGM4krC1y3
        gA==
        -----END PRIVATE KEY-----
        """
    static let p521SEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MIHcAgEBBEIBUGS0cx4BhOLmVhYHxXggzJLmeUayK9RfGSfC/lr0fjUu3KmwpGJB
        42G7KxI/JkAnBpz7aMfOlq1NQIM+cRqjz5egBwYFK4EEACOhgYkDgYYABAEDuBgH
        bQAyele8b9UvLnnV9yX6aEjAwBWSQTqqifAMYCruh6qsg3sQiSz7kBIN2e7jIgNk
        EP3rjyd1WH+3Bqid+AAJBEZerLR4asXeTjv/rQ1mky5CoyRO/Y9sXyHUnXru2bzI
        W5FvoAEmUz11iD2tW1Wv7sFJrwgG1ggGM4krC1y3gA==
        -----END EC PRIVATE KEY-----
        """
    static let shortRSA = """
        -----BEGIN CERTIFICATE-----
        MIIBtjCCAR+gAwIBAgIBBDANBgkqhkiG9w0BAQsFADAPMQ0wCwYDVQQDDAR0ZXN0
        MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDAR0
        ZXN0MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDGG9xQIRF+mZtCnoaWyRI7
        /86fdt4VwtP862Q5XzSTqr5naXiA+WVcOuYTk6CCdmqAvWhc6yxjcJYQ+DhQhHzy
        GKThJfViPhQJxWNW8gtke96gsw48nLF3qWoeMJbX3yObjNUrwgTL4JslY1eykTYh
        DhFJj9A26cB7VmK/b/8UIQIDAQABoyAwHjAcBgNVHREEFTATghFzaG9ydC5leGFt
        cGxlLmNvbTANBgkqhkiG9w0BAQsFAAOBgQCIxPCVXj+KCpQoo+qi1IZjqO6jjkBS
        Ms0IXPh/ymv+x5HaoA/5/eK8C+8RT7xQfRJtGp/NqUdmUjq7AlI89uK8B5jAV1Vy
        lu/OJJExv8tRNRhGuQP9RqF8HcYPfYHgRkH8JVoIXorU4uQ7mrBWKjO1HWVA8BWs
        fSboIuI1vP8fxQ==
        -----END CERTIFICATE-----
        """
    static let shortRSAPKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAMYb3FAhEX6Zm0Ke
        hpbJEjv/zp923hXC0/zrZDlfNJOqvmdpeID5ZVw65hOToIJ2aoC9aFzrLGNwlhD4
        OFCEfPIYpOEl9WI+FAnFY1byC2R73qCzDjycsXepah4wltffI5uM1SvCBMvgmyVj
        V7KRNiEOEUmP0DbpwHtWYr9v/xQhAgMBAAECgYBEEZKTXalbLIAyVbG84X2IbA6c
        sAUCyRx5jI+1Pscb7dDaS10CQ67WD86570F5UiKp9WqEcrGfwTFuxzriP4OGOLPz
        BZRi0SQ2R4F4WGbyuq8YAxsg4j0kLfxGMujrAyaa23yyXcYOuhHP/gdb5aInjbmc
        4uxIWPxY2TxZt9EWAQJBAOWpUZNx3vqv/LNk1XEr2Q0l1o1jdHpLYUGcmxjnB5pQ
        JPiw8j8Frtlvm3nkVK5qJVppaXoM46trO/yMhYyV9BECQQDc1C7OtM2HYvdb/AGn
        FHyz77cXSL0F4sZEJTsR4ESMBWT0x8a0lPg8zSe72MyJkyYnYC1ucrrAlmRTnare
        Tu8RAkEAif7yUGlEtVcXvWdiRS02r4rD35MaAv3WQ4lpPE5dqCBuBqyz8qBkjqxc
        PKKxK1gGd8wNH9Qs3OyDT93TxUS5MQJAaffkMksu6Y4DN3/Z5yx8nvgkeybrlhx5
        mg/npa9iFXMtPA11/AgUi1DDhXAGzunvACw2AO9LUMmagUmCykVEkQJABtxHAQe9
        Asepo/n5DKDXxYRLIKA+1F47O0bM3tOZVs2qeF7BBqDQORw7GzKJwhdeUHNlq7mg
        MTt4vTqC7UBmgA==
        -----END PRIVATE KEY-----
        """
    static let secp256k1 = """
        -----BEGIN CERTIFICATE-----
        MIIBKDCBz6ADAgECAgEFMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHRlc3QwIBcN
        MjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMA8xDTALBgNVBAMMBHRlc3Qw
        VjAQBgcqhkjOPQIBBgUrgQQACgNCAATSOs5tGVaGfpqgULcy8A7oUkRZ8qPDzwKv
        xqyRyQmvAgJQ/H4EpVNzsebe6M/QvKh8FLXL2ygVWqPVWyNqRINKox0wGzAZBgNV
        HREEEjAQgg5rMS5leGFtcGxlLmNvbTAKBggqhkjOPQQDAgNIADBFAiBZN7xc7pOy
        luL1AaPP0P0SQwM4SOTOXqAUQyVH0q0pYwIhAL/mj9TO99wEKdKOhdeliNje61pu
        i7QwqNRc8+I5a4b1
        -----END CERTIFICATE-----
        """
    static let secp256k1PKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgmO6kioM+PIVp4wkJqMmd
        rztjXU22mJGMWYM9FhqzZIehRANCAATSOs5tGVaGfpqgULcy8A7oUkRZ8qPDzwKv
        xqyRyQmvAgJQ/H4EpVNzsebe6M/QvKh8FLXL2ygVWqPVWyNqRINK
        -----END PRIVATE KEY-----
        """
    static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBBrqnjelldxNBY98Dxu
        2V9iAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQltq8pVatZZz7zPPT
        2EH4jASBkDqY8ypHrnnQ5bf5cFjbzgwrAb348eP+HRVBRHFXffbHw2tS3r4f8JSe
        C8Q2RnHmsa5LV2eg3pELaqtD+Cmq1rqId9XfR5t2lO90vlXaU474lPUmNtpRKN2t
        53D7Tf9z40Aq/HcCfCZB+GlKWK38af5KtiRrIR2UKEqRSJObw4z4HZqeY7dmqukl
        srFfPKgL+w==
        -----END ENCRYPTED PRIVATE KEY-----
        """
    static let encryptedOldForm = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,C4F964EB610A913DFB631F1AED25D039

        Kr31kCForclRuuQya7F2vD8Ckw5wCS7VQl8Q9xYYvnGTcG4MqB6k+ANo/mYEG/Lv
        cWd4r01+TBlkz3UbbyHfbLSM525tazOoibWkW5PALXKgDFH9/x5HEVwqFGyOcuN5
        vbcQtNL4/rPccC53nvGlXns/vsxu+dTBCqgYZC1K0Bo=
        -----END EC PRIVATE KEY-----
        """
}
