"""A program that starts `sys.executable`: `commands.py` tries every way, `commands.py again ...` is what some start."""

import os
import subprocess
import sys
import tempfile


HERE = os.path.dirname(os.path.abspath(__file__))


def never_called():
    """So that these are there to be started."""
    import helpers.task
    import json.tool


def show(*arguments, **options):
    """Run sys.executable and print all that comes of it."""
    options.setdefault("stdin", subprocess.DEVNULL)
    if "input" in options:
        del options["stdin"]
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, **options)
    print("$", *arguments if not arguments or "told" not in arguments else ["again"])
    for text in (done.stdout, done.stderr):
        print(text.replace(sys.executable, "PYTHON").replace(os.path.realpath(sys.executable), "PYTHON"), end="")
    print("=", done.returncode)


def code():
    show("-c", "import sys; print(sys.argv, __name__, sys.path[0] == '', sys.flags.isolated)", "a", "-c", "--x")
    show("-cprint(1 + 1)")
    show("-Ic", "import sys; print(sys.argv, sys.flags.isolated, sys.flags.safe_path)")
    show("-c", "raise ValueError('so')")
    show("-c", "import sys; sys.exit(7)")
    show("-c", "1 +")
    show("-c", "import os; os.kill(os.getpid(), 15)")
    show("-c", "print(exit, quit, copyright.__class__, credits.__class__)")
    show("-c", "import sys; print(sys.orig_argv[1:], sys.argv)", "end")
    show("-c", "import nowhere")


def options():
    flags = "import sys; print(sys.flags.{0}, sys.warnoptions, sorted(sys._xoptions.items()))"
    for option, name in {
        "-O": "optimize",
        "-OO": "optimize",
        "-B": "dont_write_bytecode",
        "-E": "ignore_environment",
        "-s": "no_user_site",
        "-S": "no_site",
        "-P": "safe_path",
        "-b": "bytes_warning",
        "-bb": "bytes_warning",
        "-q": "quiet",
        "-d": "debug",
        "-i": "interactive",
        "-I": "isolated",
        "-R": "hash_randomization",
        "-u": "verbose",
        "-Werror": "quiet",
        "-Wignore::DeprecationWarning": "quiet",
        "-Xutf8": "utf8_mode",
        "-Xwarn_default_encoding": "warn_default_encoding",
        "-Xdev": "dev_mode",
        "-Xint_max_str_digits=900": "int_max_str_digits",
    }.items():
        show(option, "-c", flags.format(name))
    show("-X", "utf8=0", "-W", "once", "-c", flags.format("utf8_mode"))
    show("-u", "-c", "import sys; print(sys.stdout.write_through)")
    show("-O", "-c", "assert False; print(__debug__)")
    show("-V")
    show("--version", "-c", "ignored")
    show("-h")


def module():
    show("-m", "helpers.task")
    show("-m", "helpers.task", "x", "-m", "y")
    show("-mhelpers", "x")
    show("-m", "helpers.nowhere")
    show("-m", "nowhere")
    show("-m", "json.tool", "--compact", input='{"a": [1, 2]}')


def script():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.py")
        with open(path, "w") as file:
            file.write("import sys, beside\nprint(sys.argv[1:], __name__, __file__ == sys.argv[0], beside.x)\nprint(1 / 0)\n")
        with open(os.path.join(folder, "beside.py"), "w") as file:
            file.write("x = 'from the folder'\n")
        with open(os.path.join(folder, "json.py"), "w") as file:
            file.write("tool = 'the folder comes first'\n")
        with open(os.path.join(folder, "__main__.py"), "w") as file:
            file.write("import sys, json\nprint('folder', __name__, sys.argv[1:], json.tool)\n")
        done = subprocess.run([sys.executable, path, "1", "-2"], capture_output=True, text=True)
        print(done.returncode, done.stdout, done.stderr.replace(folder, "FOLDER"))
        done = subprocess.run([sys.executable, folder, "1"], capture_output=True, text=True, cwd=folder)
        print(done.returncode, done.stdout, done.stderr.replace(folder, "FOLDER"))
        done = subprocess.run(f"set -e; {sys.executable} {path} shell; true", shell=True, capture_output=True, text=True)
        print(done.returncode, done.stdout, done.stderr.replace(folder, "FOLDER"))
        show("-m", "beside", cwd=folder)
        show("-c", "import beside; print(beside.x)", cwd=folder)
        show("-Pc", "import beside; print(beside.x)", cwd=folder)
        show("-c", "import beside; print(beside.x)", env={**os.environ, "PYTHONPATH": f"nowhere:{folder}"})
        show("-Ec", "import beside; print(beside.x)", env={**os.environ, "PYTHONPATH": f"nowhere:{folder}"})
        show("-c", "import sys; print([p for p in sys.path if 'this' in p])", env={"PYTHONPATH": "/this"})
        show("script.py", cwd="/")
    # In a folder of the binary, from which nothing else is imported.
    show(os.path.join(os.path.dirname(os.path.abspath(__file__)), "helpers", "__main__.py"), "x")


def stdin():
    show("-", "a", "b", input="import sys; print(sys.argv, __name__)")
    show(input="print('without arguments')")
    show("-i", "-c", "x = 5", input="x\n")
    show("-q", "-i", input="1 + 1\nexit(4)\n")


def environment():
    mine = {"ONLY": "this", "LC_ALL": "C.UTF-8"}
    show("-c", "import os; print(sorted(os.environ.items()))", env=mine)
    show("-c", "import os, subprocess, sys; subprocess.run([sys.executable, '-c', 'import os; print(sorted(os.environ))'])", env=mine)
    print(subprocess.run(["env"], env=mine, capture_output=True).stdout)
    show("-c", "import sys; print(sys.dont_write_bytecode, sys.flags.optimize)", env={**mine, "PYTHONOPTIMIZE": "2"})
    show("-c", "import sys; print(sys.stdout.encoding)", env={**mine, "PYTHONIOENCODING": "latin-1"})


def ways():
    """Other functions that start programs."""
    command = [sys.executable, "-c", "import sys; print(sys.argv)", "x"]
    sys.stdout.flush()
    os.spawnv(os.P_WAIT, sys.executable, command)
    os.spawnve(os.P_WAIT, sys.executable, command, {"LC_ALL": "C.UTF-8"})
    os.spawnvp(os.P_WAIT, sys.executable, command)
    os.waitpid(os.posix_spawn(sys.executable, command, os.environ), 0)
    os.waitpid(os.posix_spawnp(sys.executable, command, {}), 0)
    subprocess.run(command, preexec_fn=lambda: None)
    subprocess.run(command, executable=sys.executable, close_fds=False)
    subprocess.run(["another name", *command[1:]], executable=sys.executable)
    subprocess.run(f"{sys.executable} -c 'print(\"by a shell\")' y", shell=True)
    os.system(f"{sys.executable} -m helpers z; true")
    print(os.popen(f"{sys.executable} -c 'print(3)'").read())
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.execl(sys.executable, sys.executable, "-c", "print('replaced')")
    os.waitpid(child, 0)
    child = os.fork()
    if child == 0:
        os.execv(sys.executable, command)
    os.waitpid(child, 0)


def again():
    """As reloaders do it: the same program once more."""
    show(sys.argv[0], "told", "1", "-c", "2")
    show(os.path.abspath(sys.argv[0]), "told")
    show(__file__, "told", "3")
    show("-u", "-Wdefault", sys.argv[0], "told")
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, sys.argv[0], "told", "at last"])


def told():
    print("told", sys.argv[2:], __name__)


if __name__ == "__main__":
    if not hasattr(sys, "frozen"):
        os.environ["PYTHONPATH"] = HERE  # a binary's own modules are there anyway
    globals()[sys.argv[1]]()
