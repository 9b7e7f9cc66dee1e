"""What a Django project would do instead: `peers.py tokens|users|list|writer ARGUMENT…`."""

import json
import os
import random
import signal
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "benchsite.settings"

import django

django.setup()

from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token


def tokens(count):
    """A token for each of the first users: a loop of `get_or_create` in one transaction."""
    with transaction.atomic():
        for user in User.objects.order_by("pk")[: int(count)].iterator():
            token, _ = Token.objects.get_or_create(user=user)
            print(user.username, token.key, sep="\t")


def users(path):
    """A user for every line of a file."""
    with open(path, encoding="utf-8") as file, transaction.atomic():
        for line in file:
            User.objects.create_user(**json.loads(line))


def time_of(value):
    """A time as DRF writes it."""
    return value and value.isoformat().replace("+00:00", "Z")


def listing():
    """The tokens and their users, as `drfctl list --format jsonl` prints them."""
    found = Token.objects.select_related("user").order_by("user__username")
    for token in found.iterator():
        user = token.user
        row = {
            "username": user.username,
            "user_id": user.pk,
            "email": user.email,
            "is_active": user.is_active,
            "is_staff": user.is_staff,
            "is_superuser": user.is_superuser,
            "last_login": time_of(user.last_login),
            "key_prefix": token.key[:8],
            "created": time_of(token.created),
        }
        sys.stdout.write(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n")


def writer(path, count):
    """A live server: logs random users in until SIGTERM, then writes how long each took.

    A login stores its time, and returns the token as `obtain_auth_token` does.
    """
    ends = []
    signal.signal(signal.SIGTERM, lambda *_: ends.append(True))
    log = []
    generator = random.Random(1)
    print("ready", flush=True)
    while not ends:
        start = time.monotonic()
        error = None
        user = generator.randint(1, int(count))
        try:
            User.objects.filter(pk=user).update(last_login=timezone.now())
            Token.objects.get_or_create(user_id=user)
        except OperationalError as problem:
            error = str(problem)
        log.append((start, time.monotonic() - start, error))
    with open(path, "w", encoding="utf-8") as file:
        json.dump(log, file)


if __name__ == "__main__":
    {"tokens": tokens, "users": users, "list": listing, "writer": writer}[sys.argv[1]](
        *sys.argv[2:]
    )
