#!/usr/bin/env python3
"""Runs the commands of README.md against the release binary and compares what they print.

A ```sh block holds commands, each on a line that starts with "$ ", followed by the lines it prints. The first ```text
block is what the server prints at its start. The server is the one of `make run`: the flags are read from the Makefile,
so that the README, the Makefile and this check cannot differ.
"""

import difflib
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY_URL = "http://127.0.0.1:19000/readyz"
STARTUP_DEADLINE_SECONDS = 20
COMMAND_TIMEOUT_SECONDS = 60


def commands(markdown: str) -> list[tuple[str, str]]:
    """The (command, expected output) pairs of all ```sh blocks, in order."""
    pairs: list[tuple[str, str]] = []
    for block in re.findall(r"^```sh\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            pairs.append((command, expected))
    return pairs


def first_screen(markdown: str) -> str:
    """What the README shows as printed by `make run`."""
    block = re.search(r"^```text\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)
    return block.group(1) if block else ""


def run_arguments() -> list[str]:
    """The arguments that `make run` gives to the binary."""
    makefile = (ROOT / "Makefile").read_text()
    line = re.search(r"^\texec \$\(WEIR\) (.*) \$\(FLAGS\)$", makefile, re.MULTILINE)
    if line is None:
        sys.exit("readme: the Makefile has no `exec $(WEIR) ... $(FLAGS)` line")
    return line.group(1).split()


def wait_until_ready(server: subprocess.Popen) -> None:
    deadline = time.monotonic() + STARTUP_DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"readme: the server ended with exit code {server.returncode} before it was ready")
        if subprocess.run(["curl", "-sf", "-o", "/dev/null", READY_URL]).returncode == 0:
            return
        time.sleep(0.05)
    sys.exit(f"readme: the server was not ready within {STARTUP_DEADLINE_SECONDS} s")


def check(command: str, expected: str) -> bool:
    try:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=COMMAND_TIMEOUT_SECONDS
        )
        printed, note = done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        printed, note = "", f"no end after {COMMAND_TIMEOUT_SECONDS} s\n"
    return compare(command, expected, printed, note)


def compare(what: str, expected: str, printed: str, note: str = "") -> bool:
    if printed == expected:
        return True
    print(f"FAILED: {what}")
    sys.stdout.writelines(
        line if line.endswith("\n") else line + "\n"
        for line in difflib.unified_diff(
            expected.splitlines(True), printed.splitlines(True), "README.md", "printed", n=99
        )
    )
    print(note, end="")
    return False


def main() -> int:
    markdown = (ROOT / "README.md").read_text()
    pairs = commands(markdown)
    if not pairs:
        sys.exit("readme: no commands found in README.md")
    arguments = run_arguments() + ["--workers", "2"]  # As many as the README shows.
    command = [ROOT / ".build/release/weir", *arguments]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        wait_until_ready(server)
        results = [check(command, expected) for command, expected in pairs]
    finally:
        server.terminate()
        try:
            printed, _ = server.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            server.kill()
            printed, _ = server.communicate()
    results.append(compare("make run", first_screen(markdown), printed))
    clean = server.returncode == 0
    if not clean:
        print(f"FAILED: the server ended with exit code {server.returncode} after SIGTERM, not 0")
    print(f"readme: {results.count(True)} passed, {results.count(False) + (not clean)} failed")
    return 0 if all(results) and clean else 1


if __name__ == "__main__":
    sys.exit(main())
