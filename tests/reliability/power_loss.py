"""Loses the power at every moment of a run, many times over, and looks at what is left.

usage: power_loss.py DIRECTORY TRIALS SEED COMMAND...

DIRECTORY holds `db.sqlite3` (and what belongs to it) before the run. The command runs once, under
strace, in that directory; what it writes and syncs is recorded. Then, for each prefix of that
record, files are put together as a disk could hold them after the power went: all that was
synced, and of what was not each write whole, lost, or torn at a sector. A file is there for
certain once it or its directory was synced, and gone for certain once its directory was.

Prints a JSON object: how many states there were, in how many the database was damaged, in how
many alice's key was neither the old one nor the new, and in how many a key that had been printed
was gone.
"""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

SECTOR = 512
CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink"
LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
DESCRIPTOR = re.compile(r"^(\d+)<([^>]*)>")


def unescaped(text):
    return bytes.fromhex(text.replace("\\x", ""))


def record(directory, command):
    """The operations of a run: (kind, name of the file, offset or length, bytes)."""
    with tempfile.NamedTemporaryFile("r") as trace:
        options = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-o", trace.name]
        run = subprocess.run([*options, "-e", f"trace={CALLS}", *command],
                             cwd=directory, stdout=subprocess.PIPE)
        lines = trace.read().splitlines()
    if run.returncode != 0:
        sys.exit(f"the run failed with {run.returncode}")
    operations = []
    for line in lines:
        match = LINE.match(line)
        if not match or int(match[3]) < 0:
            continue
        call, arguments = match[1], match[2]
        descriptor = DESCRIPTOR.match(arguments)
        path = descriptor[2] if descriptor else ""
        # With -xx, strace writes paths in hexadecimal digits too.
        if path.startswith("\\x"):
            path = unescaped(path).decode()
        name = os.path.relpath(path, directory) if path.startswith("/") else None
        if call == "write":
            if descriptor and descriptor[1] == "1":
                operations.append(("printed", None, 0, b""))
            continue
        if call in ("openat", "unlink"):
            strings = STRING.findall(arguments)
            opened = unescaped(strings[0]).decode() if strings else ""
            name = os.path.relpath(os.path.join(directory, opened), directory)
        if name is None or name.startswith("..") or "-shm" in name:
            continue
        if call == "openat":
            if "O_CREAT" in arguments:
                operations.append(("create", name, 0, b""))
        elif call == "unlink":
            operations.append(("unlink", name, 0, b""))
        elif call == "pwrite64":
            data = unescaped(STRING.search(arguments)[1])
            offset = int(arguments.rsplit(",", 1)[1])
            operations.append(("write", name, offset, data))
        elif call == "ftruncate":
            operations.append(("truncate", name, int(arguments.rsplit(",", 1)[1]), b""))
        else:
            operations.append(("sync", name, 0, b""))
    # `name<TAB>key`, or the key alone.
    return operations, run.stdout.decode().split()[-1]


def put(content, offset, data):
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


def apply(content, kind, offset, data):
    if kind == "write":
        put(content, offset, data)
    elif len(content) > offset:
        del content[offset:]
    else:
        content.extend(bytes(offset - len(content)))


def torn(content, offset, data, chance):
    """Some of the sectors of a write, each whole."""
    for start in range(0, len(data), SECTOR):
        if chance.random() < 0.5:
            put(content, offset + start, data[start:start + SECTOR])


def after_power_loss(before, operations, chance):
    """Which files there are, and what is in them."""
    # A file: what is durable of it, what was written since, and whether its name is certain.
    files = {name: [bytearray(data), [], True] for name, data in before.items()}
    gone = {}
    for kind, name, number, data in operations:
        if kind == "create":
            if name not in files:
                # An old file of that name may come back instead.
                files[name] = [bytearray(), [], False]
        elif kind == "unlink":
            if name in files:
                gone[name] = files.pop(name)
        elif kind in ("write", "truncate"):
            files.setdefault(name, [bytearray(), [], False])[1].append((kind, number, data))
        elif kind == "sync" and name == ".":
            gone.clear()
            for file in files.values():
                file[2] = True
        elif kind == "sync" and name in files:
            durable, pending, _ = files[name]
            for change in pending:
                apply(durable, *change)
            files[name] = [durable, [], True]
    for name, file in gone.items():
        if name not in files and file[2] and chance.random() < 0.5:
            files[name] = file
    left = {}
    for name, (durable, pending, is_certain) in files.items():
        if not is_certain and chance.random() < 0.5:
            continue
        content = bytearray(durable)
        for kind, number, data in pending:
            fate = chance.random()
            if fate < 0.4:
                apply(content, kind, number, data)
            elif fate < 0.6 and kind == "write":
                torn(content, number, data, chance)
        left[name] = bytes(content)
    return left


def look(files):
    """Alice's key as the next who opens the database finds it; an exception if it is damaged."""
    with tempfile.TemporaryDirectory() as directory:
        for name, content in files.items():
            if name.startswith("db.sqlite3"):
                with open(os.path.join(directory, name), "wb") as file:
                    file.write(content)
        connection = sqlite3.connect(os.path.join(directory, "db.sqlite3"))
        try:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            row = connection.execute(
                "SELECT key FROM authtoken_token JOIN auth_user ON id = user_id"
                " WHERE username = 'alice'"
            ).fetchone()
            return row[0] if row else None
        finally:
            connection.close()


def main():
    directory, trials, seed, *command = sys.argv[1:]
    directory = os.path.realpath(directory)
    before = {}
    for name in os.listdir(directory):
        if name.startswith("db.sqlite3") and not name.endswith("-shm"):
            with open(os.path.join(directory, name), "rb") as file:
                before[name] = file.read()
    old = look(before)
    operations, new = record(directory, command)
    chance = random.Random(int(seed))
    result = {"operations": len(operations), "states": 0, "damaged": 0, "neither": 0, "lost": 0}
    for end in range(len(operations) + 1):
        done = operations[:end]
        is_printed = any(kind == "printed" for kind, *_ in done)
        for _ in range(int(trials)):
            result["states"] += 1
            try:
                key = look(after_power_loss(before, done, chance))
            except sqlite3.DatabaseError:
                result["damaged"] += 1
                continue
            if key not in (old, new):
                result["neither"] += 1
            elif is_printed and key != new:
                result["lost"] += 1
    print(json.dumps(result))


main()
