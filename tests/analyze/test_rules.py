"""Package rules: each has a reason, and what it speaks of exists."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from bundler.analyze import analyze
from bundler.analyze.follow import rules
from bundler.analyze.follow.conventions import add_conventional
from bundler.analyze.follow.rules import Rule, load_rules, read_rules
from bundler.analyze.installed.locate import Locator
from bundler.settings import Settings
from bundler.target import TargetPython
from tests.analyze.trees import reached, walked, walker, write
from tests.support import VERSIONS
from tests.target.pythons import newest_target, probed, quiet_context

__all__ = ["newest_target"]

_FOLDER = Path(rules.__file__).parent
LIBRARY_RULES = load_rules().stdlib
RULES = {**load_rules().packages, **LIBRARY_RULES}
# A rule of the library's about packages that somebody else brings.
_ABOUT_PACKAGES = "zoneinfo._common"
PACKAGE_RULES = {
    **read_rules(_FOLDER / "packages.toml"),
    _ABOUT_PACKAGES: LIBRARY_RULES[_ABOUT_PACKAGES],
}


@pytest.fixture(scope="session")
def pythons() -> list[TargetPython]:
    """Every Python there is."""
    found = [target for version in VERSIONS if (target := probed(version)) is not None]
    if len(found) < len(VERSIONS):
        pytest.skip("a rule may be for a Python that is not on this machine")
    return found


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.module)
def test_rule_says_why_and_does_something(rule: Rule):
    """A rule has a reason in words, and an effect."""
    assert len(rule.reason.split()) >= 3
    effects = (
        rule.implies,
        rule.ignores,
        rule.uses,
        rule.search_folders,
        rule.reads_every_source,
        rule.reads_own_sources,
        rule.starts_python,
        rule.names,
        rule.conventional,
        rule.program_implies,
    )
    assert any(effects) or rule.whole_library or rule.whole_library_as_program
    assert rule.module not in (*rule.implies, *rule.ignores)


def test_rules_are_in_the_file_for_their_modules(pythons: list[TargetPython]):
    """cpython.toml is about the standard library, and the other files are not: a rule elsewhere would have no effect."""
    library = frozenset().union(*(python.stdlib_modules for python in pythons))

    assert {name for name in LIBRARY_RULES if name.partition(".")[0] not in library} == set()
    assert {name for name in load_rules().packages if name.partition(".")[0] in library} == set()


# Modules that only Pythons have that need not be on the machine (ctypes._layout: 3.14).
_LATER = frozenset({"ctypes._layout"})


@pytest.mark.parametrize("rule", LIBRARY_RULES.values(), ids=lambda rule: rule.module)
def test_modules_of_rules_exist(pythons: list[TargetPython], rule: Rule):
    """Every module that a rule for the standard library names is in that of some Python: names are not misspelt."""
    assert any(_exists(python, rule.module) for python in pythons)
    if rule.module == _ABOUT_PACKAGES:
        return
    for name in set(rule.implies) - (_LATER if VERSIONS[-1] < "3.14" else frozenset()):
        assert any(_exists(python, name) for python in pythons), name
    for name in rule.ignores:
        assert name == "*" or any(_exists(python, name) for python in pythons), name


def _exists(python: TargetPython, name: str) -> bool:
    locator = Locator(python.extension_suffixes)
    parent, _, last = name.rpartition(".")
    if "*" not in last:
        return name in python.builtin_modules or locator.is_module(name, python.search_path)
    located = locator.find_dotted(parent, python.search_path) if parent else None
    folders = located.folders if located else python.search_path
    return any(fnmatchcase(each, last) for each in locator.submodules(folders))


def test_ignored_imports_are_in_the_source(pythons: list[TargetPython]):
    """A rule that ignores an import of a module is about an import that is there."""
    for rule in RULES.values():
        for name in set(rule.ignores) - {"*"}:
            sources = [python.stdlib / (rule.module.replace(".", "/") + ".py") for python in pythons]
            pattern = rf"^\s*(import|from) {re.escape(name)}\b"
            assert any(path.is_file() and re.search(pattern, path.read_text(), re.MULTILINE) for path in sources)


def test_files_are_read(tmp_path: Path):
    """A file may hold several rules, and a rule may be for several modules."""
    (tmp_path / "x.toml").write_text(
        '[[rule]]\nmodule = ["a", "b"]\nreason = "they need it"\nimplies = ["c"]\n'
        '[[rule]]\nmodule = "d"\nreason = "only its own tests"\nignores = ["e"]\n'
        '[[rule]]\nmodule = "f"\nreason = "runs plugins"\nstdlib = "full"\n'
        '[[rule]]\nmodule = "g"\nreason = "runs apps"\nprogram-stdlib = "full"\n'
    )

    assert read_rules(tmp_path / "x.toml") == {
        "a": Rule("a", "they need it", implies=("c",)),
        "b": Rule("b", "they need it", implies=("c",)),
        "d": Rule("d", "only its own tests", ignores=("e",)),
        "f": Rule("f", "runs plugins", whole_library=True),
        "g": Rule("g", "runs apps", whole_library_as_program=True),
    }


def test_rule_without_a_reason_is_refused(tmp_path: Path):
    """A rule without a reason is refused."""
    (tmp_path / "x.toml").write_text('[[rule]]\nmodule = "a"\nimplies = ["c"]\n')

    with pytest.raises(KeyError, match="reason"):
        load_rules(tmp_path)


def test_two_rules_for_a_module_are_refused(tmp_path: Path):
    """Everything about a module stands in one place."""
    (tmp_path / "x.toml").write_text('[[rule]]\nmodule = ["a", "a"]\nreason = "x"\n')

    with pytest.raises(AssertionError, match="two rules for a"):
        load_rules(tmp_path)


def test_rules_travel_with_the_package():
    """The folder of rules is that of the package itself."""
    found = {path.name for path in Path(rules.__file__).parent.glob("*.toml")}

    assert found >= {"cpython.toml", "hosts.toml"}


# What packages look like where their rules take hold: by the rule's module, files, the program, what it must reach.
LAYOUTS: dict[str, tuple[list[str], str, set[str]]] = {
    "PIL.Image": (
        ["PIL/__init__.py", "PIL/Image.py", "PIL/XVThumbImagePlugin.py", "PIL/ImageQt.py"],
        "import PIL.Image",
        {"PIL.XVThumbImagePlugin"},
    ),
    "setuptools": (
        ["setuptools/__init__.py", "setuptools/_vendor/jaraco/text.py", "setuptools/_distutils/__init__.py",
         "setuptools/_distutils/core.py", "setuptools/_vendor/unused.py"],
        "import setuptools, jaraco.text, distutils.core",
        {"jaraco", "jaraco.text", "setuptools._distutils.core", "setuptools._distutils"},
    ),
    "pkg_resources": (
        ["pkg_resources/__init__.py", "setuptools/__init__.py", "setuptools/_vendor/platformdirs/__init__.py"],
        "import pkg_resources\nfrom platformdirs import x",
        {"platformdirs"},
    ),
    "setuptools._distutils.cmd": (
        ["setuptools/_distutils/cmd.py", "setuptools/_distutils/command/sdist.py", "setuptools/command/egg_info.py"],
        "import setuptools._distutils.cmd",
        {"setuptools._distutils.command.sdist", "setuptools.command.egg_info"},
    ),
    "setuptools._distutils.ccompiler": (
        ["setuptools/_distutils/ccompiler.py", "setuptools/_distutils/unixccompiler.py"],
        "import setuptools._distutils.ccompiler",
        {"setuptools._distutils.unixccompiler"},
    ),
    "django.apps.registry": (
        ["django/apps/registry.py", "shop/__init__.py", "shop/apps.py", "shop/admin.py", "shop/other.py",
         "shop/migrations/0001_initial.py", "shop/templatetags/money.py", "shop/management/commands/sell.py",
         "plain/__init__.py", "plain/admin.py"],
        "import django.apps.registry, shop, plain",
        {"shop.apps", "shop.admin", "shop.migrations.0001_initial", "shop.templatetags.money",
         "shop.management.commands.sell"},
    ),
    "django.core.management": (
        ["django/core/management/__init__.py", "django/core/management/commands/migrate.py"],
        "import django.core.management",
        {"django.core.management.commands.migrate"},
    ),
    **{
        f"django.db.backends.{name}": (
            [f"django/db/backends/{name}/{each}.py" for each in ("__init__", "base")],
            f"import django.db.backends.{name}",
            {f"django.db.backends.{name}.base"},
        )
        for name in ("sqlite3", "postgresql", "mysql", "oracle")
    },
    "django.utils.formats": (
        ["django/utils/formats.py", "django/conf/locale/de/formats.py", "django/conf/locale/xx/__init__.py"],
        "import django.utils.formats",
        {"django.conf.locale.de.formats"},
    ),
    "django.utils.translation.trans_real": (
        ["django/utils/translation/trans_real.py", "django/conf/locale/__init__.py", "django/conf/locale/de/__init__.py"],
        "import django.utils.translation.trans_real",
        {"django.conf.locale.de"},
    ),
    "django.template.engine": (
        ["django/template/engine.py", "django/template/defaulttags.py", "django/template/loaders/cached.py"],
        "import django.template.engine",
        {"django.template.defaulttags", "django.template.loaders.cached"},
    ),
    "awscli": (
        ["awscli/__init__.py", "awscli/botocore/__init__.py", "awscli/botocore/session.py"],
        "import awscli, botocore.session",
        {"botocore", "botocore.session"},
    ),
    "zoneinfo._common": (
        ["zoneinfo/_common.py", "tzdata/zoneinfo/Europe/__init__.py", "tzdata/zoneinfo/America/Argentina/__init__.py"],
        "import zoneinfo._common",
        {"tzdata", "tzdata.zoneinfo.Europe", "tzdata.zoneinfo.America.Argentina"},
    ),
    "babel.localedata": (
        ["babel/localedata.py", "babel/dates.py", "babel/numbers.py", "babel/plural.py", "babel/lists.py"],
        "import babel.localedata",
        {"babel.dates", "babel.numbers", "babel.plural"},
    ),
    "glances.stats": (
        ["glances/stats.py", "glances/exports/__init__.py", "glances/exports/glances_csv/__init__.py",
         "glances/plugins/__init__.py", "glances/plugins/cpu/__init__.py", "glances/plugins/cpu/model.py"],
        "import glances.stats",
        {"glances.exports.glances_csv", "glances.plugins.cpu.model"},
    ),
    "pip_api": (
        ["pip_api/__init__.py", "pip/__init__.py", "pip/__main__.py", "pip/_internal/commands/list.py"],
        "import pip_api",
        {"pip.__main__", "pip._internal.commands.list"},
    ),
    "spacy.util": (
        ["spacy/util.py", "spacy_legacy/loggers.py", "spacy_legacy/layers/x.py", "spacy_loggers/wandb.py", "spacy_other/a.py"],
        "import spacy.util",
        {"spacy_legacy.loggers", "spacy_legacy.layers.x", "spacy_loggers.wandb"},
    ),
    "jupyter_client.kernelspec": (
        ["jupyter_client/kernelspec.py", "ipykernel_launcher.py", "ipykernel_other.py"],
        "import jupyter_client.kernelspec",
        {"ipykernel_launcher"},
    ),
    "kivy.core": (
        ["kivy/__init__.py", "kivy/core/__init__.py", "kivy/core/image/__init__.py", "kivy/core/image/img_sdl2.py"],
        "import kivy.core",
        {"kivy.core.image.img_sdl2"},
    ),
    "kivy.graphics.cgl": (
        ["kivy/graphics/cgl.py", "kivy/graphics/cgl_backend/__init__.py", "kivy/graphics/cgl_backend/cgl_gl.py"],
        "import kivy.graphics.cgl",
        {"kivy.graphics.cgl_backend.cgl_gl"},
    ),
    "moto.core.base_backend": (
        ["moto/core/base_backend.py", "moto/iam/urls.py", "moto/api/_internal/urls.py", "moto/iam/models.py"],
        "import moto.core.base_backend",
        {"moto.iam.urls", "moto.api._internal.urls"},
    ),
    "markdown.core": (
        ["markdown/core.py", "pymdownx/emoji.py", "pymdownx/superfences.py"],
        "import markdown.core",
        {"pymdownx.emoji", "pymdownx.superfences"},
    ),
    "snakemake.spawn_jobs": (
        ["snakemake/spawn_jobs.py", "snakemake/__main__.py", "snakemake/cli.py"],
        "import snakemake.spawn_jobs",
        {"snakemake.__main__"},
    ),
}  # fmt: skip


def test_rules_with_modules_have_a_layout():
    """No rule that brings modules in goes untested."""
    rules = PACKAGE_RULES.values()
    assert {each.module for each in rules if each.implies or each.search_folders or each.conventional} == LAYOUTS.keys()


def test_what_programs_do_at_run_time():
    """What starts `sys.executable` as Python, and what reads the source of any module, is known by these rules."""
    starting = {"bpython.args", "pip_api", "execnet.gateway_io", "jupyter_client.kernelspec", "snakemake.spawn_jobs"}
    assert {name for name, rule in RULES.items() if rule.starts_python} == starting
    assert {name for name, rule in RULES.items() if rule.reads_every_source} == {"astroid.manager"}


def test_what_a_program_does_is_said_of_its_graph(tmp_path: Path, newest_target: TargetPython):
    """A property that a rule gives to the whole program holds only if the rule's module is reached."""
    app = "import bpython.args, astroid.manager"
    write(tmp_path, {"bpython/args.py": "", "astroid/manager.py": "", "app.py": app, "other.py": ""})
    with_both, without = (
        analyze(newest_target, Settings(target=str(tmp_path / name)), quiet_context())
        for name in ("app.py", "other.py")
    )

    assert (with_both.starts_python, with_both.reads_every_source) == (True, True)
    assert (without.starts_python, without.reads_every_source) == (False, False)


@pytest.mark.parametrize("module", LAYOUTS)
def test_rule_of_a_package(tmp_path: Path, module: str):
    """With its rule a program reaches what its package needs invisibly, and without it less; nothing else is reached."""
    files, program, expected = LAYOUTS[module]
    write(tmp_path, dict.fromkeys(files, ""))
    without = walked(walker(tmp_path), program)
    made = walked(walker(tmp_path, rules=PACKAGE_RULES), program)
    add_conventional(made)

    brought = reached(made) - reached(without)
    around = {name.rpartition(".")[0] for name in brought}
    assert expected <= brought
    assert brought - expected <= around
