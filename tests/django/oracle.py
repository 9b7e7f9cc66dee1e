"""Answers what Django makes of the database: one JSON request a line, one JSON answer a line.

A request names a function below as "op"; its other keys are the arguments. The answer is
{"answer": …}, or {"error": "…"} where the function raised.
"""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"

import django

django.setup()

from django.contrib.auth import get_user_model, hashers
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from rest_framework.authtoken.models import Token

User = get_user_model()


def user(username):
    """Every field of the user but the relations, as Django reads them back."""
    found = User.objects.get_by_natural_key(username)
    return {field.attname: field.value_from_object(found) for field in User._meta.fields}


def create_user(**fields):
    return User.objects.create_user(**fields).pk


def check_password(username, password):
    # Not `user.check_password`: that one would write a newer hash to the row.
    stored = User.objects.get_by_natural_key(username).password
    return hashers.check_password(password, stored)


def must_update(username):
    """Whether the server would write the hash anew at the user's next login."""
    stored = User.objects.get_by_natural_key(username).password
    used, preferred = hashers.identify_hasher(stored), hashers.get_hasher()
    return used.algorithm != preferred.algorithm or preferred.must_update(stored)


def full_clean():
    """What Django's own validation finds in the rows of users and tokens."""
    errors = []
    for row in [*User.objects.all(), *Token.objects.all()]:
        try:
            row.full_clean()
        except ValidationError as error:
            errors.append([str(row), error.message_dict])
    return errors


def tokens():
    """The key of every user that has one, by the name the user logs in with."""
    return {
        token.user.get_username(): token.key
        for token in Token.objects.select_related("user")
    }


def create_token_in_admin(username):
    """Adds a token on the admin's page, as a superuser who is logged in there."""
    root, _ = User.objects.get_or_create(username="root", is_staff=True, is_superuser=True)
    owner = User.objects.get_by_natural_key(username)
    client = Client()
    client.force_login(root)
    response = client.post("/admin/authtoken/tokenproxy/add/", {"user": owner.pk})
    if response.status_code != 302:
        raise RuntimeError(response.content.decode())
    return Token.objects.get(user=owner).key


def pending():
    """What `migrate` would apply; an inconsistent history is an error, as it is there."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(app=None):
    call_command("migrate", *([app] if app else []), verbosity=0)


OPERATIONS = {
    operation.__name__: operation
    for operation in (
        user,
        create_user,
        check_password,
        must_update,
        full_clean,
        tokens,
        create_token_in_admin,
        pending,
        migrate,
    )
}


def answer(op, database=connection.settings_dict["NAME"], **arguments):
    connection.settings_dict["NAME"] = database
    try:
        return {"answer": OPERATIONS[op](**arguments)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        # Nothing stays from one request to the next, whose database may be another.
        connection.close()
        ContentType.objects.clear_cache()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line)), cls=DjangoJSONEncoder), flush=True)
