"""Hashes of passwords by every hasher that this Django has, to compare `django::hashers` with.

Reads JSON strings from stdin, a line each, and prints JSON lines {"password", "algorithm",
"encoded"}. With the argument `quick` the hashers do as little work as they can; without it they
do what Django's settings make them do.
"""

import json
import sys
import warnings

from django.conf import settings

settings.configure(PASSWORD_HASHERS=[])

from django.contrib.auth import hashers  # noqa: E402

warnings.simplefilter("ignore")
HASHERS = [
    getattr(hashers, name)
    for name in (
        "PBKDF2PasswordHasher",
        "PBKDF2SHA1PasswordHasher",
        "Argon2PasswordHasher",
        "BCryptSHA256PasswordHasher",
        "BCryptPasswordHasher",
        "ScryptPasswordHasher",
        "MD5PasswordHasher",
        # Only up to Django 5.0:
        "SHA1PasswordHasher",
        "UnsaltedSHA1PasswordHasher",
        "UnsaltedMD5PasswordHasher",
    )
    if hasattr(hashers, name)
]
settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{h.__name__}" for h in HASHERS]


def work_little():
    hashers.PBKDF2PasswordHasher.iterations = 1000
    hashers.Argon2PasswordHasher.time_cost = 1
    hashers.Argon2PasswordHasher.memory_cost = 64
    hashers.BCryptSHA256PasswordHasher.rounds = 4
    hashers.ScryptPasswordHasher.work_factor = 16


if __name__ == "__main__":
    if sys.argv[1:] == ["quick"]:
        work_little()
    for line in sys.stdin:
        password = json.loads(line)
        for hasher in HASHERS:
            # The package bcrypt passes over the rest of a longer one, or refuses it.
            if hasher.algorithm == "bcrypt" and len(password.encode()) > 72:
                continue
            encoded = hashers.make_password(password, hasher=hasher.algorithm)
            row = {"password": password, "algorithm": hasher.algorithm, "encoded": encoded}
            print(json.dumps(row))
