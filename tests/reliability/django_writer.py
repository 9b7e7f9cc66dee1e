"""A writer as Django is one, beside the commands under test.

usage: django_writer.py DATABASE HOW [ROUNDS]

HOW is `loop` (autocommit updates), `atomic` (read, then write, in a transaction begun DEFERRED,
as ATOMIC_REQUESTS makes it) or `tokens` (get or create a token the same way: the control, which
has to fail where the transaction begins IMMEDIATE in drfctl). Writes until stdin is closed, or
for so many rounds; then prints how many writes there were and how many failed.
"""

import secrets
import select
import sqlite3
import sys
import time

database, how, *rounds = sys.argv[1:]
left = int(rounds[0]) if rounds else None
# Django's own settings.
connection = sqlite3.connect(database, timeout=5.0, isolation_level=None)
writes = errors = 0


def loop():
    # Another value each time: SQLite does not write a row that is what it was.
    connection.execute("UPDATE auth_user SET last_name = hex(randomblob(8)) WHERE id = 1")


def atomic():
    connection.execute("BEGIN")
    (name,) = connection.execute("SELECT last_name FROM auth_user WHERE id = 1").fetchone()
    time.sleep(0.001)
    name = name[-8:] + secrets.token_hex(4)
    connection.execute("UPDATE auth_user SET last_name = ? WHERE id = 1", (name,))
    connection.execute("COMMIT")


def tokens():
    connection.execute("BEGIN")
    connection.execute("SELECT key FROM authtoken_token WHERE user_id = 1").fetchone()
    # What a view does between two queries.
    time.sleep(0.005)
    connection.execute("DELETE FROM authtoken_token WHERE user_id = 1")
    connection.execute(
        "INSERT INTO authtoken_token VALUES (?, '2026-01-01 00:00:00', 1)",
        (secrets.token_hex(20),),
    )
    connection.execute("COMMIT")


write = {"loop": loop, "atomic": atomic, "tokens": tokens}[how]
print("ready", flush=True)
while left is None or writes + errors < left:
    if left is None and select.select([sys.stdin], [], [], 0)[0]:
        break
    try:
        write()
        writes += 1
    except sqlite3.OperationalError:
        errors += 1
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    time.sleep(0.002)
print(writes, errors, flush=True)
