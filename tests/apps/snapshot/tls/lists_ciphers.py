"""Makes a context, and lets it go: what is left are names, and generators of random numbers that were seeded."""

import ssl

CIPHERS = [each["name"] for each in ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).get_ciphers()]
NUMBER = len(ssl.RAND_bytes(8))
