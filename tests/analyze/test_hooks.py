"""PyInstaller's hooks: where they are found, what they are given, what becomes of what they ask for.

The worker runs under each Python found; starting it costs a tenth of a second.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import cast

import pytest

from bundler.analyze.follow.requested import Requested, hook_config, requested_files, requested_metadata
from bundler.analyze.graph import APP, STDLIB, Binding, Origin, OriginKind
from bundler.analyze.hooks.discover import Hook, HookFolder, HookKind, HookSources, contributed_folders, find_folders
from bundler.analyze.hooks.run import BeforeImport, HookError, Hooks, StandardHook
from bundler.analyze.hooks.worker.schema import HookConfig
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Located, Locator, ModuleKind
from bundler.analyze.nodes import Reached
from bundler.cache import Cache
from bundler.elf import X86_64
from bundler.errors import BundleError
from bundler.settings import AddedData, Settings
from bundler.target import TargetPython
from bundler.target.model import System
from tests.analyze.trees import MARKERS, SUFFIXES, install, reached, walked, walker, write
from tests.support import VERSIONS, Interpreter, find_interpreter

Run = Callable[..., Hooks]

# --- Where hooks are --------------------------------------------------------------------------------------------------


def sources(*folders: tuple[Path, int]) -> HookSources:
    return HookSources(HookFolder(path, priority) for path, priority in folders)


def test_kinds_of_hooks(tmp_path: Path):
    """A hook's folder says when it runs, its name for what; other files are none."""
    write(
        tmp_path,
        {
            "hook-a.b.py": "",
            "pre_safe_import_module/hook-c.py": "",
            "pre_find_module_path/hook-d.py": "",
            "helper.py": "",
            "hook-x.txt": "",
        },
    )
    found = sources((tmp_path, 0))

    assert found.of(HookKind.STANDARD) == {"a.b"}
    assert found.of(HookKind.BEFORE_IMPORT) == {"c"}
    assert found.of(HookKind.BEFORE_SEARCH) == {"d"}
    assert found.find(HookKind.STANDARD, "a") is None


def test_priorities(tmp_path: Path):
    """The folder with the highest priority has the hook, unless a comment in a hook gives it a higher one."""
    write(
        tmp_path,
        {
            "users/hook-a.py": "",
            "users/hook-b.py": "",
            "others/hook-a.py": "",
            "others/hook-b.py": "# a hook\n# $PyInstaller-Hook-Priority: 2000\n",
            "others/hook-c.py": "",
        },
    )
    found = sources((tmp_path / "users", 1000), (tmp_path / "others", -1000))
    chosen = [found.find(HookKind.STANDARD, module) for module in "abc"]

    assert [hook.path.parent.name for hook in chosen if hook] == ["users", "others", "others"]


def test_runtime_hooks(tmp_path: Path):
    """`rthooks.dat` names files by module; one that is no such table names none."""
    write(tmp_path, {"good/rthooks.dat": "{'a': ['pyi_rth_a.py', 'x.py']}", "bad/rthooks.dat": "{'a': open}"})
    found = sources((tmp_path / "good", 0), (tmp_path / "bad", 0))

    assert [hook.path for hook in found.runtime("a")] == [
        tmp_path / "good" / "rthooks" / name for name in ("pyi_rth_a.py", "x.py")
    ]
    assert not found.runtime("b")


def test_hooks_of_packages(tmp_path: Path):
    """Packages that bring hooks list them in their RECORD; only those that do not are asked."""
    entry = "[pyinstaller40]\nhook-dirs = {}:folders\n"
    install(
        tmp_path, "listing", {"listing/hooks/hook-listing.py": "", "listing/other.py": ""},
        entry_points=entry.format("listing.hooks"),
    )  # fmt: skip
    install(tmp_path, "other", {"other/__init__.py": ""}, entry_points=entry.format("other"))
    install(tmp_path, "quiet", {"quiet/hook-quiet.py": ""})
    asked = []

    def ask(entry: str) -> list[str]:
        asked.append(entry)
        return ["/else/where"]

    found = list(find_folders([tmp_path / "mine"], InstalledDistributions((tmp_path,), MARKERS), ask))

    assert found[:3] == [
        HookFolder(tmp_path / "mine", 1000),
        HookFolder(tmp_path / "listing" / "hooks", 0),
        HookFolder(Path("/else/where"), 0),
    ]
    assert [folder.priority for folder in found[3:]] == [-1000, -1000, -3000]
    assert asked == ["other:folders"]


def test_hooks_of_the_environment_replace_ours(tmp_path: Path):
    """A pyinstaller-hooks-contrib in the program's environment is used instead of the one that came with us."""
    install(
        tmp_path,
        "pyinstaller-hooks-contrib",
        {"_pyinstaller_hooks_contrib/stdhooks/hook-a.py": "", "_pyinstaller_hooks_contrib/rthooks.dat": "{}"},
        entry_points="[pyinstaller40]\nhook-dirs = _pyinstaller_hooks_contrib:get_hook_dirs\n",
    )
    theirs = tmp_path / "_pyinstaller_hooks_contrib"

    found = list(find_folders([], InstalledDistributions((tmp_path,), MARKERS), lambda _entry: []))

    assert found[:-1] == [HookFolder(theirs, -1000), HookFolder(theirs / "stdhooks", -1000)]
    assert found[-1].priority == -3000  # those that nobody else has


# --- What hooks get and give ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> Path:
    """Each Python in turn."""
    found = find_interpreter(request.param)
    if found is None:
        pytest.skip(f"there is no Python {request.param} on this machine")
    return found


def hooks_of(  # what surrounds hooks
    python: Path,
    stdlib: Path,
    site: Path,
    cache: Path,
    folders: tuple[Path, ...] = (),
    config: HookConfig | None = None,
    system: System = System(),  # noqa: B008  # a frozen noun
) -> Hooks:
    target = SimpleNamespace(
        executable=python,
        command=(python,),
        system=system,
        prefix=python.parent.parent,
        hexversion=1,
        stdlib_modules=frozenset(),
        machine=X86_64,
    )
    return Hooks(
        cast(TargetPython, target),
        (site, stdlib, stdlib / "lib-dynload"),
        InstalledDistributions((site,), MARKERS),
        Cache(cache),
        folders,
        config,
    )


def our_hooks(site: Path, cache: Path) -> Hooks:
    return hooks_of(Path(sys.executable), Path(os.__file__).parent, site, cache)


@pytest.fixture
def run(python: Path, tmp_path: Path) -> Iterator[Run]:
    """`run(HOOKS)`: the hooks with these texts, by file name, over what lies in `tmp_path / "site"`."""
    made = []

    def run(**texts: str) -> Hooks:
        write(tmp_path / "hooks", {f"{name.replace('__', '/')}.py": text for name, text in texts.items()})
        stdlib = python.parent.parent / "lib" / python.name
        made.append(hooks_of(python, stdlib, tmp_path / "site", tmp_path / "cache", (tmp_path / "hooks",)))
        return made[-1]

    yield run
    for hooks in made:
        hooks.close()


def answer(hooks: Hooks, module: str, located: Located | None = None) -> StandardHook:
    found = hooks.standard(module, located, APP)
    assert found is not None, hooks.findings
    return found


def hook(tmp_path: Path, module: str, text: str) -> None:
    write(tmp_path / "hooks", {f"hook-{module}.py": text})


def test_variables_of_a_standard_hook(run: Run, tmp_path: Path):
    """What a hook assigns is what it asks for; sources are relative to the hook or absolute."""
    write(tmp_path, {"site/p/data.bin": "", "hooks/beside.txt": "", "site/p/lib.so": ""})
    hook(
        tmp_path,
        "p",
        f"""
        hiddenimports = ["p.a", "q"]
        excludedimports = ("tkinter",)
        datas = [("beside.txt", "."), ("{tmp_path}/site/p/*.bin", "p/inner")]
        binaries = [("{tmp_path}/site/p/lib.so", "p")]
        module_collection_mode = "pyz+py"
        warn_on_missing_hiddenimports = False
        """,
    )
    found = answer(run(), "p")

    assert found.hidden_imports == ("p.a", "q")
    assert found.excluded_imports == ("tkinter",)
    assert [(file.source.name, str(file.destination)) for file in found.files] == [
        ("beside.txt", "."),
        ("*.bin", "p/inner"),
        ("lib.so", "p"),
    ]
    assert found.sources == {"p": "pyz+py"}


def test_hidden_imports_that_are_missing(run: Run, tmp_path: Path):
    """A hidden import that is missing is a warning, until the option of its hint leaves it out."""
    hook(tmp_path, "p", "hiddenimports = ['p.a', 'q', 'r.s']")
    hooks = run()
    answer(hooks, "p")

    found = list(hooks.missing_imports({"q"}, ()))

    assert [each.message.partition(",")[0] for each in found] == ["`p.a`", "`r.s`"]
    assert [str(each.hint).rpartition(" ")[2] for each in found] == ["p.a`", "r.s`"]
    assert list(hooks.missing_imports({"q"}, ("p.a", "r"))) == []


def test_the_hook_function(run: Run, tmp_path: Path):
    """`hook(api)` is told about its module, and what it adds and removes counts like variables."""
    write(tmp_path, {"site/p/__init__.py": "", "site/p/data.txt": ""})
    hook(
        tmp_path,
        "p",
        """
        hiddenimports = ["first"]

        def hook(hook_api):
            assert hook_api.__name__ == hook_api.module_name == "p"
            assert hook_api.analysis.hooksconfig == {}
            hook_api.add_imports("second", hook_api.__name__ + ".third")
            hook_api.del_imports("fourth")
            hook_api.add_datas([(hook_api.__path__[0] + "/data.txt", "p")])
            hook_api.add_datas([("p/triple.txt", hook_api.__file__, "DATA")])
            hook_api.set_module_collection_mode(None, "py")
        """,
    )
    package = tmp_path / "site" / "p"

    found = answer(run(), "p", Located(ModuleKind.SOURCE, package / "__init__.py", (package,)))

    assert found.hidden_imports == ("first", "second", "p.third")
    assert found.excluded_imports == ("fourth",)
    assert found.files == (
        AddedData(package / "data.txt", PurePosixPath("p")),
        AddedData(package / "__init__.py", PurePosixPath("p")),
    )
    assert found.sources == {"p": "py"}


HARMFUL = {
    "raise ValueError('no')": "failed: ValueError: no",
    "raise SystemExit('enough')": "failed: SystemExit: enough",
    "def f(:": "failed: SyntaxError",
    "import os; os.abort()": "it ended its process",
    "datas = [('missing.txt', '.')]": "which the hook for `p4` adds, is not there",
    "datas = [('hook-p5.py', '../..')]": "`../..` is not a folder of the binary",
    "datas = 'wrong'": "failed: ValueError",
}


def test_hooks_that_fail(run: Run, tmp_path: Path):
    """A hook that raises, ends or asks for nonsense is a warning that names it, and other hooks run."""
    for number, text in enumerate(HARMFUL):
        hook(tmp_path, f"p{number}", text)
    hook(tmp_path, "q", "hiddenimports = ['r']")
    hooks = run()

    for number, _ in enumerate(HARMFUL):
        hooks.standard(f"p{number}", None, APP)

    assert answer(hooks, "q").hidden_imports == ("r",)
    assert len(hooks.findings) == len(HARMFUL)
    for number, (finding, words) in enumerate(zip(hooks.findings, HARMFUL.values(), strict=True)):
        assert words in finding.message
        assert "Traceback" not in finding.message
        assert (finding.where or "").startswith(str(tmp_path / "hooks" / f"hook-p{number}.py"))


def test_hooks_do_not_see_each_other(run: Run, tmp_path: Path):
    """What a hook changes or prints is gone for the next one."""
    hook(tmp_path, "p", "import os, sys; os.environ['X'] = 'x'; sys.modules['fake'] = os; print('noise', flush=True)")
    hook(tmp_path, "q", "import os, sys; hiddenimports = [os.environ.get('X', 'none'), str('fake' in sys.modules)]")
    hooks = run()
    answer(hooks, "p")

    assert answer(hooks, "q").hidden_imports == ("none", "False")


def test_pre_safe_import_hooks(run: Run):
    """A pre-safe-import hook adds aliases, folders and modules that exist at run time only."""
    hooks = run(
        **{
            "pre_safe_import_module__hook-p": """
            def pre_safe_import_module(api):
                assert (api.module_name, api.module_basename) == ("p", "p")
                api.add_alias_module("real", "p.alias")
                api.append_package_path("/more")
                api.add_runtime_module("p.made")
                api.add_runtime_package(api.module_name + ".package")
            """
        }
    )

    assert hooks.before_import("p") == BeforeImport((("real", "p.alias"),), (Path("/more"),), ("p.made", "p.package"))
    assert hooks.before_import("q") is None


CONFIG_HOOK = """
from PyInstaller.utils.hooks import get_hook_config
def hook(hook_api):
    hook_api.add_imports(get_hook_config(hook_api, "p", "name"), *get_hook_config(hook_api, "p", "more") or ["none"])
"""


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(("p:name=a",), ("a", "none")), (("p:name=a", 'p:more=["b", "c"]', "q:name=d"), ("a", "b", "c"))],
)
def test_configuration_of_hooks(tmp_path: Path, texts: tuple[str, ...], expected: tuple[str, ...]):
    """`--hook-config` is what `get_hook_config` finds: text, or JSON where the value is some; remembered apart."""
    write(tmp_path / "hooks", {"hook-p.py": CONFIG_HOOK})
    config = hook_config(Settings(hook_config=texts))
    stdlib = Path(os.__file__).parent
    hooks = hooks_of(Path(sys.executable), stdlib, tmp_path, tmp_path / "cache", (tmp_path / "hooks",), config)
    answer = hooks.standard("p", None, APP)
    hooks.close()

    assert answer is not None
    assert answer.hidden_imports == expected


@pytest.mark.parametrize("text", ["p", "p:k", "p=v", ":k=v", "p:=v"])
def test_configuration_that_says_nothing(text: str):
    """What is not of the form MODULE:KEY=VALUE is refused."""
    with pytest.raises(BundleError, match="does not say what is configured"):
        hook_config(Settings(hook_config=(text,)))


def test_pre_find_module_path_hooks(run: Run, tmp_path: Path):
    """A pre-find-path hook changes where a module is looked for; with None it is found nowhere."""
    hooks = run(
        **{
            "pre_find_module_path__hook-p": "def pre_find_module_path(api): api.search_dirs = ['/else', *api.search_dirs]",
            "pre_find_module_path__hook-q": "def pre_find_module_path(api): api.search_dirs = None",
        }
    )

    assert list(hooks.search_folders("p", [tmp_path])) == [Path("/else"), tmp_path]
    assert list(hooks.search_folders("q", [tmp_path])) == []
    assert list(hooks.search_folders("r", [tmp_path])) == [tmp_path]


SITE = {
    "p/__init__.py": "x = 1; raise RuntimeError('not to be imported')",
    "p/a.py": "",
    "p/sub/__init__.py": "",
    "p/sub/b.py": "",
    "p/sub/deep/c.py": "",
    "p/data.txt": "",
    "p/sub/more.json": "",
    "p/sub/libthing.so": "",
    "p/include/x.h": "",
    "p/tests/case.txt": "",
    "p/tests/test_p.py": "",
    "p/macros/tests/a.sql": "",
    "good.py": "value = {'a': 1}",
}

CALLS = {
    "collect_submodules('p')":
        ["p", "p.a", "p.sub", "p.sub.b", "p.sub.deep", "p.sub.deep.c", "p.tests", "p.tests.test_p"],
    "collect_submodules('p', filter=lambda name: name not in ('p.sub', 'p.tests'))": ["p", "p.a"],
    "collect_submodules('good')": [],
    "collect_data_files('p')": ["p/data.txt", "p/macros/tests/a.sql", "p/sub/more.json"],
    "collect_data_files('p', subdir='sub')": ["p/sub/more.json"],
    "collect_data_files('p', includes=['**/*.h', 'tests'])": ["p/include/x.h", "p/tests/case.txt"],
    "collect_data_files('p', excludes=['sub'])": ["p/data.txt", "p/macros/tests/a.sql"],
    "collect_data_files('p.sub', include_py_files=True)":
        ["p/sub/__init__.py", "p/sub/b.py", "p/sub/deep/c.py", "p/sub/more.json"],
    "collect_dynamic_libs('p')": ["p/sub/libthing.so"],
    "collect_dynamic_libs('p', destdir='.')": ["libthing.so"],
    "copy_metadata('dist')": ["dist-1.0.dist-info/dist-1.0.dist-info"],
    "copy_metadata('dist', recursive=True)":
        ["dist-1.0.dist-info/dist-1.0.dist-info", "needed-1.0.dist-info/needed-1.0.dist-info"],
    "collect_entry_point('group')[1]": ["p.a"],
    "collect_all('p')[0]": ["p/data.txt", "p/macros/tests/a.sql", "p/sub/deep/c.py", "p/sub/more.json", "dist-1.0.dist-info/dist-1.0.dist-info"],
    "get_installer('p')": "pip",
    "check_requirement('dist >= 1.0')": True,
    "check_requirement('dist > 1.0')": False,
    "check_requirement('absent')": False,
    "is_module_satisfies('PyInstaller >= 6.0')": True,
    "is_module_satisfies('good >= 2', version='3.1')": True,
    "is_package('p')": True,
    "is_package('good')": False,
    "can_import_module('good')": True,
    "can_import_module('p')": False,
    "get_module_attribute('good', 'value')": {"a": 1},
    "get_module_file_attribute('p.sub.b').endswith('p/sub/b.py')": True,
    "get_package_paths('p.sub')[1].endswith('site/p/sub')": True,
    "get_package_paths('p.sub')[0].endswith('site')": True,
    "eval_statement('print([1, 2])')": [1, 2],
    "exec_statement('import good; print(good.value)')": "{'a': 1}",
    "remove_file_extension('a/b.abi3.so')": "a/b",
    "is_module_or_submodule('a.b', 'a')": True,
    "compat.is_linux and not compat.is_win": True,
    "isolated.call(divmod, 7, 2)": [3, 1],
}  # fmt: skip


def test_functions_for_hooks(run: Run, tmp_path: Path):
    """Each function of `PyInstaller.utils.hooks` does what PyInstaller's manual says, and imports nothing of the package.

    Files are compared by the path they would have in the binary.
    """
    install(
        tmp_path / "site",
        "dist",
        {**SITE, "dist-1.0.dist-info/INSTALLER": "pip\n", "dist-1.0.dist-info/top_level.txt": "p\n"},
        requires=["needed", "other; extra == 'x'"],
        entry_points="[group]\nname = p.a:main\n",
    )
    install(tmp_path / "site", "needed", {})
    hook(
        tmp_path,
        "p",
        f"""
        import json
        from PyInstaller import compat, isolated
        from PyInstaller.utils import hooks

        names = {{**vars(hooks), "compat": compat, "isolated": isolated}}
        hiddenimports = [json.dumps(eval(call, dict(names))) for call in {list(CALLS)!r}]
        """,
    )
    values = [json_value(text) for text in answer(run(), "p").hidden_imports]

    assert dict(zip(CALLS, values, strict=True)) == CALLS


@pytest.fixture
def emulator(tmp_path: Path) -> System:
    """A system whose programs are run by another one, which writes down what it runs."""
    program = tmp_path / "emulator"
    program.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path / "emulated"}\nexec "$@"\n')
    program.chmod(0o755)
    return System(emulator=(str(program),))


def test_pythons_that_hooks_start(python: Path, emulator: System, tmp_path: Path):
    """In a build for another processor, the interpreter that a hook starts is run by the emulator as well."""
    (tmp_path / "script.py").write_text("import sys; print(sys.argv[1])")
    hook(
        tmp_path,
        "p",
        f"""
        from PyInstaller import compat
        from PyInstaller.utils.hooks import eval_statement, exec_script

        hiddenimports = [
            eval_statement("print(repr('stated'))"),
            exec_script({str(tmp_path / "script.py")!r}, "scripted"),
            compat.exec_python("-c", "print('started', end='')"),
            f"status{{compat.exec_python_rc('-c', 'raise SystemExit(3)')}}",
        ]
        """,
    )
    stdlib = python.parent.parent / "lib" / python.name
    hooks = hooks_of(python, stdlib, tmp_path / "site", tmp_path / "cache", (tmp_path / "hooks",), system=emulator)

    assert answer(hooks, "p").hidden_imports == ("stated", "scripted", "started", "status3")
    assert (tmp_path / "emulated").read_text().splitlines() == [str(python.resolve())] * 4
    hooks.close()


def test_an_emulated_hook_has_more_time(emulator: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A hook that takes too long is ended; under an emulator all takes longer."""
    monkeypatch.setattr("bundler.analyze.hooks.run._SECONDS_OF_HOOK", 0.3)
    hook(tmp_path, "p", "import time; time.sleep(1); hiddenimports = ['late']")
    write(tmp_path / "site", {"p.py": ""})
    found = []
    for name, system in (("own", System()), ("emulated", emulator)):
        arguments = (Path(sys.executable), Path(os.__file__).parent, tmp_path / "site", tmp_path / name)
        hooks = hooks_of(*arguments, (tmp_path / "hooks",), system=system)
        standard = hooks.standard("p", None, APP)
        found.append(standard.hidden_imports if standard is not None else hooks.findings[0].message)
        hooks.close()

    assert found == [found[0], ("late",)]
    assert "more than 0 seconds" in found[0]


def json_value(text: str) -> object:
    value = json.loads(text)
    if isinstance(value, list) and value and isinstance(value[0], list):
        return [os.path.normpath(f"{destination}/{Path(source).name}") for source, destination in value]
    return value


def test_calls_for_options(run: Run, tmp_path: Path):
    """Options such as `--collect-all` use the same functions; what they raise is an error with a text."""
    nameless = {"nameless-1.dist-info/METADATA": "Version: 1\n", "nameless-1.dist-info/top_level.txt": "p\n"}
    write(tmp_path / "site", {"p/__init__.py": "", "p/data.txt": "", **nameless})
    hooks = run()

    assert list(map(tuple, hooks.collect("p", "data")["files"])) == [(str(tmp_path / "site/p/data.txt"), "p")]
    with pytest.raises(HookError, match="Error: "):
        hooks.collect("p", "all")


def test_answers_are_remembered(tmp_path: Path):
    """A hook of an installed package runs once for what is installed: not again without the worker, but for new files."""
    site = tmp_path / "site"
    entry = "[pyinstaller40]\nhook-dirs = p:folders\n"
    text = f"""
        from PyInstaller.utils.hooks import collect_data_files
        open({str(tmp_path / "runs")!r}, "a").write("x")
        datas = collect_data_files("p")
        """

    installed = Origin(OriginKind.DISTRIBUTION, "p")

    def files(module: Path = site / "p/__init__.py", origin: Origin = installed) -> list[str]:
        hooks = our_hooks(site, tmp_path / "cache")
        try:
            found = hooks.standard("p", Located(ModuleKind.SOURCE, module), origin)
            assert found is not None
            return [file.source.name for file in found.files]
        finally:
            hooks.close()

    install(site, "p", {"p/__init__.py": "", "p/data.txt": "", "p/hook-p.py": text}, entry_points=entry)
    assert [files(), files()] == [["data.txt"], ["data.txt"]]
    assert (tmp_path / "runs").read_text() == "x"

    (site / "p/data.txt").unlink()
    assert files() == []
    install(site, "q", {"q.py": ""})
    files()
    assert (tmp_path / "runs").read_text() == "xxx"

    # Hooks for the standard library depend on what is installed alone; those for the app's own code run each time.
    library, own = Path(os.__file__), tmp_path / "p.py"
    assert [files(library, STDLIB), files(library, STDLIB)] == [[], []]
    assert (tmp_path / "runs").read_text() == "xxxx"
    assert [files(own, APP), files(own, APP)] == [[], []]
    assert (tmp_path / "runs").read_text() == "xxxxxx"


# --- What becomes of it -----------------------------------------------------------------------------------------------


def standard(**values: object) -> StandardHook:
    empty = {"hidden_imports": (), "excluded_imports": (), "files": (), "sources": {}, "warns_of_missing": True}
    hook = Hook(HookKind.STANDARD, "p", Path("hook-p.py"), 0)
    return StandardHook(**{"hook": hook, **empty, **values})  # type: ignore[arg-type]  # fields by name


def test_hidden_imports_extend_the_graph(tmp_path: Path):
    """Hidden imports are reached, and hooks of what they reach run; one that is missing is not reported as an import."""
    write(tmp_path, {"p.py": "", "q.py": "", "r.py": "", "s.py": ""})
    hooks = {"p": standard(hidden_imports=("q", "absent")), "q": standard(hidden_imports=("r",))}

    made = walked(walker(tmp_path, hooks=hooks), "import p")

    assert reached(made) == {"p", "q", "r"}
    assert [(edge.importer, edge.imported) for edge in made.finished().edges if edge.binding is Binding.HOOK] == [
        ("p", "q"), ("p", "absent"), ("q", "r"),
    ]  # fmt: skip


def test_excluded_imports(tmp_path: Path):
    """Imports that a hook excludes are not followed in its module and below; others' imports of the same are."""
    write(
        tmp_path,
        {
            "p/__init__.py": "import big, p.inner",
            "p/inner.py": "from big import sub\nfrom p import gui, core\nimport bigger",
            "p/gui.py": "",
            "p/core.py": "",
            "big/__init__.py": "",
            "big/sub.py": "",
            "bigger.py": "",
            "other.py": "import big.sub",
        },
    )
    hooks = {"p": standard(excluded_imports=("big", "p.gui"))}

    made = walked(walker(tmp_path, hooks=hooks), "import p")
    assert reached(made) == {"p", "p.inner", "p.core", "bigger"}
    made = walked(walker(tmp_path, hooks=hooks), "import p, other")
    assert reached(made) == {"p", "p.inner", "p.core", "bigger", "other", "big", "big.sub"}


def test_aliases_folders_and_made_modules(tmp_path: Path):
    """Other names lead to the real module, extra folders hold submodules, and modules made at run time are not missing."""
    write(tmp_path, {"p/__init__.py": "", "elsewhere/s.py": "", "real.py": "import deep", "deep.py": ""})
    before = {"p": BeforeImport((("real", "p.alias"),), (tmp_path / "elsewhere",), ("p.made",))}

    made = walked(walker(tmp_path, before=before), "import p.s\nimport p.alias\nimport p.made")

    assert reached(made) >= {"p", "p.s", "real", "deep"}
    assert made.finished().made_at_run_time == {"p.made"}


def test_files_that_hooks_add(tmp_path: Path):
    """Files go where a hook says; metadata is left to the default rule, which takes what programs read of it."""
    install(tmp_path, "p", {"p/__init__.py": "", "p/x/data.txt": ""})
    hooks = cast(Hooks, SimpleNamespace(ran=[standard(files=(
        AddedData(tmp_path / "p" / "x", PurePosixPath("moved")),
        AddedData(tmp_path / "p-1.0.dist-info", PurePosixPath("p-1.0.dist-info")),
    ))]))  # fmt: skip
    distributions = InstalledDistributions((tmp_path,), MARKERS)

    assert [str(file.destination) for file in requested_files(Requested((), ()), hooks, distributions, {})] == [
        "moved/data.txt"
    ]
    assert [owner.name for owner in requested_metadata(Requested((), ()), hooks, distributions, {})] == ["p"]


def test_sources_as_files(tmp_path: Path):
    """A package whose hook asks for sources has them as files too, where its modules appear to lie; others do not."""
    modules = {
        "p": Reached(
            "p",
            Located(ModuleKind.SOURCE, tmp_path / "p/__init__.py", (tmp_path / "p",)),
            None,
            APP,
            PurePosixPath("p"),
        ),
        "p.a": Reached("p.a", Located(ModuleKind.SOURCE, tmp_path / "p/a.py"), None, APP, PurePosixPath("p/a")),
        "p.not": Reached("p.not", Located(ModuleKind.SOURCE, tmp_path / "p/not.py"), None, APP, PurePosixPath("p/not")),
        "q": Reached("q", Located(ModuleKind.SOURCE, tmp_path / "q.py"), None, APP, PurePosixPath("q")),
    }
    hooks = cast(Hooks, SimpleNamespace(ran=[standard(sources={"p": "pyz+py", "p.not": "pyz"})]))

    found = list(requested_files(Requested((), ()), hooks, InstalledDistributions((tmp_path,), MARKERS), modules))

    assert [str(file.destination) for file in found] == ["p/__init__.py", "p/a.py"]


# --- The collection ---------------------------------------------------------------------------------------------------

# What hooks may miss in packages that are empty: their contents, and distributions of other names.
_OF_THE_PACKAGE = ("PackageNotFoundError", "is not there", "has no attribute", "No module named", "no module `",
                   "cannot import name", "KeyError: 'PROCESSOR_ARCHITECTURE'")  # fmt: skip


@pytest.mark.proof
def test_every_contributed_hook(tmp_path: Path):
    """At least 95 % of pyinstaller-hooks-contrib's hooks run to their end over empty packages; none misses our API."""
    found = HookSources(HookFolder(folder, 0) for folder in contributed_folders())
    modules = sorted(found.of(HookKind.STANDARD))
    for module in modules:
        folder = tmp_path
        for part in module.split("."):
            folder /= part
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
        top = module.partition(".")[0]
        write(tmp_path, {f"{top}-99.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {top}\nVersion: 99.0\n"})
    locator = Locator(SUFFIXES)
    hooks = our_hooks(tmp_path, tmp_path / "cache")
    answers = [hooks.standard(name, locator.find_dotted(name, [tmp_path]), APP) for name in modules]
    hooks.close()

    assert len(modules) > 500
    assert [finding.message for finding in hooks.findings if "PyInstaller" in finding.message] == []
    odd = [f.message for f in hooks.findings if not any(words in f.message for words in _OF_THE_PACKAGE)]
    assert odd == []
    assert sum(each is not None for each in answers) >= 0.95 * len(modules)


def test_hooks_of_what_is_installed(one_interpreter: Interpreter, tmp_path: Path):
    """Every contributed hook for a package of the tests' environment runs over the package itself, without a warning."""
    found = HookSources(HookFolder(folder, 0) for folder in contributed_folders())
    locator = Locator(SUFFIXES)
    hooks = hooks_of(one_interpreter.python, one_interpreter.stdlib, one_interpreter.packages, tmp_path / "cache")
    installed = [
        name for name in sorted(found.of(HookKind.STANDARD)) if locator.is_module(name, [one_interpreter.packages])
    ]
    answers = [hooks.standard(name, locator.find_dotted(name, [one_interpreter.packages]), APP) for name in installed]
    hooks.close()

    assert {"certifi", "charset_normalizer"} & set(installed)
    assert None not in answers
    assert hooks.findings == []
