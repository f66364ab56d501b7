"""Opens certifi's file in all the ways that programs do."""

import os
import pathlib
import ssl

import certifi

path = certifi.where()
with open(path) as file:
    text = file.read()
print(len(text), certifi.contents() == text, pathlib.Path(path).stat().st_size == os.path.getsize(path))
print(ssl.create_default_context(cafile=path).cert_store_stats())
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(path)
print(len(context.get_ca_certs()))
