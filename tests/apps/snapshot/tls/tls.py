"""Shows random bytes of OpenSSL's, whose generators were seeded when a module was imported."""

import ssl

import lists_ciphers

if __name__ == "__main__":
    ciphers = [each["name"] for each in ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).get_ciphers()]
    print(ssl.RAND_bytes(16).hex(), lists_ciphers.CIPHERS == ciphers)
