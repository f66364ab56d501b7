"""What a program sees of the outside: `streams.py CASE [ARGUMENT...]` runs the function of that name."""

import locale
import os
import sys


def arguments():
    """The arguments, as text and as the bytes they were."""
    for argument in sys.argv[2:]:
        print(ascii(argument), os.fsencode(argument))


def echo():
    """The arguments as they are, on both streams: the encodings and error handlers of the streams are used."""
    print(*sys.argv[2:])
    print(*sys.argv[2:], file=sys.stderr)


def environment():
    """The environment, as text and as bytes. (LC_CTYPE: Python sets it when it replaces the C locale.)"""
    for name, value in sorted(os.environ.items()):
        if name.startswith(("TEST_", "LC_", "LANG")):
            print(name, ascii(value), os.environb[os.fsencode(name)])


def encodings():
    """Everything that depends on the locale."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        print(name, stream and (stream.name, stream.encoding, stream.errors, stream.line_buffering, stream.newlines))
    print(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getdefaultencoding())
    print(locale.getpreferredencoding(), locale.getpreferredencoding(False), locale.setlocale(locale.LC_CTYPE))
    if sys.version_info >= (3, 11):
        print(locale.getencoding())
    print(sys.flags.utf8_mode)
    with open(os.devnull) as file:
        print(file.encoding, file.errors)
    print(locale.localeconv()["decimal_point"], "%.1f" % 1.5)


def text():
    """Text beyond ASCII, on both streams."""
    print("äöü €")
    print("äöü €", file=sys.stderr)


def error_text():
    """An uncaught exception with text beyond ASCII."""
    raise ValueError("äöü € 漢")


def names():
    """File names that are not in the locale's encoding."""
    for name in sorted(os.listdir(os.fsencode("."))):
        print(name)
    for name in sorted(os.listdir()):
        print(ascii(name), os.path.exists(name))


def read():
    """All of standard input, as text."""
    print(ascii(sys.stdin.read()))


def read_bytes():
    print(sys.stdin.buffer.read())


def lines():
    """Standard input by lines, and the function input."""
    print(ascii(input("first: ")))
    for line in sys.stdin:
        print(ascii(line))
    print(input())


def which():
    """Which of the standard streams there are."""
    with open("streams.txt", "w") as file:
        print(sys.stdin, sys.stdout and sys.stdout.name, sys.stderr and sys.stderr.name, file=file)
    print("to stdout")
    print("to stderr", file=sys.stderr)


def many_lines():
    """More output than any buffer or pipe holds."""
    for number in range(200_000):
        print(number)


def many_lines_caught():
    """The usual way to end quietly when the reader goes away."""
    try:
        many_lines()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(6)


def one_line():
    """Less than the buffer holds: it is written only at the end."""
    print("one line")


def order():
    """Text on both streams where they are the same file."""
    for number in range(3):
        print("out", number)
        print("err", number, file=sys.stderr)


def unbuffered():
    """Without buffers nothing is lost even here."""
    sys.stdout.write("text")
    os._exit(0)


def terminal():
    """What a program finds out about a terminal."""
    print(sys.stdin.isatty(), sys.stdout.isatty(), sys.stdout.line_buffering, os.get_terminal_size(1))
    sys.stdout.write("prompt without an end of line ")
    print(repr(input("and a question? ")))


if __name__ == "__main__":
    globals()[sys.argv[1]]()
