"""Letters from templates of a package: by loaders of every kind, compiled, sandboxed, asynchronous."""

import asyncio
import sys
from pathlib import Path

import letters
from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)
from jinja2.sandbox import SandboxedEnvironment

HERE = Path(letters.__file__).parent
DATA = {"name": "Ann <b>", "items": [("apple", 2, 1.5), ("pear", 1, 2.25)], "language": "de"}


def environment(loader, **options):
    made = Environment(
        loader=loader,
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.debug"],
        trim_blocks=True,
        **options,
    )
    made.filters["money"] = letters.money
    made.install_null_translations()
    return made


def main():
    package = PackageLoader("letters")
    for loader in (
        package,
        FileSystemLoader(HERE / "templates"),
        ChoiceLoader([DictLoader({}), PackageLoader("letters", "templates")]),
    ):
        print(environment(loader).get_template("bill.html").render(DATA))
    prefixed = environment(PrefixLoader({"texts": PackageLoader("letters", "texts")}))
    print(prefixed.list_templates(), prefixed.get_template("texts/plain.txt").render(DATA))
    print(environment(package).list_templates())
    print(asyncio.run(environment(package, enable_async=True).get_template("bill.html").render_async(DATA)))
    for name in ("wrong.html", "absent.html", "undefined.html"):
        try:
            environment(package).get_template(name).render(DATA)
        except TemplateError as error:
            print(type(error).__name__, error)
    try:
        SandboxedEnvironment().from_string("{{ ().__class__.__bases__ }}").render()
    except TemplateError as error:
        print(type(error).__name__, error)
    environment(package).compile_templates("compiled", zip=None, log_function=lambda text: None)
    print(sum(1 for _ in Path("compiled").glob("*.py")))


if __name__ == "__main__":
    main()
    if len(sys.argv) > 1:  # the traceback names the line of the template
        environment(PackageLoader("letters")).get_template("undefined.html").render(DATA)
