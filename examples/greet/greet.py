"""A command line with two commands, made with typer; its output is laid out by rich."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

GREETINGS = {
    "de": ("German", "Guten Tag"),
    "en": ("English", "Hello"),
    "es": ("Spanish", "Hola"),
    "ja": ("Japanese", "こんにちは"),
}

app = typer.Typer(help="Greet people in their language.", add_completion=False)
console = Console()


@app.command()
def hello(
    name: Annotated[str, typer.Argument(help="Whom to greet.")],
    language: Annotated[str, typer.Option("--language", "-l", help="The code of a language.")] = "en",
    shout: Annotated[bool, typer.Option("--shout", help="Greet loudly.")] = False,
) -> None:
    """Greet somebody."""
    if language not in GREETINGS:
        raise typer.BadParameter(f"no greeting for {language!r}; `greet languages` lists them")
    _, greeting = GREETINGS[language]
    text = f"{greeting}, {name}!"
    console.print(text.upper() if shout else text, style="bold green")


@app.command()
def languages() -> None:
    """List the languages."""
    table = Table("Code", "Language", "Greeting", title="Languages")
    for code, (language, greeting) in GREETINGS.items():
        table.add_row(code, language, greeting)
    console.print(table)


if __name__ == "__main__":
    app()
