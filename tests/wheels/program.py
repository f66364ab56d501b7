"""Uses what its arguments name: a real use, an error that is raised in compiled code, and threads. Prints results."""

import os
import sys
import threading
from pathlib import Path


def in_threads(function):
    """What the function returns in each of four threads at once."""
    results = [None] * 4

    def run(index):
        results[index] = function(index)

    threads = [threading.Thread(target=run, args=[index]) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def error_of(function, *arguments, **options):
    """The error that a call raises, as text."""
    try:
        function(*arguments, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def use_numpy():
    import numpy as np

    left = np.arange(250_000, dtype=float).reshape(500, 500)
    product = left @ left.T
    print(product[3, 4], product.sum(), np.linalg.norm(product))
    print(error_of(np.linalg.inv, np.zeros((2, 2))))
    print(error_of(np.matmul, np.zeros((2, 3)), np.zeros((2, 3))))
    print(np.linalg.solve(np.array([[3.0, 1], [1, 2]]), np.array([9.0, 8])), np.linalg.eigvals(np.eye(3) * 2))
    print(np.random.default_rng(7).normal(size=3), np.random.default_rng(7).integers(0, 100, 5))
    print(np.fft.fft(np.ones(4)), np.sort(np.array([3, 1, 2])), np.array(["b", "a"]).tolist())
    print(in_threads(lambda index: float((np.full((200, 200), index) @ np.eye(200)).sum())))
    before = threading.stack_size(max(65536, os.sysconf("SC_THREAD_STACK_MIN")))
    print(in_threads(lambda index: float(np.arange(index * 10.0).sum())))
    threading.stack_size(before)


def use_pandas():
    import io

    import pandas as pd

    table = pd.read_csv(io.StringIO("city,day,rain\nOslo,2024-01-01,3\nRome,2024-01-01,1\nOslo,2024-01-02,5\n"))
    print(table.groupby("city")["rain"].agg(["sum", "mean"]))
    print(table.assign(day=pd.to_datetime(table["day"])).set_index("day").resample("D")["rain"].sum())
    print(table.merge(table, on="city").shape, table.pivot_table(index="city", values="rain").to_dict())
    print(error_of(table.__getitem__, "no such column"))
    print(error_of(pd.read_csv, io.StringIO('a,b\n"1,2\n3,4')))
    print(in_threads(lambda index: int(table["rain"].rolling(2).sum().sum()) + index))


def use_pydantic():
    from pydantic import BaseModel, Field, ValidationError

    class Point(BaseModel):
        x: int = Field(gt=0)
        tags: list[str] = []

    print(Point(x="3", tags=["a"]).model_dump_json(), Point.model_json_schema()["required"])
    try:
        Point(x="three", tags=[1])
    except ValidationError as error:
        print(error.error_count(), [each["type"] for each in error.errors()])
    print(in_threads(lambda index: Point(x=index + 1).x))


def use_cryptography():
    import datetime

    from cryptography import x509
    from cryptography.fernet import Fernet, InvalidToken
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.x509.oid import NameOID

    box = Fernet(Fernet.generate_key())
    print(box.decrypt(box.encrypt(b"secret")))
    print(error_of(box.decrypt, b"not a token").partition(":")[0], InvalidToken.__module__)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example.org")])
    start = datetime.datetime(2024, 1, 1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(17)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    again = x509.load_pem_x509_certificate(certificate.public_bytes(serialization.Encoding.PEM))
    print(again.subject.rfc4514_string(), again.serial_number, again.signature_hash_algorithm.name)
    print(error_of(x509.load_pem_x509_certificate, b"nothing").partition(":")[0])
    print(in_threads(lambda index: rsa.generate_private_key(65537, 1024 + 256 * index).key_size))


def use_lxml():
    from lxml import etree, html

    tree = etree.fromstring("<a><b n='1'>x</b><b n='2'/></a>")
    print(tree.xpath("//b/@n"), etree.tostring(tree, pretty_print=True).decode())
    print(error_of(etree.fromstring, "<a>"))
    # libxml2 opens a file of the package by its path.
    path = Path(etree.__file__).parent / "isoschematron" / "resources" / "rng" / "iso-schematron.rng"
    print(etree.RelaxNG(etree.parse(str(path))).validate(tree), etree.parse(str(path)).docinfo.root_name)
    style = etree.XSLT(
        etree.XML(
            '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
            '<xsl:template match="/"><c><xsl:value-of select="count(//b)"/></c></xsl:template></xsl:stylesheet>'
        )
    )
    print(str(style(tree)).splitlines()[-1], html.fromstring("<p>one<br>two").text_content())
    print(in_threads(lambda index: len(etree.fromstring("<a>" + "<b/>" * index + "</a>"))))


def use_PIL():  # noqa: N802
    import io

    from PIL import Image, ImageDraw, ImageFilter, UnidentifiedImageError

    picture = Image.new("RGB", (64, 48), "navy")
    ImageDraw.Draw(picture).ellipse((8, 8, 40, 40), fill="gold")
    png = io.BytesIO()
    picture.save(png, "PNG")
    read = Image.open(io.BytesIO(png.getvalue()))
    jpeg = io.BytesIO()
    read.resize((32, 24)).filter(ImageFilter.BLUR).save(jpeg, "JPEG", quality=90)
    back = Image.open(io.BytesIO(jpeg.getvalue()))
    print(read.format, read.getpixel((20, 20)), back.format, back.size)
    for kind in ("WEBP", "TIFF", "GIF", "AVIF"):
        out = io.BytesIO()
        picture.save(out, kind)
        print(kind, Image.open(io.BytesIO(out.getvalue())).size)
    print(error_of(Image.open, io.BytesIO(b"no picture")).partition(" <")[0], UnidentifiedImageError.__name__)
    print(in_threads(lambda index: picture.rotate(index * 90).size))


def use_orjson():
    import datetime

    import orjson

    print(
        orjson.dumps(
            {"a": [1, 2.5, None, True], "when": datetime.datetime(2024, 1, 2)}, option=orjson.OPT_INDENT_2
        ).decode()
    )
    print(orjson.loads('{"x": "\\u00e4"}'), error_of(orjson.loads, "{"), error_of(orjson.dumps, object))
    print(in_threads(lambda index: orjson.dumps(list(range(index)))))


def use_psutil():
    import psutil

    own = psutil.Process()
    print(own.pid == os.getpid(), own.memory_info().rss > 0, psutil.cpu_count() == os.cpu_count())
    print(error_of(psutil.Process, 2**22 + 1), psutil.virtual_memory().total > 0, bool(psutil.disk_usage("/").total))
    print(in_threads(lambda index: own.is_running()))


def use_yaml():
    import yaml

    print(yaml.load("a: [1, 2.5, yes]\nb: {c: 2024-01-01}", Loader=yaml.CSafeLoader))
    print(yaml.dump({"x": ["ä", None]}, Dumper=yaml.CSafeDumper, allow_unicode=True))
    print(error_of(yaml.load, "a: [", Loader=yaml.CSafeLoader), yaml.__with_libyaml__)
    print(in_threads(lambda index: yaml.load(f"[{index}]", Loader=yaml.CSafeLoader)))


def use_msgpack():
    import msgpack
    from msgpack import _cmsgpack

    packed = msgpack.packb({"a": [1, b"x", "y", 2.5]})
    print(packed, msgpack.unpackb(packed), msgpack.Packer is _cmsgpack.Packer)
    print(error_of(msgpack.unpackb, b"\x81"), error_of(msgpack.packb, object()).partition("<")[0])
    print(in_threads(lambda index: msgpack.unpackb(msgpack.packb([index] * index))))


def use_uvloop():
    import asyncio

    import uvloop

    async def echo():
        async def serve(reader, writer):
            writer.write((await reader.readline()).upper())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        print(await reader.readline(), type(asyncio.get_running_loop()).__module__)
        process = await asyncio.create_subprocess_exec("/bin/echo", "child", stdout=asyncio.subprocess.PIPE)
        print((await process.communicate())[0], await asyncio.to_thread(lambda: 7))
        server.close()

    uvloop.run(echo())


def use_zstandard():
    import zstandard

    data = b"abc" * 10_000
    packed = zstandard.ZstdCompressor(level=5, threads=2).compress(data)
    print(len(packed) < 100, zstandard.ZstdDecompressor().decompress(packed) == data, zstandard.backend)
    print(error_of(zstandard.ZstdDecompressor().decompress, b"nothing"))
    print(in_threads(lambda index: len(zstandard.ZstdCompressor().compress(data[:index]))))


def use_cffi():
    import cffi

    ffi = cffi.FFI()
    ffi.cdef(
        "int abs(int); typedef int (*callback)(int); void qsort(void *, size_t, size_t, int (*)(const void *, const void *));"
    )
    library = ffi.dlopen(None)
    numbers = ffi.new("int[]", [3, 1, 2])

    @ffi.callback("int(const void *, const void *)")
    def compare(left, right):
        return ffi.cast("int *", left)[0] - ffi.cast("int *", right)[0]

    library.qsort(numbers, 3, 4, compare)
    print(library.abs(-3), list(numbers), error_of(lambda: library.no_such_function).partition(":")[0])


def use_ssl():
    import ssl

    context = ssl.create_default_context()
    print(ssl.OPENSSL_VERSION, context.verify_mode, len(context.get_ciphers()) > 5)
    print(error_of(context.load_verify_locations, cadata="nothing"))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    print(
        error_of(context.wrap_bio(incoming, outgoing, server_hostname="example.org").do_handshake),
        outgoing.pending > 100,
    )
    print(in_threads(lambda index: len(ssl.RAND_bytes(index))))


def use_sqlite3():
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (a integer, b text)")
    connection.executemany("insert into t values (?, ?)", [(1, "x"), (2, "y")])
    connection.create_function("twice", 1, lambda value: value * 2)
    print(connection.execute("select twice(a), b from t order by a desc").fetchall(), sqlite3.sqlite_version)
    print(error_of(connection.execute, "select nothing from nowhere"))
    print(in_threads(lambda index: sqlite3.connect(":memory:").execute("select ?", [index]).fetchone()))


def use_ctypes():
    import ctypes

    libc = ctypes.CDLL(None)
    numbers = (ctypes.c_int * 3)(3, 1, 2)
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    libc.qsort(numbers, 3, 4, kind(lambda left, right: left[0] - right[0]))
    print(list(numbers), ctypes.pythonapi.Py_IsInitialized(), error_of(ctypes.CDLL, "libnowhere.so"))
    print(in_threads(lambda index: libc.abs(-index)))


def use_decimal():
    import decimal

    print(decimal.Decimal(2).sqrt(), decimal.Decimal("1.10") + 1, decimal.__name__, decimal.HAVE_THREADS)
    print(error_of(lambda: decimal.Decimal(1) / 0), error_of(decimal.Decimal, "x"))
    print(in_threads(lambda index: decimal.getcontext().prec + index))


def use_lzma():
    import lzma

    packed = lzma.compress(b"abc" * 1000)
    print(len(packed), lzma.decompress(packed) == b"abc" * 1000, error_of(lzma.decompress, b"nothing"))
    print(in_threads(lambda index: len(lzma.compress(bytes(index)))))


def use_zoneinfo():
    import datetime
    import zoneinfo

    zone = zoneinfo.ZoneInfo("Europe/Oslo")
    print(datetime.datetime(2024, 7, 1, 12, tzinfo=zone).astimezone(zoneinfo.ZoneInfo("Asia/Tokyo")), zone)
    print(error_of(zoneinfo.ZoneInfo, "No/Where"))
    print(in_threads(lambda index: zoneinfo.ZoneInfo("UTC").key))


def use_coverage():
    import pathlib

    import coverage

    def measured(items):
        found = []
        for item in items:
            if item % 2:
                found.append(item)
            else:
                found += [each + 1 for each in range(item)]
        return found

    for core in ("ctrace", "pytrace", "sysmon") if sys.version_info >= (3, 12) else ("ctrace", "pytrace"):
        os.environ["COVERAGE_CORE"] = core
        cover = coverage.Coverage(data_file=None, branch=core != "sysmon", include=[__file__], config_file=False)
        with cover.collect():
            print(measured([1, 2, 3]))
        data = cover.get_data()
        for name in sorted(data.measured_files()):
            print(core, pathlib.Path(name).name, sorted(data.lines(name)), sorted(data.arcs(name) or ()))


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        globals()[f"use_{argument}"]()
