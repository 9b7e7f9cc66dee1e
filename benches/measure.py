"""Running commands, and printing what they took. Knows nothing of databases."""

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parent / "target" / "bench"
SITE = WORK / "site"


@dataclass
class Run:
    """What one process took."""

    start: float
    wall: float
    user: float
    system: float
    peak: int

    @property
    def cpu(self):
        """Seconds on a core: other programs on the machine change it less than the wall time."""
        return self.user + self.system


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


def in_turns(runs, commands, warm_up=True):
    """Runs commands in turns; a first turn to warm up is not counted."""
    taken = {name: [] for name in commands}
    for turn in range(-1 if warm_up else 0, runs):
        for name, run in commands.items():
            result = run()
            if turn >= 0:
                taken[name].append(result)
    return taken


def median(runs):
    """The median time in seconds."""
    return statistics.median(run.wall for run in runs)


def ratio(runs, others):
    """The median of the ratios of pairs: both of a pair ran under the same load."""
    return statistics.median(run.wall / other.wall for run, other in zip(runs, others))


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
    walls = [run.wall for run in runs]
    text = seconds(median(runs))
    return f"{text} ({seconds(min(walls))} – {seconds(max(walls))})" if len(walls) > 2 else text


def times(value):
    """A ratio to read."""
    return f"{value:.0f}×" if value >= 20 else f"{value:.2f}×"


def table(header, rows):
    """Prints a Markdown table."""
    print("| " + " | ".join(header) + " |")
    print("| " + " | ".join(["---"] + ["---:"] * (len(header) - 1)) + " |")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)
    print()
