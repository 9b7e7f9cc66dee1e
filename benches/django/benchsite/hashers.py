"""Django's own hasher, with the iterations that a benchmark asks for."""

import os

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Hasher(PBKDF2PasswordHasher):
    """Its default is Django's default."""

    iterations = int(os.environ.get("BENCH_ITERATIONS", PBKDF2PasswordHasher.iterations))
