"""A snapshot is right on another processor than the build machine's, or is not used there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, told
from tests.support import Interpreter, inspect, run

# Processors that are emulated: the commands that do it, and what a start says.
EMULATED = {
    "valgrind": (("valgrind", "--tool=none", "-q"), "restored"),  # x86-64-v3
    "Nehalem": (("qemu-x86_64", "-cpu", "Nehalem"), "the processor"),  # x86-64-v2, without AES
}

_DIGESTS = """
import hashlib, ssl, zlib, json
print(hashlib.sha256(b"text" * 1000).hexdigest(), hashlib.sha512(b"text" * 1000).hexdigest())
print(hashlib.blake2b(b"text").hexdigest(), hashlib.sha3_256(b"text").hexdigest(), zlib.crc32(b"text" * 99))
print(ssl.OPENSSL_VERSION_INFO >= (1, 1), hashlib.pbkdf2_hmac("sha256", b"a", b"b", 100).hex())
"""

_KEEPING = """
#include <Python.h>

static long has;

static PyObject *
get(PyObject *self, PyObject *unused)
{
    __builtin_cpu_init();
    return PyLong_FromLong(has);
}

static PyMethodDef methods[] = {{"get", get, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "keeping", NULL, 0, methods};

PyMODINIT_FUNC
PyInit_keeping(void)
{
    __builtin_cpu_init();
    has = __builtin_cpu_supports(FEATURE) ? 1000 : 2000;
    return PyModule_Create(&definition);
}
"""


@pytest.fixture(scope="module")
def digests(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A program with OpenSSL, which chooses its code by the processor."""
    source = tmp_path_factory.mktemp("digests") / "digests.py"
    source.write_text(_DIGESTS)
    return recorded(source)


@pytest.mark.one_python
def test_constructors_ask_again(digests: Recorded):
    """What constructors ask the processor is asked at each start; which ciphers OpenSSL has depends on AES instructions alone."""
    digests.check_same()
    leaves = [text.partition(":")[0] for text in inspect(digests.binary)["snapshot"]["processor"]]
    assert leaves[0] == "CPUID 0x1.0"
    assert set(leaves) <= {"CPUID 0x1.0", "CPUID 0x7.0", "CPUID 0x80000001.0"}


@pytest.mark.one_python
@pytest.mark.parametrize("name", EMULATED)
def test_another_processor(digests: Recorded, name: str):
    """A start on another processor is restored if that has what is needed, and digests are right in any case."""
    command, expected = EMULATED[name]
    if shutil.which(command[0]) is None:
        pytest.skip(f"`{command[0]}` is not installed")
    environment = digests.environment({"BUNDLE_TRACE": "snapshot"})
    done = run([*command, digests.binary], environment=environment)
    assert told(done) == expected
    assert done.stdout == run(digests.program.original, environment=environment).stdout


# Features, and a leaf that a guard asks for where a module keeps whether there is one: of x86-64-v3, or of the whole processor.
LEAVES = {"avx2": "CPUID 0x7.0", "avx512f": "CPUID 0xd.1"}


@pytest.mark.one_python
@pytest.mark.parametrize("feature", LEAVES)
@pytest.mark.proof
def test_what_keeps_a_feature(
    recorded: Callable[[Path], Recorded],
    interpreter: Interpreter,
    tmp_path_factory: pytest.TempPathFactory,
    feature: str,
):
    """Where a module keeps what the processor has, only one that has the same is good for the snapshot."""
    if feature not in Path("/proc/cpuinfo").read_text().split():
        pytest.skip(f"this processor has no {feature}")
    folder = tmp_path_factory.mktemp("keeping")
    (folder / "keeping.c").write_text(_KEEPING)
    code = "import sysconfig; print(sysconfig.get_path('include'), sysconfig.get_config_var('EXT_SUFFIX'))"
    include, suffix = run([interpreter.python, "-c", code]).stdout.decode().split()
    options = ("-shared", "-fPIC", "-O1", f"-I{include}", f'-DFEATURE="{feature}"')
    subprocess.run(["cc", *options, folder / "keeping.c", "-o", folder / f"keeping{suffix}"], check=True)
    (folder / "main.py").write_text("import keeping\nprint(keeping.get())\n")
    program = recorded(folder / "main.py")
    program.check_same()
    assert any(LEAVES[feature] in text for text in inspect(program.binary)["snapshot"]["processor"])
    if shutil.which("qemu-x86_64"):
        command = (*EMULATED["Nehalem"][0], program.binary)
        done = run(command, environment=program.environment({"BUNDLE_TRACE": "snapshot"}))
        assert told(done) == "the processor"
        assert done.stdout == b"2000\n"
