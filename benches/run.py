"""The benchmarks: drfctl against what would be used instead, side by side in one run.

    python3 benches/run.py token|user|all|live|import|list|startup|everything

Needs Python 3.11 or newer, and what benches/README.md names for each engine. Django is installed
once under target/bench/. Prints Markdown tables.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True  # beside the sources

from engines import ENGINES, SOMEBODY, django, install
from measure import (
    HERE, SITE, WORK, Run, in_turns, measured, median, peak, ratio, seconds, spread, table, times,
)


def drfctl(engine, database, *words):
    """A command line of drfctl."""
    return [args.binary, "--database", engine.url(database), *words]


def bench_token(engine):
    """`create-token` for a user with a token."""
    database = engine.users(1_000, with_tokens=True)
    peer, variables = django(engine, database, "manage.py", "drf_create_token", SOMEBODY)

    def own():
        return measured(drfctl(engine, database, "create-token", SOMEBODY))

    slow = in_turns(
        min(args.runs or 10, 10), {"peer": lambda: measured(peer, **variables), "own": own}
    )
    fast = in_turns(
        args.runs or 100,
        {
            "own": own,
            "client": lambda: measured(engine.client(database, engine.lookup())),
            "nothing": lambda: measured(["/bin/true"]),
        },
    )
    table(
        [f"{engine.name}, whole process", "median (extremes)", "peak MiB", "to drfctl"],
        [
            ("`drfctl create-token`", spread(fast["own"]), peak(fast["own"]), "1"),
            (f"{engine.client_name}, the same statements", spread(fast["client"]),
             peak(fast["client"]), times(ratio(fast["client"], fast["own"]))),
            ("`manage.py drf_create_token`", spread(slow["peer"]), peak(slow["peer"]),
             times(ratio(slow["peer"], slow["own"]))),
            ("`true`: the least that can be measured", spread(fast["nothing"]),
             peak(fast["nothing"]), ""),
        ],
    )


def bench_user(engine):
    """`create-user`, and the hash alone."""
    rounds = 1_000_000
    password = "correct horse battery staple"
    database = engine.to_write(engine.users(1_000))
    number = iter(range(10**9))

    def own(iterations):
        return measured(
            drfctl(engine, database, "create-user", f"new{next(number)}", "--password-env",
                   "BENCH_SECRET", "--iterations", iterations),
            BENCH_SECRET=password,
        )

    def peer():
        command, variables = django(
            engine, database, "manage.py", "createsuperuser", "--noinput", "--username",
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
    hashing = median(taken["own"]) - median(taken["one"])
    table(
        [f"{rounds:,} iterations", "median (extremes)", "peak MiB", "to drfctl"],
        [
            ("`drfctl create-user`", spread(taken["own"]), peak(taken["own"]), "1"),
            ("`manage.py createsuperuser --noinput`", spread(taken["peer"]), peak(taken["peer"]),
             times(ratio(taken["peer"], taken["own"]))),
            ("the hash alone, drfctl (less a run with 1 iteration)", seconds(hashing), "", "1"),
            ("the hash alone, Python's `hashlib.pbkdf2_hmac`", spread(taken["python"]), "",
             times(median(taken["python"]) / hashing)),
        ],
    )


def bench_all(engine):
    """`create-token --all`."""
    rows = []
    keys = WORK / "keys.tsv"

    def loop(source, users):
        """Django's loop over the first users."""
        command, variables = django(engine, engine.to_write(source), "peers.py", "tokens", users)
        return measured(command, out=keys, **variables).wall

    for count in args.users:
        source = engine.users(count)
        taken = in_turns(
            args.runs or (5 if count <= 100_000 else 3),
            {
                "own": lambda: measured(
                    drfctl(engine, engine.to_write(source), "--quiet", "create-token", "--all"),
                    out=keys,
                ),
                "client": lambda: measured(
                    engine.client(engine.to_write(source), engine.tokens())
                ),
            },
            warm_up=False,
        )
        # What takes many minutes is extrapolated, without the time that Django takes to start.
        sample = min(count, args.sample)
        first, some = loop(source, 1), loop(source, sample)
        django_takes = first + (some - first) * (count - 1) / (sample - 1)
        marks = "{}" if sample == count else "({})"
        rows.append(
            (f"{count:,}", spread(taken["own"]), peak(taken["own"]), spread(taken["client"]),
             f"{ratio(taken['own'], taken['client']):.2f}×",
             marks.format(seconds(django_takes)),
             marks.format(times(django_takes / median(taken["own"]))))
        )
        print(rows[-1], file=sys.stderr)
    table(
        [f"{engine.name}, users", "`create-token --all`", "peak MiB", "one `INSERT … SELECT`",
         "drfctl to it", "Django's loop", "Django to drfctl"],
        rows,
    )


def bench_live(engine):
    """A server that logs users in while `create-token --all` runs."""
    count = max(args.users)
    source = engine.users(count)
    rows = []
    for mode, setting in engine.modes.items():
        for name in ["drfctl create-token --all", "one INSERT … SELECT"]:
            for _ in range(args.runs or 1):
                rows.append((f"`{name}`", mode, *live(engine, source, count, setting, name)))
                print(rows[-1], file=sys.stderr)
    table(
        [f"{count:,} tokens", "on", "the job took", "logins", "a second", "p99", "longest wait",
         "errors"],
        rows,
    )


def live(engine, source, count, setting, name):
    """One of the runs: the job, and what the server saw."""
    database = engine.to_write(source)
    subprocess.run(engine.client(database, setting), check=True, stdout=subprocess.DEVNULL)
    log = WORK / "writer.json"
    command, variables = django(engine, database, "peers.py", "writer", log, count)
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
            job = drfctl(engine, database, "--quiet", "create-token", "--all")
        else:
            job = engine.client(database, engine.tokens(beside_a_server=True))
        run = measured(job)
        time.sleep(0.5)
        server.send_signal(signal.SIGTERM)
    made = engine.count_tokens(database)
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


def bench_import(engine):
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

    def own():
        database = engine.to_write(engine.empty())
        return measured(
            drfctl(engine, database, "create-user", "--from", file, "--iterations", rounds)
        )

    def peer():
        command, variables = django(
            engine, engine.to_write(engine.empty()), "peers.py", "users", file
        )
        return measured(command, BENCH_ITERATIONS=str(rounds), **variables)

    taken = in_turns(args.runs or 3, {"own": own, "peer": peer}, warm_up=False)
    busy = {
        name: statistics.median(run.cpu / run.wall for run in runs) for name, runs in taken.items()
    }
    table(
        [f"{count:,} passwords, {rounds:,} iterations", "median (extremes)", "cores busy",
         "peak MiB", "to drfctl"],
        [
            ("`drfctl create-user --from`", spread(taken["own"]), f"{busy['own']:.2f}",
             peak(taken["own"]), "1"),
            ("`create_user` in a loop in one Django transaction", spread(taken["peer"]),
             f"{busy['peer']:.2f}", peak(taken["peer"]),
             times(ratio(taken["peer"], taken["own"]))),
        ],
    )


def bench_list(engine):
    """`list --format jsonl`."""
    rows = []
    for count in args.users:
        database = engine.users(count, with_tokens=True)
        command, variables = django(engine, database, "peers.py", "list")
        own, peer = WORK / "own.jsonl", WORK / "peer.jsonl"
        taken = in_turns(
            args.runs or (5 if count <= 100_000 else 2),
            {
                "own": lambda: measured(
                    drfctl(engine, database, "list", "--format", "jsonl"), out=own
                ),
                "client": lambda: measured(engine.export(database), out=WORK / "export"),
                "peer": lambda: measured(command, out=peer, **variables),
            },
            warm_up=False,
        )
        if own.read_bytes() != peer.read_bytes():
            sys.exit("the two lists differ: see own.jsonl and peer.jsonl under target/bench/")
        rows.append(
            (f"{count:,}", spread(taken["own"]), peak(taken["own"]), spread(taken["client"]),
             peak(taken["client"]), f"{ratio(taken['own'], taken['client']):.2f}×",
             spread(taken["peer"]), peak(taken["peer"]),
             times(ratio(taken["peer"], taken["own"])))
        )
        print(rows[-1], file=sys.stderr)
    table(
        [f"{engine.name}, tokens", "`list --format jsonl`", "peak MiB", engine.export_name,
         "peak MiB", "drfctl to it", "Django's `iterator()`", "peak MiB", "Django to drfctl"],
        rows,
    )


def bench_startup(engine):
    """`create-token` with a binary that has only SQLite."""
    if not args.sqlite_only.exists():
        sys.exit(f"{args.sqlite_only} is not there: benches/README.md says how to build it")
    database = engine.users(1_000, with_tokens=True)
    words = ["--database", database, "create-token", SOMEBODY]
    taken = in_turns(
        args.runs or 200,
        {
            "all": lambda: measured([args.binary, *words]),
            "one": lambda: measured([args.sqlite_only, *words]),
        },
    )

    def row(name, binary, runs):
        cpu = statistics.median(run.cpu for run in runs)
        size = binary.stat().st_size / 2**20
        return (name, f"{size:.1f}", spread(runs), seconds(cpu), peak(runs),
                f"{ratio(runs, taken['one']):.2f}×")

    table(
        ["features", "binary, MiB", "median (extremes)", "processor", "peak MiB", "to SQLite alone"],
        [
            row("SQLite alone (`--no-default-features`)", args.sqlite_only, taken["one"]),
            row("SQLite, PostgreSQL, MySQL", args.binary, taken["all"]),
        ],
    )


BENCHES = {
    "token": bench_token,
    "user": bench_user,
    "all": bench_all,
    "live": bench_live,
    "import": bench_import,
    "list": bench_list,
    "startup": bench_startup,
}
# Whatever the engine, their time goes into hashes, or they are about SQLite.
ON_SQLITE = ["user", "import", "startup"]


def numbers(text):
    """Numbers with commas between them."""
    return [int(word.replace("_", "")) for word in text.split(",")]


def engines(text):
    """Names of engines with commas between them."""
    return [ENGINES[word] for word in text.split(",")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", choices=[*BENCHES, "everything"])
    parser.add_argument("--engines", type=engines, default=list(ENGINES.values()),
                        help="for token, all, live and list: sqlite,postgresql,mariadb (default)")
    parser.add_argument("--users", type=numbers, default=[1_000, 10_000, 100_000],
                        help="sizes for all, live (the largest) and list")
    parser.add_argument("--runs", type=int, help="how often each is measured")
    parser.add_argument("--sample", type=int, default=2_000,
                        help="users that Django's loop runs over, for all")
    parser.add_argument("--names", choices=["sorted", "scattered"], default="sorted",
                        help="whether the users' names are in the order of their ids")
    parser.add_argument("--binary", type=Path, default=HERE.parent / "target/release/drfctl")
    parser.add_argument("--sqlite-only", type=Path, default=WORK / "drfctl-sqlite-only",
                        help="a binary without the other engines, for startup")
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    args.sqlite_only = args.sqlite_only.resolve()
    if not args.binary.exists():
        sys.exit(f"{args.binary} is not there: run `cargo build --release` first")
    chosen = [name for name in BENCHES if args.bench in (name, "everything")]
    for kind in ENGINES.values():
        todo = [name for name in chosen
                if (kind is ENGINES["sqlite"] if name in ON_SQLITE else kind in args.engines)]
        if not todo:
            continue
        engine = kind(args.names)
        install(engine.requirements)
        engine.start()
        for name in todo:
            load = " ".join(f"{value:.1f}" for value in os.getloadavg())
            print(f"### {name}, {engine.name}: {BENCHES[name].__doc__}\n\n{platform.system()} "
                  f"{platform.machine()}, {os.cpu_count()} cores, load {load}\n", flush=True)
            BENCHES[name](engine)
        engine.end()
