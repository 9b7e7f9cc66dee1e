"""Makes databases that Django's `migrate APP NAME` left half-way, with rows in every table.

    APPS=tokens python states.py DIRECTORY [STRIDE [OFFSET]]

For every state of contenttypes, auth and authtoken that their dependencies allow (or every
STRIDE-th of them, from the OFFSET-th) there are two files: the state, and what Django's
`migrate` makes of a copy. One JSON line each says their paths.
"""

import itertools
import json
import os
import shutil
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"

import django

django.setup()

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

APPS = ("contenttypes", "auth", "authtoken")

# One row a table and more; of each row only the columns that the state has are written.
ROWS = [
    ("django_content_type", {"id": 900, "name": "entry", "app_label": "blog", "model": "entry"}),
    ("auth_permission", {"id": 900, "name": "Can publish", "content_type_id": 900, "codename": "publish"}),
    ("auth_group", {"id": 7, "name": "editors"}),
    ("auth_group_permissions", {"id": 70, "group_id": 7, "permission_id": 900}),
    *(
        (
            "auth_user",
            {
                "id": number,
                "password": password,
                "last_login": "2024-02-03 04:05:06.789012",
                "is_superuser": number == 3,
                "username": username,
                "first_name": "Zoë",
                "last_name": "O'Brien",
                "email": f"{username}@example.com",
                "is_staff": number != 11,
                "is_active": number != 5,
                "date_joined": "2024-01-02 03:04:05",
            },
        )
        for number, username, password in (
            (3, "alice", "pbkdf2_sha256$600000$salt$aGFzaA=="),
            (5, "bøb", "!unusable"),
            (11, "carol", ""),
        )
    ),
    ("auth_user_groups", {"id": 71, "user_id": 3, "group_id": 7}),
    ("auth_user_user_permissions", {"id": 72, "user_id": 5, "permission_id": 900}),
    ("authtoken_token", {"key": "a" * 40, "created": "2024-01-02 03:04:05.000006", "user_id": 3}),
    ("authtoken_token", {"key": "b" * 40, "created": "2024-01-02 03:04:05", "user_id": 5}),
]


def reachable():
    """How many migrations of each app are applied, for every state that Django can leave."""
    graph = MigrationLoader(None).graph
    names = [sorted(name for app, name in graph.nodes if app == label) for label in APPS]
    for state in itertools.product(*(range(len(own) + 1) for own in names)):
        applied = {
            (label, name)
            for label, own, count in zip(APPS, names, state)
            for name in own[:count]
        }
        needed = {parent.key for key in applied for parent in graph.node_map[key].parents}
        if needed <= applied:
            yield state


def migrate(path, *target):
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    # It remembers the rows of the last database.
    ContentType.objects.clear_cache()
    call_command("migrate", *target, verbosity=0)
    connection.close()


def make(directory, state):
    """The state without rows, from a copy of the state that lacks its last app."""
    path = directory / ("-".join(map(str, state)) + ".sqlite3")
    if path.exists():
        return path
    last = max((index for index, count in enumerate(state) if count), default=None)
    if last is None:
        path.touch()
        return path
    base = make(directory, (*state[:last], 0, *state[last + 1 :]))
    shutil.copy(base, path)
    migrate(path, APPS[last], f"{state[last]:04}")
    return path


def fill(path):
    connection.settings_dict["NAME"] = str(path)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table, row in ROWS:
            if table not in tables:
                continue
            columns = [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            ]
            row = {name: value for name, value in row.items() if name in columns}
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
                list(row.values()),
            )
    connection.close()


def main(directory, stride="1", offset="0"):
    directory = Path(directory)
    bare = directory / "bare"
    bare.mkdir(parents=True)
    for state in itertools.islice(reachable(), int(offset), None, int(stride)):
        name = "-".join(map(str, state))
        before = directory / f"{name}.before.sqlite3"
        after = directory / f"{name}.after.sqlite3"
        shutil.copy(make(bare, state), before)
        fill(before)
        shutil.copy(before, after)
        migrate(after)
        name = ", ".join(f"{app} {count}" for app, count in zip(APPS, state))
        print(json.dumps({"name": name, "before": str(before), "after": str(after)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
