"""The databases that are measured, and what their own clients run instead of drfctl.

A server is started for the run, as an unprivileged user in a directory of its own; it goes with
this process, however that ends.
"""

import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import HERE, SITE, WORK, measured

PYTHON = WORK / "venv" / "bin" / "python"
SOMEBODY = "user0000500"
USER_COLUMNS = "username, {users}.id, email, is_active, is_staff, is_superuser"

# Waits for the end of its stdin, which comes with the end of this process.
KEEPER = """
signal=$1 directory=$2
shift 2
"$@" </dev/null >>log 2>&1 &
read -r _
kill -s "$signal" $!
wait $!
cd /
exec rm -rf "$directory"
"""


def django(engine, database, *words):
    """A command line of Django, and its environment."""
    return [PYTHON, SITE / words[0], *words[1:]], {"BENCH_DATABASE": engine.url(database)}


def install(requirements):
    """Makes Django's environment, or adds to it."""
    stamp = WORK / "venv" / "requirements.txt"
    installed = stamp.read_text().splitlines() if stamp.exists() else []
    if missing := sorted(set(requirements) - set(installed)):
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
        pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run(pip + missing, check=True)
        stamp.write_text("\n".join(installed + missing))
    # A copy, so that no bytecode lands beside the sources.
    shutil.copytree(HERE / "django", SITE, dirs_exist_ok=True)


def program(name, *directories):
    """The path of a program; the directories come before PATH."""
    places = [*map(str, directories), os.environ["PATH"], "/usr/sbin"]
    return shutil.which(name, path=os.pathsep.join(places)) or sys.exit(f"`{name}` is not on PATH")


class Engine:
    """What all engines share: the SQL that each of them takes."""

    requirements = ["Django==5.2.*", "djangorestframework==3.18.*", "argon2-cffi"]
    # `key` as a column, a new key, and what makes a statement skip users who have a token.
    key = "key"
    insert, unless_there = "INSERT", "WHERE true ON CONFLICT DO NOTHING"

    def __init__(self, names):
        self.names = names
        self.made = {}

    def lookup(self):
        """What `create-token` asks for a user with a token."""
        columns = USER_COLUMNS.format(users="auth_user")
        return (
            f"SELECT {columns} FROM auth_user WHERE username = '{SOMEBODY}'; "
            f"SELECT {self.key}, created FROM authtoken_token WHERE user_id = "
            f"(SELECT id FROM auth_user WHERE username = '{SOMEBODY}');"
        )

    def tokens(self, beside_a_server=False):
        """A token for every user in one statement."""
        insert = self.insert if beside_a_server else "INSERT"
        unless_there = self.unless_there if beside_a_server else ""
        return (
            f"{insert} INTO authtoken_token ({self.key}, created, user_id) "
            f"SELECT {self.random_key}, '2026-01-02 03:04:05.678901', id FROM auth_user "
            f"{unless_there}"
        )

    def listing(self):
        """What `list` asks."""
        columns = USER_COLUMNS.format(users="auth_user")
        return (
            f"SELECT {columns}, last_login, substr({self.key}, 1, 8), created "
            "FROM authtoken_token JOIN auth_user ON auth_user.id = user_id ORDER BY username"
        )

    def many_users(self, count):
        """So many users."""
        # 2017 is a prime: in the order of the ids, the names then jump about.
        number = "i" if self.names == "sorted" else f"(i * 2017) % {count}"
        name = f"'user' || substr('' || (10000000 + {number}), 2)"
        password = "pbkdf2_sha256$1000000$ohthatsixteenpinchsalt$" + "x" * 43 + "="
        return (
            "INSERT INTO auth_user (password, last_login, is_superuser, username, last_name,"
            " email, is_staff, is_active, date_joined, first_name) "
            "WITH RECURSIVE n (i) AS "
            f"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            f"SELECT '{password}', '2026-01-02 03:04:05.678901', false, {name}, 'Doe', "
            f"{name} || '@example.com', false, true, '2025-01-02 03:04:05.678901', 'Jo' FROM n;"
        )

    def users(self, count, with_tokens=False):
        """A database with so many users, which is made once."""
        name = f"users_{count}_{self.names}{'_tokens' if with_tokens else ''}"
        if name not in self.made:
            self.made[name] = self.make(name, count, with_tokens)
        return self.made[name]

    def migrate(self, database):
        """Has Django make the tables."""
        command, variables = django(self, database, "manage.py", "migrate")
        measured(command, **variables)

    def count_tokens(self, database):
        """How many tokens there are."""
        command = self.client(database, "SELECT count(*) FROM authtoken_token")
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


class Sqlite(Engine):
    """A file. Kept between runs, and copied before anything writes to it."""

    name = "SQLite"
    client_name = "`sqlite3`"
    export_name = "`sqlite3`"
    # What a benchmark beside a live server is run on: a label, and the SQL that sets it up.
    modes = {
        "SQLite, DELETE": "PRAGMA journal_mode = delete",
        "SQLite, WAL": "PRAGMA journal_mode = wal",
    }
    random_key = "lower(hex(randomblob(20)))"

    def start(self):
        """Finds the shell: there is no server."""
        self.shell = program("sqlite3")

    def end(self):
        """The files stay for the next run."""

    def url(self, database):
        """What drfctl and Django call it."""
        return str(database)

    def client(self, database, sql):
        """A command line of the shell, without its user's start file."""
        return [self.shell, "-batch", "-init", "/dev/null", str(database), sql]

    def lookup(self):
        """With what drfctl sets for each connection."""
        return "PRAGMA foreign_keys = ON; PRAGMA synchronous = EXTRA; " + super().lookup()

    def tokens(self, beside_a_server=False):
        """With drfctl's default timeout."""
        wait = "PRAGMA busy_timeout = 30000; " if beside_a_server else ""
        return wait + super().tokens(beside_a_server)

    def export(self, database):
        """The client's command line for `list`."""
        return self.client(database, self.listing())

    def empty(self):
        """A database without users."""
        if not (WORK / "empty.sqlite3").exists():
            self.migrate(WORK / "new.sqlite3")
            (WORK / "new.sqlite3").rename(WORK / "empty.sqlite3")
        return WORK / "empty.sqlite3"

    def make(self, name, count, with_tokens):
        """Makes the file, unless an earlier run did."""
        file = WORK / f"{name}.sqlite3"
        if file.exists():
            return file
        new = WORK / "new.sqlite3"
        shutil.copy(self.empty(), new)
        connection = sqlite3.connect(new)
        connection.executescript("PRAGMA synchronous = OFF;" + self.many_users(count))
        if with_tokens:
            connection.executescript(self.tokens())
        connection.close()
        os.chmod(new, 0o600)
        return new.rename(file)

    def to_write(self, database):
        """A copy to write to, with nothing left to write back."""
        for file in WORK.glob("work.sqlite3*"):
            file.unlink()
        shutil.copy(database, WORK / "work.sqlite3")
        os.sync()
        return WORK / "work.sqlite3"


class Server(Engine):
    """A server of the run's own, and databases that go with it."""

    def start(self):
        """Starts the server and waits until it answers."""
        self.home = Path(tempfile.mkdtemp(prefix="drfctl-bench-"))
        self.owner = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
            self.owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        command = self.server()
        self.keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "sh", self.stop, self.home, *command],
            stdin=subprocess.PIPE,
            cwd=self.home,
            start_new_session=True,
            **self.owner,
        )
        for _ in range(600):
            answer = subprocess.run(self.client(self.system, "SELECT 1"), capture_output=True)
            if answer.returncode == 0:
                return
            time.sleep(0.1)
        sys.exit(f"{self.name} did not start:\n{(self.home / 'log').read_text()}")

    def end(self):
        """Ends the server and removes its directory."""
        self.keeper.stdin.close()
        self.keeper.wait()

    def in_home(self, command):
        """Runs a command as the server's user."""
        done = subprocess.run(command, cwd=self.home, capture_output=True, text=True, **self.owner)
        if done.returncode != 0:
            sys.exit(f"{command[0]}:\n{done.stdout}{done.stderr}")

    def run(self, database, *statements):
        """Runs statements with the client, each in a transaction of its own."""
        for sql in statements:
            subprocess.run(self.client(database, sql), check=True, stdout=subprocess.DEVNULL)

    def make(self, name, count, with_tokens):
        """Makes the database, with statistics."""
        self.run(self.system, f"CREATE DATABASE {name}")
        self.migrate(name)
        self.run(name, *self.prepare, self.many_users(count))
        if with_tokens:
            self.run(name, self.tokens())
        self.run(name, *self.settle)
        return name

    def to_write(self, database):
        """The same database without its tokens, and with nothing left to write back."""
        self.run(database, "TRUNCATE authtoken_token", *self.flush)
        return database


class Postgres(Server):
    """PostgreSQL: the newest one in Debian's place, else the one on PATH."""

    name = "PostgreSQL"
    client_name = "`psql -c`"
    export_name = "`COPY … TO STDOUT`"
    modes = {"PostgreSQL": "SELECT 1"}
    requirements = Engine.requirements + ["psycopg[binary]==3.3.*", "dj-database-url==3.*"]
    random_key = "encode(gen_random_bytes(20), 'hex')"
    system = "postgres"
    stop = "INT"
    prepare = ["CREATE EXTENSION pgcrypto"]
    settle = ["VACUUM ANALYZE", "CHECKPOINT"]
    flush = ["CHECKPOINT"]

    def server(self):
        """Makes the directory of data, and says how to start the server."""
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        # What is on PATH may be a wrapper that takes its time.
        self.psql = program("psql", *reversed(versions))
        binaries = Path(self.psql).resolve().parent
        data = self.home / "data"
        self.in_home([program("initdb", binaries), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                      "--locale=C.UTF-8", "--no-sync", "-D", data])
        settings = ["listen_addresses=", "timezone=UTC", "shared_buffers=512MB",
                    "max_wal_size=4GB"]
        options = [word for setting in settings for word in ("-c", setting)]
        return [program("postgres", binaries), "-D", data, "-k", self.home, *options]

    def url(self, database):
        """Over the socket."""
        return f"postgres://postgres@{str(self.home).replace('/', '%2F')}/{database}"

    def client(self, database, sql):
        """A command line of `psql`, without its user's start file."""
        return [self.psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                self.url(database), "-c", sql]

    def export(self, database):
        """The client's command line for `list`."""
        return self.client(database, f"COPY ({self.listing()}) TO STDOUT")


class Mariadb(Server):
    """MariaDB."""

    name = "MariaDB"
    client_name = "`mariadb -e`"
    export_name = "`mariadb --quick`"
    modes = {"MariaDB": "SELECT 1"}
    requirements = Engine.requirements + ["mysqlclient==2.*", "dj-database-url==3.*"]
    key = "`key`"
    insert, unless_there = "INSERT IGNORE", ""
    random_key = "lower(hex(random_bytes(20)))"
    system = "mysql"
    stop = "TERM"
    prepare = []
    settle = ["ANALYZE TABLE auth_user, authtoken_token"]
    flush = []

    def server(self):
        """Makes the directory of data, and says how to start the server."""
        self.mariadb = program("mariadb")
        self.in_home([program("mariadb-install-db"), "--no-defaults", "--skip-test-db",
                      "--auth-root-authentication-method=normal",
                      f"--datadir={self.home / 'data'}"])
        files = [f"--{option}={self.home / file}"
                 for option, file in [("datadir", "data"), ("socket", "sock"), ("pid-file", "pid")]]
        return [program("mariadbd"), "--no-defaults", *files, "--skip-networking",
                "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci",
                "--innodb-buffer-pool-size=512M", "--innodb-log-file-size=512M"]

    def url(self, database):
        """Over the socket."""
        return f"mysql://root@localhost/{database}?unix_socket={self.home / 'sock'}"

    def client(self, database, sql, *options):
        """A command line of `mariadb`."""
        return [self.mariadb, "--no-defaults", "--batch", "--skip-column-names", *options,
                "--user=root", f"--socket={self.home / 'sock'}", "-e", sql, database]

    def many_users(self, count):
        """With standard SQL's `||`, and recursion without end."""
        return (
            "SET sql_mode = 'PIPES_AS_CONCAT', max_recursive_iterations = 4294967295; "
            + super().many_users(count)
        )

    def export(self, database):
        """The client's command line for `list`."""
        return self.client(database, self.listing(), "--quick")


ENGINES = {"sqlite": Sqlite, "postgresql": Postgres, "mariadb": Mariadb}
