"""How fast programs start: under Python, as binaries of ours, and as what other tools make of them.

    python -m benchmarks.startup

makes an environment for each program, builds it with every tool, times all of them in turn and writes
`docs/benchmarks.md` with its plot. Takes about an hour, most of it Nuitka's; `--apps` and `--tools` do less, `--work`
keeps environments and builds for the next time.
"""
