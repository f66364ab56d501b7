"""Environments in which programs are started, as their systems make them."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_USER = {"HOME": "/home/ada", "USER": "ada", "LOGNAME": "ada", "SHELL": "/bin/bash"}

# Names of tables' columns, variables, and whether there is a terminal. The locale is one that every machine has.
PLACES: Mapping[str, tuple[Mapping[str, str], bool]] = {
    # Ubuntu 24.04, GNOME's terminal.
    "desktop": (
        {
            **_USER,
            "PATH": f"/home/ada/.local/bin:{_PATH}:/usr/games:/snap/bin",
            "LANG": "C.UTF-8",
            "LANGUAGE": "en",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "VTE_VERSION": "7600",
            "DISPLAY": ":0",
            "WAYLAND_DISPLAY": "wayland-0",
            "DESKTOP_SESSION": "ubuntu",
            "GNOME_TERMINAL_SERVICE": ":1.120",
            "GNOME_SHELL_SESSION_MODE": "ubuntu",
            "SESSION_MANAGER": "local/laptop:@/tmp/.ICE-unix/2101",
            "SSH_AUTH_SOCK": "/run/user/1000/keyring/ssh",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus",
            "XDG_CURRENT_DESKTOP": "ubuntu:GNOME",
            "XDG_DATA_DIRS": "/usr/share/ubuntu:/usr/local/share/:/usr/share/:/var/lib/snapd/desktop",
            "XDG_CONFIG_DIRS": "/etc/xdg/xdg-ubuntu:/etc/xdg",
            "XDG_RUNTIME_DIR": "/run/user/1000",
            "XDG_SESSION_TYPE": "wayland",
            "XDG_SESSION_CLASS": "user",
            "XDG_MENU_PREFIX": "gnome-",
            "GTK_MODULES": "gail:atk-bridge",
            "QT_ACCESSIBILITY": "1",
            "QT_IM_MODULE": "ibus",
            "XMODIFIERS": "@im=ibus",
            "GPG_AGENT_INFO": "/run/user/1000/gnupg/S.gpg-agent:0:1",
            "LESSOPEN": "| /usr/bin/lesspipe %s",
            "LESSCLOSE": "/usr/bin/lesspipe %s %s",
            "LS_COLORS": "rs=0:di=01;34:ln=01;36",
            "PWD": "/home/ada",
            "OLDPWD": "/home/ada/work",
            "SHLVL": "1",
            "_": "/home/ada/app",
        },
        True,
    ),
    "ssh": (
        {
            **_USER,
            "PATH": _PATH,
            "LANG": "C.UTF-8",
            "SSH_CLIENT": "192.0.2.7 51022 22",
            "SSH_CONNECTION": "192.0.2.7 51022 192.0.2.9 22",
            "XDG_SESSION_ID": "12",
            "XDG_SESSION_TYPE": "tty",
            "XDG_RUNTIME_DIR": "/run/user/1000",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus",
            "MAIL": "/var/mail/ada",
            "PWD": "/home/ada",
            "SHLVL": "0",
            "_": "/home/ada/app",
        },
        False,
    ),
    "cron": ({"HOME": "/home/ada", "LOGNAME": "ada", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}, False),
    "systemd": (
        {
            "PATH": _PATH,
            "LANG": "C.UTF-8",
            "INVOCATION_ID": "0f3e9f0e6c7a4d4d8c1d3f6f3d0a7e11",
            "JOURNAL_STREAM": "8:24567",
            "SYSTEMD_EXEC_PID": "4242",
            "MEMORY_PRESSURE_WATCH": "/sys/fs/cgroup/system.slice/app.service/memory.pressure",
            "MEMORY_PRESSURE_WRITE": "c29tZSAyMDAwMDAgMjAwMDAwMAA=",
        },
        False,
    ),
    "docker": ({"PATH": _PATH, "HOSTNAME": "4f1c1a2b3c4d", "HOME": "/root"}, False),
    "docker, unbuffered": (
        {"PATH": _PATH, "HOSTNAME": "4f1c1a2b3c4d", "HOME": "/root", "PYTHONUNBUFFERED": "1"},
        False,
    ),
    "GitHub": (
        {
            "HOME": "/home/runner",
            "USER": "runner",
            "SHELL": "/bin/bash",
            "PATH": f"/home/runner/.local/bin:/opt/pipx_bin:/home/runner/.cargo/bin:{_PATH}",
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION": "__run",
            "GITHUB_ACTOR": "ada",
            "GITHUB_API_URL": "https://api.github.com",
            "GITHUB_ENV": "/home/runner/work/_temp/_runner_file_commands/set_env_1",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_JOB": "test",
            "GITHUB_OUTPUT": "/home/runner/work/_temp/_runner_file_commands/set_output_1",
            "GITHUB_PATH": "/home/runner/work/_temp/_runner_file_commands/add_path_1",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": "ada/app",
            "GITHUB_RUN_ID": "1",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": "0123456789012345678901234567890123456789",
            "GITHUB_STEP_SUMMARY": "/home/runner/work/_temp/_runner_file_commands/step_summary_1",
            "GITHUB_WORKFLOW": "test",
            "GITHUB_WORKSPACE": "/home/runner/work/app/app",
            "RUNNER_ARCH": "X64",
            "RUNNER_NAME": "GitHub Actions 1",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": "/home/runner/work/_temp",
            "RUNNER_TOOL_CACHE": "/opt/hostedtoolcache",
            "RUNNER_WORKSPACE": "/home/runner/work/app",
            "ImageOS": "ubuntu24",
            "ImageVersion": "20261101.1.0",
            "AGENT_TOOLSDIRECTORY": "/opt/hostedtoolcache",
            "DEBIAN_FRONTEND": "noninteractive",
            "DOTNET_NOLOGO": "1",
            "JAVA_HOME": "/usr/lib/jvm/temurin-17-jdk-amd64",
            "NVM_DIR": "/home/runner/.nvm",
            "PIPX_BIN_DIR": "/opt/pipx_bin",
            "PIPX_HOME": "/opt/pipx",
            "SWIFT_PATH": "/usr/share/swift/usr/bin",
            "XDG_CONFIG_HOME": "/home/runner/.config",
            "XDG_RUNTIME_DIR": "/run/user/1001",
            "PWD": "/home/runner/work/app/app",
            "SHLVL": "2",
        },
        False,
    ),
}

_LONGEST = 60  # seconds


@dataclass(frozen=True)
class Start:
    """What a start told of itself: "restored", or the guard that failed."""

    place: str
    told: str


def starts(binary: Path, arguments: Sequence[str]) -> tuple[Start, ...]:
    """A start in each of the places. Each ends as soon as it has told what it is."""
    return tuple(
        Start(place, _told(binary, arguments, variables, has_terminal=has_terminal))
        for place, (variables, has_terminal) in PLACES.items()
    )


def _told(binary: Path, arguments: Sequence[str], variables: Mapping[str, str], *, has_terminal: bool) -> str:
    inner, outer = pty.openpty() if has_terminal else os.pipe()
    stream = outer if has_terminal else subprocess.DEVNULL
    try:
        with (
            tempfile.TemporaryDirectory(prefix="place-") as folder,
            subprocess.Popen(
                [binary, *arguments],
                stdin=stream,
                stdout=stream,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={**variables, "BUNDLE_TRACE": "snapshot"},
                start_new_session=True,
            ) as process,
        ):
            assert process.stderr is not None
            line = process.stderr.readline().decode("utf-8", "replace")
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(_LONGEST)
    finally:
        os.close(inner)
        os.close(outer)
    return line.rpartition(": snapshot: ")[2].strip() or "nothing"
