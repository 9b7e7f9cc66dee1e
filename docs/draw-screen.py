#!/usr/bin/env python3
"""Draws docs/screen-light.svg and docs/screen-dark.svg: a session with the real drfctl.

    cargo build --release && python3 docs/draw-screen.py target/release/drfctl

Each command runs in a pseudo-terminal of 80 columns; what it prints is drawn as it is, colours
included, but for the path of the temporary directory. Nothing but Python's standard library is needed.
"""

import datetime
import html
import os
import pathlib
import pty
import re
import sqlite3
import subprocess
import sys
import tempfile

COLUMNS = 80
SESSION = [
    "drfctl create-user deploy --no-password --token",
    "drfctl list",
    "drfctl create-token bilng",
    "drfctl revoke --inactive --dry-run",
    "drfctl verify token --key-file leaked.txt",
]

# GitHub's colours: text, background, then red, green, yellow, blue, magenta, cyan and dimmed.
THEMES = {
    "light": ("#1f2328", "#f6f8fa", "#cf222e", "#116329", "#7d4e00", "#0969da", "#8250df", "#1b7c83", "#59636e"),
    "dark": ("#f0f6fc", "#151b23", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#9198a1"),
}
CHARACTER, LINE, MARGIN = 8.4, 20, 16


def prepare(drfctl, directory):
    """A database like one that has been in use for a while."""

    def run(*words, **options):
        subprocess.run([drfctl, *words], cwd=directory, check=True, capture_output=True, **options)

    run("migrate")
    keys = {
        "alice": "9c4e1f27b05d83a6e1409b7d52f8c3a06be4d971",
        "billing": "3fa87d10c95be264708d1ef3a6c2b95d40e8717f",
        "mobile": "b7206ce9514fa83d09e7c1582bd46f3a90c5de18",
    }
    for name, key in keys.items():
        run("create-user", name, "--no-password", "--email", f"{name}@example.com")
        run("create-token", name, "--key-file", "-", input=key.encode())
    run("update-user", "alice", "--staff")
    run("update-user", "mobile", "--inactive")
    leaked = directory.joinpath("leaked.txt")
    leaked.touch(mode=0o600)
    leaked.write_text(keys["billing"] + "\n")

    database = sqlite3.connect(directory / "db.sqlite3")
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    for name, days in [("alice", 12), ("billing", 200), ("mobile", 420)]:
        user = "(SELECT id FROM auth_user WHERE username = ?)"
        created = str(now - datetime.timedelta(days=days, seconds=4321))
        database.execute(f"UPDATE authtoken_token SET created = ? WHERE user_id = {user}", (created, name))
    login = str(now - datetime.timedelta(days=1, seconds=1234))
    database.execute("UPDATE auth_user SET last_login = ? WHERE username = 'alice'", (login,))
    database.commit()
    database.close()


def run_in_terminal(drfctl, directory, line):
    """What a command prints on a terminal."""
    main, secondary = pty.openpty()
    environment = {"PATH": os.fspath(pathlib.Path(drfctl).parent), "TERM": "xterm-256color",
                   "COLUMNS": str(COLUMNS), "HOME": os.fspath(directory), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(line.split(" "), executable=drfctl, cwd=directory, env=environment,
                               stdin=secondary, stdout=secondary, stderr=secondary)
    os.close(secondary)
    output = b""
    while True:
        try:
            chunk = os.read(main, 65536)
        except OSError:  # The other end is closed.
            chunk = b""
        if not chunk:
            break
        output += chunk
    process.wait()
    os.close(main)
    return output.decode().replace("\r\n", "\n")


def spans(line):
    """The pieces of a line, each with its look."""
    look = frozenset()
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        escape = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if not escape:
            if "\x1b" in piece:
                raise SystemExit(f"cannot draw {piece!r}")
            if piece:
                yield piece, look
            continue
        for code in map(int, (escape[1] or "0").split(";")):
            if code == 0:
                look = frozenset()
            elif code in (1, 2, 4):
                look |= {code}
            elif 30 <= code % 60 <= 37 or code == 39:
                look = frozenset(entry for entry in look if entry < 30)
                look |= {code % 60} if code != 39 else frozenset()


def style(look, theme):
    colours = dict(zip((31, 32, 33, 34, 35, 36), theme[2:8]))
    fill = next((colours[entry] for entry in look if entry in colours), None)
    if 2 in look and fill is None:
        fill = theme[8]
    return "".join([
        f' fill="{fill}"' if fill else "",
        ' font-weight="bold"' if 1 in look else "",
        ' text-decoration="underline"' if 4 in look else "",
    ])


def draw(lines, theme):
    width = round(COLUMNS * CHARACTER + 2 * MARGIN)
    height = len(lines) * LINE + 2 * MARGIN
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">',
        f'<rect width="{width}" height="{height}" rx="6" fill="{theme[1]}"/>',
        f'<g fill="{theme[0]}" font-size="14" font-family="ui-monospace, '
        "SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace\">",
    ]
    for number, line in enumerate(lines):
        y, column = MARGIN + number * LINE + 14, 0
        for text, look in spans(line):
            # Words at their columns, as wide as they are there: fonts differ, and spaces collapse.
            for words in re.finditer(r"\S+(?: \S+)*", text):
                x = MARGIN + (column + words.start()) * CHARACTER
                svg.append(
                    f'<text x="{x:.1f}" y="{y}" textLength="{len(words[0]) * CHARACTER:.1f}"'
                    f"{style(look, theme)}>{html.escape(words[0])}</text>"
                )
            column += len(text)
    return "\n".join([*svg, "</g>", "</svg>", ""])


def main():
    drfctl = os.path.abspath(sys.argv[1])
    lines = []
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        prepare(drfctl, directory)
        for line in SESSION:
            lines += [f"\x1b[32m$\x1b[0m \x1b[1m{line}\x1b[0m"]
            output = run_in_terminal(drfctl, directory, line).replace(str(directory), "/srv/app")
            lines += output.rstrip("\n").split("\n")
            lines += [""]
    lines.pop()
    for name, theme in THEMES.items():
        pathlib.Path(__file__).with_name(f"screen-{name}.svg").write_text(draw(lines, theme))


main()
