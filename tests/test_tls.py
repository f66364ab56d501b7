"""TLS on another distribution than the one the binary was built on.

Costs one binary.
"""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import trustme

from bundler.target import TargetPython
from tests.link.conftest import newest_target  # noqa: F401  # a fixture
from tests.support import Outcome, bundle, run
from tests.tls import serving

_CLIENT = """
import socket
import ssl
import sys

try:
    context = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
        with context.wrap_socket(connection, server_hostname="127.0.0.1") as wrapped:
            print(wrapped.recv(5).decode())
except ssl.SSLError as error:
    print(error.reason or error)
"""


@pytest.fixture(scope="module")
def client(newest_target: TargetPython, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """A program that trusts whom the system trusts."""
    folder = tmp_path_factory.mktemp("tls")
    (folder / "client.py").write_text(_CLIENT)
    done = bundle(folder / "client.py", "--python", newest_target.executable, "-o", folder / "client")
    assert done.status == 0, done.stderr
    return folder / "client"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def port(authority: trustme.CA) -> Iterator[int]:
    """A server with a certificate of that authority."""
    with serving(authority) as found:
        yield found


@pytest.fixture
def elsewhere(client: Path, empty_root: Path) -> Path:
    """Another system's root, where nothing of OpenSSL is, with the client."""
    shutil.copy(client, empty_root / "client")
    return empty_root


def connect(root: Path, port: int, **variables: str) -> Outcome:
    """Run the client under another root."""
    return run(
        ["chroot", root, "/client", str(port)], environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **variables}
    )


@pytest.mark.parametrize(
    "place",
    [
        "etc/ssl/certs/ca-certificates.crt",
        "etc/pki/tls/certs/ca-bundle.crt",
        "etc/ssl/ca-bundle.pem",
        "etc/ssl/cert.pem",
    ],
)
def test_well_known_places(elsewhere: Path, port: int, authority: trustme.CA, place: str):
    """Certificates are found where other distributions have them."""
    (elsewhere / place).parent.mkdir(parents=True)
    authority.cert_pem.write_to_path(elsewhere / place)

    assert connect(elsewhere, port) == Outcome(0, b"hello\n", b"")


def test_nowhere(elsewhere: Path, port: int):
    """A system without certificates trusts nobody."""
    assert connect(elsewhere, port) == Outcome(0, b"CERTIFICATE_VERIFY_FAILED\n", b"")


def test_variables_win(elsewhere: Path, port: int, authority: trustme.CA):
    """SSL_CERT_FILE is asked first, whatever else is there."""
    (elsewhere / "etc/ssl/certs").mkdir(parents=True)
    trustme.CA().cert_pem.write_to_path(elsewhere / "etc/ssl/certs/ca-certificates.crt")
    authority.cert_pem.write_to_path(elsewhere / "mine.pem")

    assert connect(elsewhere, port).stdout == b"CERTIFICATE_VERIFY_FAILED\n"
    assert connect(elsewhere, port, SSL_CERT_FILE="/mine.pem") == Outcome(0, b"hello\n", b"")


def _configured(root: Path) -> Mapping[str, str]:
    """A configuration that allows only protocols which Python refuses, in every place where OpenSSL may look."""
    text = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMaxProtocol = TLSv1.1\n"
    area = Path(ssl.get_default_verify_paths().openssl_capath).parent
    for folder in (area, Path("/usr/lib/ssl"), Path("/etc/ssl"), Path("/etc/pki/tls")):
        place = root / folder.relative_to("/")
        place.mkdir(parents=True, exist_ok=True)
        (place / "openssl.cnf").write_text(text)
    return {"OPENSSL_CONF": f"{area}/openssl.cnf"}


def test_configuration_of_the_system(elsewhere: Path, port: int, authority: trustme.CA):
    """The system's openssl.cnf is read only if OPENSSL_CONF names it."""
    (elsewhere / "etc/ssl").mkdir(parents=True)
    authority.cert_pem.write_to_path(elsewhere / "etc/ssl/cert.pem")
    variables = _configured(elsewhere)

    assert connect(elsewhere, port) == Outcome(0, b"hello\n", b"")
    assert connect(elsewhere, port, **variables).stdout != b"hello\n"
