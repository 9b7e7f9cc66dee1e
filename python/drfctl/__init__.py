"""The `drfctl` program, as `pip` installs it: see `python -m drfctl --help`."""
