"""Password hashes with Django's verdicts, to compare `django::hashers` with.

Without an argument: prints JSON lines {"password", "encoded", "verdict"}, where `encoded` was
written by Django (at low cost) or bent out of shape, and `verdict` is what `check_password`
answers with every hasher enabled: true, false, or "error" if it raises.

With `check`: reads JSON lines {"password", "encoded"} from stdin and prints them with "verdict"
and "must_update", the latter as Django's hasher of that name sees it.

Always the same lines for the same versions. Needs Django, argon2-cffi and bcrypt.
"""

import base64
import json
import random
import sys

from django.conf import settings

NAMES = (
    "PBKDF2PasswordHasher",
    "PBKDF2SHA1PasswordHasher",
    "Argon2PasswordHasher",
    "BCryptSHA256PasswordHasher",
    "ScryptPasswordHasher",
    "BCryptPasswordHasher",
    "MD5PasswordHasher",
    # Only up to Django 5.0:
    "SHA1PasswordHasher",
    "UnsaltedSHA1PasswordHasher",
    "UnsaltedMD5PasswordHasher",
)

settings.configure(PASSWORD_HASHERS=[])

import warnings  # noqa: E402

from django.contrib.auth import hashers  # noqa: E402

warnings.simplefilter("ignore")
settings.PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}" for name in NAMES if hasattr(hashers, name)
]

RANDOM = random.Random(1)
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\t\n\0",
    "äöüßéèçñżźćІЇґпарольπάσσΣ",
    "密码パスワード비밀번호\u0301\u200d😀🔑\U0010ffff",
)


def text(characters):
    alphabets = RANDOM.sample(ALPHABETS, RANDOM.randint(1, len(ALPHABETS)))
    return "".join(RANDOM.choice("".join(alphabets)) for _ in range(characters))


def passwords(count):
    yield from ("", "\0", "pw", "a" * 71, "a" * 72, "a" * 73, "é" * 36, "é" * 37, "x" * 4096)
    for _ in range(count):
        password = text(int(4096 ** RANDOM.random()))
        yield password.encode()[:4096].decode(errors="ignore")


def verdict(password, encoded):
    try:
        return hashers.check_password(password, encoded)
    except Exception:
        return "error"


def written(password):
    """The password as each hasher writes it, with little work."""
    salt = "".join(RANDOM.choice(ALPHABETS[0]) for _ in range(RANDOM.choice((1, 8, 12, 22, 40))))
    low = hashers.PBKDF2PasswordHasher().encode(password, salt, RANDOM.randint(1, 50))
    yield low
    yield hashers.PBKDF2SHA1PasswordHasher().encode(password, salt, RANDOM.randint(1, 50))
    yield hashers.PBKDF2PasswordHasher().encode(password, "sält " + salt, 2)
    yield hashers.MD5PasswordHasher().encode(password, salt)
    n, r, p = RANDOM.choice(((2, 1, 1), (4, 8, 1), (1024, 8, 5), (16, 3, 7), (2048, 2, 2)))
    yield hashers.ScryptPasswordHasher().encode(password, salt, n, r, p)
    import argon2.low_level as argon2

    lanes = RANDOM.randint(1, 4)
    argon2_hash = argon2.hash_secret(
        password.encode(),
        (salt + "saltsalt").encode(),
        time_cost=RANDOM.randint(1, 3),
        memory_cost=8 * lanes + RANDOM.randint(0, 50),
        parallelism=lanes,
        hash_len=RANDOM.choice((4, 16, 32, 64, 100)),
        type=RANDOM.choice(tuple(argon2.Type)),
        version=RANDOM.choice((16, 19)),
    ).decode()
    yield "argon2" + argon2_hash
    yield "argon2" + argon2_hash.replace("$v=16", "")
    import bcrypt

    raw = base64.b64encode(RANDOM.randbytes(16)).decode().rstrip("=")
    to_bcrypt = str.maketrans(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    )
    setting = f"$2{RANDOM.choice('abxy')}$04${raw.translate(to_bcrypt)}".encode()
    yield hashers.BCryptSHA256PasswordHasher().encode(password, setting)
    try:
        yield hashers.BCryptPasswordHasher().encode(password, setting)
    except ValueError:  # more than 72 bytes
        yield "bcrypt$" + bcrypt.hashpw(password.encode()[:72], setting).decode()
    if hasattr(hashers, "SHA1PasswordHasher"):
        yield hashers.SHA1PasswordHasher().encode(password, salt)
        yield hashers.UnsaltedSHA1PasswordHasher().encode(password, "")
        unsalted = hashers.UnsaltedMD5PasswordHasher().encode(password, "")
        yield unsalted
        yield "md5$$" + unsalted


def bent(encoded):
    """The hash with one thing wrong: a character, a field."""
    yield encoded[:-1]
    yield encoded + RANDOM.choice("A=$ \n")
    at = RANDOM.randrange(len(encoded))
    yield encoded[:at] + RANDOM.choice("A0$=,z") + encoded[at + 1 :]
    fields = encoded.split("$")
    at = RANDOM.randrange(len(fields))
    yield "$".join(fields[:at] + fields[at + 1 :])
    yield "$".join(fields[:at] + [RANDOM.choice(("", "0", "00", "x", "-1", "é"))] + fields[at + 1 :])
    yield "$".join(fields[:at] + [fields[at]] + fields[at:])


def corpus():
    yield from (("", ""), ("x", "!"), ("x", "!x"), ("", "!"), ("x", "x"), ("x", "unknown$x"))
    for password in passwords(60):
        for encoded in written(password):
            yield password, encoded
            yield password + "x", encoded
            # Django raises on more than 72 bytes before it finds that the hash is broken.
            if not (encoded.startswith("bcrypt$") and len(password.encode()) > 72):
                for broken in bent(encoded):
                    yield password, broken


def check():
    for line in sys.stdin:
        row = json.loads(line)
        row["verdict"] = verdict(row["password"], row["encoded"])
        row["must_update"] = hashers.identify_hasher(row["encoded"]).must_update(row["encoded"])
        print(json.dumps(row))


def cheap(encoded):
    """A field that was put in another's place may ask for hours of work."""
    return not any(len(field) > 5 and field.isdigit() for field in encoded.split("$"))


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        check()
    else:
        # What Django only does to take longer, and a count of 0 that stands for the default.
        hashers.make_password = lambda *_: None
        hashers.PBKDF2PasswordHasher.harden_runtime = lambda *_: None
        hashers.PBKDF2PasswordHasher.iterations = 1000
        for password, encoded in filter(lambda row: cheap(row[1]), corpus()):
            row = {"password": password, "encoded": encoded, "verdict": verdict(password, encoded)}
            print(json.dumps(row))
