"""Passwords with the verdicts of Django's four default validators, to compare
`django::validators` with.

Prints JSON lines {"password", "attributes": [[verbose name, value], ...], "messages": [...]}.
Always the same lines for the same Python, whose Unicode says which characters there are.
"""

import json
import random
import unicodedata

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ],
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.contrib.auth.password_validation import (  # noqa: E402
    CommonPasswordValidator,
    validate_password,
)
from django.core.exceptions import ValidationError  # noqa: E402

RANDOM = random.Random(1)
FIELDS = ("username", "first_name", "last_name", "email")
COMMON = sorted(CommonPasswordValidator().passwords)
DIGITS = [chr(c) for c in range(0x110000) if chr(c).isnumeric()]
ASSIGNED = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cs", "Cn")]
SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\u3000\u200b\ufeff"
NAMES = (
    "alice", "Bob", "testclient", "jean-luc", "o'brien", "müller", "Ἀλέξανδρος", "ΟΔΥΣΣΕΥΣ",
    "İstanbul", "straße", "李小龍", "user_name", "a.b.c", "x", "administrator", "maría josé",
    "deploy-bot@ci", "e\u0301milie", "½cup", "ǅordan", "ﬁnn", "Ⅳ",
)  # fmt: skip


def attributes():
    username, first, last = RANDOM.choices(NAMES, k=3)
    email = f"{RANDOM.choice((username, first + '.' + last))}@{RANDOM.choice(('example.com', 'x.org'))}"
    # Any of them may be empty, as in most service accounts.
    return [value if RANDOM.random() < 0.75 else "" for value in (username, first, last, email)]


def mutation(value):
    value = list(value or "secret")
    for _ in range(RANDOM.randint(0, 5)):
        at = RANDOM.randrange(len(value) + 1)
        match RANDOM.randint(0, 4):
            case 0:
                value.insert(at, RANDOM.choice("abcxyz019_-.@ "))
            case 1 if len(value) > 1:
                value.pop(at % len(value))
            case 2:
                RANDOM.shuffle(value)
            case 3:
                value = [RANDOM.choice((c.upper(), c.lower(), c)) for c in value]
            case 4:
                value += RANDOM.choices("0123456789abcdef", k=RANDOM.randint(1, 12))
    return "".join(value)


def password(values):
    match RANDOM.randint(0, 8):
        case 0 | 1 | 2:
            return mutation(RANDOM.choice(values))
        case 3:
            return RANDOM.choice(COMMON)
        case 4:
            common = RANDOM.choice(COMMON)
            around = [RANDOM.choice(("", RANDOM.choice(SPACES))) for _ in range(2)]
            return around[0] + RANDOM.choice((common, common.upper(), common.title())) + around[1]
        case 5:
            return "".join(RANDOM.choices(DIGITS, k=RANDOM.randint(1, 12)))
        case 6:
            return "".join(RANDOM.choices("0123456789²①٣", k=RANDOM.randint(0, 12)))
        case 7:
            return "".join(RANDOM.choices(ASSIGNED, k=RANDOM.randint(0, 20)))
        case _:
            return RANDOM.choice(values)[:3] * RANDOM.randint(1, 40)


def corpus():
    nobody = [""] * 4
    # Every numeric character alone, and every sigma.
    yield from ((digit, nobody) for digit in DIGITS)
    yield from ((digit * 8, nobody) for digit in DIGITS)
    for word in ("ΑΣ", "ΑΣ1", "Σ", "ΑΣ.", "ΑΣ'Α", "Α\u00adΣ", "ΑΣ\u0301"):
        yield word * 3, [word, "", "", ""]
        yield word.lower() * 3, [word, "", "", ""]
    yield from ((common, nobody) for common in RANDOM.sample(COMMON, 1000))
    for _ in range(8000):
        values = attributes()
        yield password(values), values


def messages(secret, user):
    try:
        validate_password(secret, user)
    except ValidationError as error:
        return error.messages
    return []


if __name__ == "__main__":
    labels = [str(User._meta.get_field(field).verbose_name) for field in FIELDS]
    for secret, values in corpus():
        user = User(**dict(zip(FIELDS, values)))
        row = {
            "password": secret,
            "attributes": list(zip(labels, values)),
            "messages": messages(secret, user),
        }
        print(json.dumps(row))
