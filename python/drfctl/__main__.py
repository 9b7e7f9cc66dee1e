"""Runs the `drfctl` that was installed with this package, whatever is on `PATH`."""

import os
import sys
import sysconfig
from pathlib import Path


def directories():
    """Where an installer may have put the program, the likeliest first."""
    # An environment's own, then that of the Python it was made from.
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", vars={"base": sys.base_prefix})

    package = Path(__file__).resolve().parent
    # `pip install --prefix` and `uv run --with`: PREFIX/lib/python3.x/site-packages/drfctl.
    if len(package.parents) > 3 and package.parents[2].name in ("lib", "lib64"):
        yield package.parents[3] / "bin"
    # `pip install --target`: TARGET/drfctl.
    yield package.parent / "bin"

    # `pip install --user`.
    if sys.version_info >= (3, 10):
        user = sysconfig.get_preferred_scheme("user")
    elif sys.platform == "darwin" and getattr(sys, "_framework", ""):
        user = "osx_framework_user"
    else:
        user = "posix_user"
    yield sysconfig.get_path("scripts", scheme=user)


def main():
    places = [Path(directory) for directory in directories()]
    for place in places:
        program = place / "drfctl"
        if program.is_file():
            # The same process from here on: signals, stdin and the exit status are drfctl's.
            os.execv(program, [str(program), *sys.argv[1:]])
    sys.exit("drfctl: the program is in none of " + ", ".join(map(str, places)))


if __name__ == "__main__":
    main()
