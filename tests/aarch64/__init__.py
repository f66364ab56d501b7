"""Programs that are built here for aarch64, and run through QEMU's user emulation: they do what Python does there.

    python -m tests.aarch64 [PROGRAM ...]

Needs root, qemu-user-static, gcc-aarch64-linux-gnu, g++-aarch64-linux-gnu, debootstrap, npm and a mirror of Debian. A root folder
of Debian for aarch64 is made at the first call and kept in ~/.cache/bundler-tests. The result goes to docs/aarch64.md; with
names, only these rows are renewed. Everything takes an hour and a half: the emulator is twenty times slower than the machine.
"""
