"""The words of the command line, what help says of them, and the error for a line that makes no sense."""

from __future__ import annotations

# Commands besides building, by the word that the command line begins with. Two are options as well.
INSPECT = "inspect"
VERIFY = "verify"
PLAN = "plan"
WHY = "why"
TRACE = "trace"
CACHE = "cache"
DOCTOR = "doctor"
MIGRATE = "migrate"
COMPLETION = "completion"

SHELLS = ("bash", "zsh", "fish")  # that `bundle completion` knows

USAGE = """bundle [OPTIONS] TARGET
       bundle [OPTIONS] -m MODULE
       bundle [OPTIONS] --script NAME
       bundle [OPTIONS] [--program NAME]
       bundle plan [OPTIONS] [TARGET] [--json]
       bundle why MODULE [OPTIONS] [TARGET] [--json]
       bundle trace ARGS [OPTIONS] [TARGET]
       bundle inspect FILE [--json | --sbom]
       bundle verify FILE [--against MANIFEST] [--json]
       bundle cache [dir|prune|clean] [OPTIONS]
       bundle doctor [OPTIONS]
       bundle migrate [--execute] FILE | COMMAND
       bundle completion bash|zsh|fish"""

# The program of a build, in its four forms.
PROGRAM = "[TARGET | -m MODULE | --script NAME | --program NAME]"

# Commands with the arguments of a build.
BUILD_COMMANDS = {
    PLAN: f"bundle plan [OPTIONS] {PROGRAM} [--json]",
    WHY: f"bundle why MODULE [OPTIONS] {PROGRAM} [--json]",
    TRACE: f"bundle trace ARGS [OPTIONS] {PROGRAM}",
}
DESCRIPTIONS = {
    "": "Turn a Python program into one native executable that starts faster than Python itself.",
    PLAN: "Build nothing, but print what the binary would hold: modules, libraries, data files, and their sizes.",
    WHY: "Build nothing, but print the imports that lead to a module.",
    TRACE: "Run the program once with these arguments (one word, quoted as in a shell), record in [tool.bundle] what only "
    "that shows, and build.",
}
WORDS = {WHY: "MODULE", TRACE: "ARGS"}  # what follows the command, before options

EPILOG = """examples:
  bundle app.py                   write dist/app
  bundle                          all programs that pyproject.toml declares
  bundle -m http.server -o serve  the module as `python -m http.server` runs it
  bundle --script black           an installed command
  bundle plan app.py              what would be in it
  bundle why email app.py         which imports bring the module email
  bundle inspect dist/app         what is in it
  bundle verify dist/app          whether it is as it was built
  bundle doctor                   what this machine lacks
  bundle migrate app.spec         [tool.bundle] for what PyInstaller builds from it

Options can also stand in pyproject.toml, under [tool.bundle], by their long names: hidden-import = ["package.module"].
These cannot stand there: --program, --target, --json, --why, --trace.
Options given here win; those that may be given several times are added to the file's.
To bundle a file that is called like a command, such as `plan`, write `./plan`."""

HELP_HINT = "`bundle --help` shows how it is used"


class UsageError(Exception):
    """The command line makes no sense."""

    def __init__(self, message: str, hint: str = HELP_HINT, notes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.notes = notes
