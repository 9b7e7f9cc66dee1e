"""The benchmarks: each work of drfctl against what would do it instead, in one run.

    python3 benches/run.py token|user|all|live|import|list|everything

Python 3.11 or newer and its standard library; the peers need the `sqlite3` shell on PATH and
Django, which is installed once under target/bench/. Prints Markdown tables.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parent / "target" / "bench"
PYTHON = WORK / "venv" / "bin" / "python"
SITE = WORK / "site"
REQUIREMENTS = ["Django==5.2.*", "djangorestframework==3.18.*", "argon2-cffi"]
SOMEBODY = "user0000500"

# What drfctl runs, as the shell can run it.
SHELL_LOOKUP = (
    "PRAGMA foreign_keys = ON; PRAGMA synchronous = EXTRA;"
    "SELECT id, username, email, is_active, is_staff, is_superuser FROM auth_user "
    f"WHERE username = '{SOMEBODY}';"
    "SELECT key, created FROM authtoken_token WHERE user_id = "
    f"(SELECT id FROM auth_user WHERE username = '{SOMEBODY}');"
)
SHELL_TOKENS = (
    "INSERT INTO authtoken_token (key, created, user_id) "
    "SELECT lower(hex(randomblob(20))), '2026-01-02 03:04:05.678901', id FROM auth_user;"
)


@dataclass
class Run:
    """What one process took."""

    start: float
    wall: float
    user: float
    system: float
    peak: int


def measured(command, out="/dev/null", **variables):
    """Runs a command to its end, alone."""
    launch = [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(out)]
    done = subprocess.run(
        launch + [str(word) for word in command],
        env={**os.environ, "LC_ALL": "C.UTF-8", **variables},
        cwd=SITE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    start, wall, user, system, peak, status = done.stdout.split()
    if int(status) != 0:
        sys.exit(f"exit status {status}: {' '.join(map(str, command))}\n{done.stderr}")
    return Run(float(start), float(wall), float(user), float(system), int(peak))


def django(database, *words):
    """A command line of Django, and its environment."""
    return [PYTHON, SITE / words[0], *words[1:]], {"BENCH_DATABASE": str(database)}


def in_turns(runs, commands):
    """Runs commands in turns, after one turn that is not counted."""
    taken = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, run in commands.items():
            result = run()
            if turn:
                taken[name].append(result)
    return taken


def wall(runs):
    """The median time in seconds."""
    return statistics.median(run.wall for run in runs)


def peak(runs):
    """The highest peak in MiB."""
    return f"{max(run.peak for run in runs) / 1024:.1f}"


def seconds(value):
    """A time to read."""
    if value < 0.1:
        return f"{value * 1000:.2f} ms"
    return f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def spread(runs):
    """The median and the extremes."""
    times = [run.wall for run in runs]
    text = seconds(statistics.median(times))
    return f"{text} ({seconds(min(times))} – {seconds(max(times))})" if len(times) > 2 else text


def times(peer, own):
    """How many times the peer takes."""
    ratio = peer / own
    return f"{ratio:.0f}×" if ratio >= 20 else f"{ratio:.2f}×"


def table(header, rows):
    """Prints a Markdown table."""
    print("| " + " | ".join(header) + " |")
    print("| " + " | ".join(["---"] + ["---:"] * (len(header) - 1)) + " |")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)
    print()


# Databases


def prepare():
    """Makes Django's environment, and an empty database."""
    WORK.mkdir(parents=True, exist_ok=True)
    stamp = WORK / "venv" / "requirements.txt"
    wanted = "\n".join(REQUIREMENTS)
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
        pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run(pip + REQUIREMENTS, check=True)
        stamp.write_text(wanted)
    # A copy, so that no bytecode lands beside the sources.
    shutil.copytree(HERE / "django", SITE, dirs_exist_ok=True)
    if not (WORK / "empty.sqlite3").exists():
        command, variables = django(WORK / "new.sqlite3", "manage.py", "migrate")
        measured(command, **variables)
        (WORK / "new.sqlite3").rename(WORK / "empty.sqlite3")


def users(count, with_tokens=False):
    """A database with so many users; it is made once and never written to."""
    name = f"users-{count}-{args.names}{'-tokens' if with_tokens else ''}.sqlite3"
    if (WORK / name).exists():
        return WORK / name
    new = WORK / "new.sqlite3"
    shutil.copy(WORK / "empty.sqlite3", new)
    # 999,983 is a prime: in their order of rowids, the names jump about.
    number = "i" if args.names == "sorted" else f"(i * 999983) % {count}"
    connection = sqlite3.connect(new)
    connection.executescript(
        f"""
        PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN;
        INSERT INTO auth_user (password, last_login, is_superuser, username, last_name, email,
                               is_staff, is_active, date_joined, first_name)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
        SELECT 'pbkdf2_sha256$1000000$' || hex(randomblob(11)) || '$' || hex(randomblob(22)),
               '2026-01-02 03:04:05.678901', 0, printf('user%07d', {number}), 'Doe',
               printf('user%07d@example.com', {number}), 0, 1, '2025-01-02 03:04:05.678901', 'Jo'
        FROM n;
        COMMIT;
        """
    )
    if with_tokens:
        connection.executescript("PRAGMA foreign_keys = ON;" + SHELL_TOKENS)
    connection.close()
    os.chmod(new, 0o600)
    new.rename(WORK / name)
    return WORK / name


def copy(source, name="work.sqlite3"):
    """A copy to write to, with nothing left to write back."""
    for file in WORK.glob(name + "*"):
        file.unlink()
    shutil.copy(source, WORK / name)
    os.sync()
    return WORK / name


def drfctl(database, *words):
    """A command line of drfctl."""
    return [args.binary, "--database", database, *words]


def shell(database, sql):
    """A command line of the shell, without its user's start file."""
    program = shutil.which("sqlite3") or sys.exit("the `sqlite3` shell is not on PATH")
    return [program, "-batch", "-init", "/dev/null", database, sql]


# Benchmarks


def bench_token():
    """`create-token` of a user who has one."""
    database = copy(users(1_000, with_tokens=True))
    peer, variables = django(database, "manage.py", "drf_create_token", SOMEBODY)
    slow = in_turns(
        min(args.runs or 10, 10),
        {
            "peer": lambda: measured(peer, **variables),
            "own": lambda: measured(drfctl(database, "create-token", SOMEBODY)),
        },
    )
    fast = in_turns(
        args.runs or 100,
        {
            "own": lambda: measured(drfctl(database, "create-token", SOMEBODY)),
            "shell": lambda: measured(shell(database, SHELL_LOOKUP)),
            "nothing": lambda: measured([shutil.which("true")]),
        },
    )
    own = wall(fast["own"])
    table(
        ["whole process", "median (extremes)", "peak MiB", "to drfctl"],
        [
            ("`drfctl create-token`", spread(fast["own"]), peak(fast["own"]), "1"),
            ("`sqlite3`, the same statements", spread(fast["shell"]), peak(fast["shell"]),
             times(wall(fast["shell"]), own)),
            ("`manage.py drf_create_token`", spread(slow["peer"]), peak(slow["peer"]),
             times(wall(slow["peer"]), wall(slow["own"]))),
            ("`true`: the least that can be measured", spread(fast["nothing"]),
             peak(fast["nothing"]), ""),
        ],
    )


def bench_user():
    """`create-user`, and the hash alone."""
    rounds = 1_000_000
    password = "correct horse battery staple"
    database = copy(users(1_000))
    number = iter(range(10**9))

    def own(iterations):
        return measured(
            drfctl(database, "create-user", f"new{next(number)}", "--password-env", "BENCH_SECRET",
                   "--iterations", iterations),
            BENCH_SECRET=password,
        )

    def peer():
        command, variables = django(
            database, "manage.py", "createsuperuser", "--noinput", "--username",
            f"new{next(number)}", "--email", "a@example.com",
        )
        return measured(
            command, DJANGO_SUPERUSER_PASSWORD=password, BENCH_ITERATIONS=str(rounds), **variables
        )

    def python():
        start = time.perf_counter()
        hashlib.pbkdf2_hmac("sha256", password.encode(), b"ohthatsixteenpinch", rounds)
        return Run(start, time.perf_counter() - start, 0, 0, 0)

    taken = in_turns(
        args.runs or 10,
        {"own": lambda: own(rounds), "one": lambda: own(1), "peer": peer, "python": python},
    )
    whole = wall(taken["own"])
    hashing = whole - wall(taken["one"])
    table(
        [f"{rounds:,} iterations", "median (extremes)", "peak MiB", "to drfctl"],
        [
            ("`drfctl create-user`", spread(taken["own"]), peak(taken["own"]), "1"),
            ("`manage.py createsuperuser --noinput`", spread(taken["peer"]), peak(taken["peer"]),
             times(wall(taken["peer"]), whole)),
            ("the hash alone, drfctl (less a run with 1 iteration)", seconds(hashing), "", "1"),
            ("the hash alone, Python's `hashlib.pbkdf2_hmac`", spread(taken["python"]), "",
             times(wall(taken["python"]), hashing)),
        ],
    )


def bench_all():
    """`create-token --all`."""
    rows = []
    rate = None
    for count in args.users:
        source = users(count)
        runs = args.runs or (5 if count <= 100_000 else 3)
        keys = WORK / "keys.tsv"
        commands = {
            "own": lambda: measured(
                drfctl(copy(source), "--quiet", "create-token", "--all"), out=keys
            ),
            "shell": lambda: measured(shell(copy(source), SHELL_TOKENS)),
        }
        taken = {name: [] for name in commands}
        for _ in range(runs):
            for name, run in commands.items():
                taken[name].append(run())
        own = wall(taken["own"])
        peer = "—"
        if count <= 10_000:
            command, variables = django(copy(source), "peers.py", "tokens")
            slow = measured(command, out=keys, **variables)
            rate = count / slow.wall
            peer = f"{seconds(slow.wall)}, {slow.peak / 1024:.0f} MiB"
            against = times(slow.wall, own)
        elif rate:
            peer = f"({seconds(count / rate)})"
            against = f"({times(count / rate, own)})"
        else:
            against = "—"
        rows.append(
            (f"{count:,}", spread(taken["own"]), peak(taken["own"]), spread(taken["shell"]),
             peak(taken["shell"]), f"{own / wall(taken['shell']):.2f}×", peer, against)
        )
        print(rows[-1], file=sys.stderr)
    table(
        ["users", "`create-token --all`", "peak MiB", "`INSERT … SELECT` in the shell", "peak MiB",
         "drfctl to shell", "Django's loop", "Django to drfctl"],
        rows,
    )


def bench_live():
    """A server that writes while `create-token --all` runs."""
    count = max(args.users)
    source = users(count)
    rows = []
    for mode in ["delete", "wal"]:
        for name in ["drfctl create-token --all", "one INSERT … SELECT"]:
            for _ in range(args.runs or 1):
                rows.append((f"`{name}`", mode.upper(), *live(source, count, mode, name)))
                print(rows[-1], file=sys.stderr)
    table(
        [f"{count:,} tokens", "journal", "job took", "updates", "a second", "p99", "worst wait",
         "errors"],
        rows,
    )


def live(source, count, mode, name):
    """One of the runs: the job, and what the server saw."""
    database = copy(source)
    connection = sqlite3.connect(database)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.close()
    log = WORK / "writer.json"
    command, variables = django(database, "peers.py", "writer", log, count)
    with subprocess.Popen(
        list(map(str, command)),
        env={**os.environ, **variables},
        cwd=SITE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        server.stdout.readline()
        time.sleep(1)
        if name.startswith("drfctl"):
            job = drfctl(database, "--quiet", "create-token", "--all")
        else:
            job = shell(database, "PRAGMA busy_timeout = 30000;" + SHELL_TOKENS)
        run = measured(job)
        time.sleep(0.5)
        server.send_signal(signal.SIGTERM)
    connection = sqlite3.connect(database)
    made = connection.execute("SELECT count(*) FROM authtoken_token").fetchone()[0]
    connection.close()
    if made != count:
        sys.exit(f"{made} tokens instead of {count}")
    seen = [
        (wait, error)
        for start, wait, error in json.loads(log.read_text())
        if run.start <= start + wait and start <= run.start + run.wall
    ]
    waits = sorted(wait for wait, _ in seen)
    errors = [error for _, error in seen if error]
    return (
        seconds(run.wall),
        f"{len(seen):,}",
        f"{len(seen) / run.wall:.0f}",
        seconds(waits[int(len(waits) * 0.99)]),
        seconds(waits[-1]),
        f"{len(errors)}" + (f" ({errors[0]})" if errors else ""),
    )


def bench_import():
    """`create-user --from`."""
    rounds, count = 100_000, 1_000
    generator = random.Random(1)
    file = WORK / "import.jsonl"
    with open(file, "w", encoding="utf-8") as lines:
        for number in range(count):
            password = "".join(generator.choices("abcdefghjkmnpqrstuvwxyz23456789", k=16))
            row = {"username": f"new{number}", "email": f"new{number}@example.com"}
            lines.write(json.dumps({**row, "password": password}) + "\n")
    os.chmod(file, 0o600)
    empty = WORK / "empty.sqlite3"

    def own():
        return measured(
            drfctl(copy(empty), "create-user", "--from", file, "--iterations", rounds)
        )

    def peer():
        command, variables = django(copy(empty), "peers.py", "users", file)
        return measured(command, BENCH_ITERATIONS=str(rounds), **variables)

    taken = {"own": [], "peer": []}
    for _ in range(args.runs or 3):
        taken["own"].append(own())
        taken["peer"].append(peer())
    busy = {
        name: statistics.median((run.user + run.system) / run.wall for run in runs)
        for name, runs in taken.items()
    }
    table(
        [f"{count:,} passwords, {rounds:,} iterations", "median (extremes)", "cores busy",
         "peak MiB", "to drfctl"],
        [
            ("`drfctl create-user --from`", spread(taken["own"]), f"{busy['own']:.2f}",
             peak(taken["own"]), "1"),
            ("`create_user` in a loop in one Django transaction", spread(taken["peer"]),
             f"{busy['peer']:.2f}", peak(taken["peer"]),
             times(wall(taken["peer"]), wall(taken["own"]))),
        ],
    )


def bench_list():
    """`list --format jsonl`."""
    rows = []
    for count in args.users:
        database = users(count, with_tokens=True)
        command, variables = django(database, "peers.py", "list")
        own, peer = WORK / "own.jsonl", WORK / "peer.jsonl"
        taken = {"own": [], "peer": []}
        for _ in range(args.runs or (5 if count <= 100_000 else 2)):
            taken["own"].append(measured(drfctl(database, "list", "--format", "jsonl"), out=own))
            taken["peer"].append(measured(command, out=peer, **variables))
        if own.read_bytes() != peer.read_bytes():
            sys.exit("the two lists differ: see own.jsonl and peer.jsonl under target/bench/")
        rows.append(
            (f"{count:,}", spread(taken["own"]), peak(taken["own"]), spread(taken["peer"]),
             peak(taken["peer"]), times(wall(taken["peer"]), wall(taken["own"])))
        )
        print(rows[-1], file=sys.stderr)
    table(
        ["tokens", "`list --format jsonl`", "peak MiB", "Django's `iterator()`", "peak MiB",
         "Django to drfctl"],
        rows,
    )


BENCHES = {
    "token": bench_token,
    "user": bench_user,
    "all": bench_all,
    "live": bench_live,
    "import": bench_import,
    "list": bench_list,
}


def numbers(text):
    """Numbers with commas between them."""
    return [int(word.replace("_", "")) for word in text.split(",")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", choices=[*BENCHES, "everything"])
    parser.add_argument("--users", type=numbers, default=[1_000, 10_000, 100_000, 1_000_000],
                        help="sizes for all, live (the largest) and list")
    parser.add_argument("--runs", type=int, help="how often each is measured")
    parser.add_argument("--names", choices=["sorted", "scattered"], default="sorted",
                        help="whether the users' names are in the order of their ids")
    parser.add_argument("--binary", type=Path, default=HERE.parent / "target/release/drfctl")
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    if not args.binary.exists():
        sys.exit(f"{args.binary} is not there: run `cargo build --release` first")
    prepare()
    for chosen, bench in BENCHES.items():
        if args.bench in (chosen, "everything"):
            load = " ".join(f"{value:.1f}" for value in os.getloadavg())
            print(f"### {chosen}: {bench.__doc__}\n\n{platform.system()} {platform.machine()}, "
                  f"{os.cpu_count()} cores, load {load}\n")
            bench()
