
use builtin;
use str;

set edit:completion:arg-completer[drfctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'drfctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'drfctl'= {
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand -f 'Output format (see each command''s help)'
            cand --format 'Output format (see each command''s help)'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
            cand -V 'Print version'
            cand --version 'Print version'
            cand migrate 'Create or update the tables for users and tokens'
            cand create-user 'Create a user, or update an existing one'
            cand create-token 'Get or create users'' tokens, and print the keys'
            cand revoke 'Revoke users'' tokens'
            cand list 'List users and their tokens'
            cand verify 'Check a token or password as the server would, offline'
            cand set-password 'Set a user''s password'
            cand update-user 'Change a user''s fields, flags and groups'
            cand show 'Show everything about a user'
            cand delete-user 'Delete users, with their tokens and group memberships'
            cand doctor 'Check the database for problems'
            cand completions 'Print a shell completion script'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'drfctl;migrate'= {
            cand -f 'Output format'
            cand --format 'Output format'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand --plan 'Print the missing migrations, and apply nothing'
            cand --check 'Like `--plan`, and exit with 1 if anything is missing'
            cand --sql 'Print the SQL, and run nothing; not with `--format json`'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;create-user'= {
            cand --from 'Read users from JSON or CSV (`-`: stdin)'
            cand --email 'E-mail address'
            cand --first-name 'First name'
            cand --last-name 'Last name'
            cand --group 'Add the user to an existing group (repeatable)'
            cand --set 'Set a column of a custom user model (repeatable)'
            cand --if-exists 'What to do if the user exists'
            cand --out 'Write to this file instead of stdout'
            cand --owner 'Owner of the file: the user of the service that reads it'
            cand -f 'Output format'
            cand --format 'Output format'
            cand --password-file 'Read the password from a file'
            cand --password-env 'Read the password from this environment variable'
            cand --hasher 'Hash algorithm [default: that of most of the newest passwords, else `pbkdf2_sha256`]'
            cand --iterations 'PBKDF2 iterations [default: those of the newest passwords in the database, else Django''s]'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand --staff 'Let the user log in to the admin'
            cand --superuser 'Give the user all permissions, and staff status'
            cand --inactive 'Create an inactive user, whose login and token the server refuses'
            cand --token 'Get or create the user''s token, and print it'
            cand --password-stdin 'Read the password from stdin'
            cand --no-password 'Set an unusable password'
            cand --hashed 'The input is a Django password hash: store it unchanged'
            cand --allow-weak-password 'Skip password validation'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;create-token'= {
            cand --reset-older-than 'Replace keys older than this (`90d`)'
            cand --key-file 'Use the key in this file (`-` for stdin) instead of a random one; for one user'
            cand --key-env 'Use the key in this environment variable instead of a random one; for one user'
            cand --out 'Write to this file instead of stdout'
            cand --owner 'Owner of the file: the user of the service that reads it'
            cand -f 'Output format'
            cand --format 'Output format'
            cand --from 'Read user names from this file (`-`: stdin)'
            cand --older-than 'Tokens older than this (`90d`, `12h`)'
            cand --last-login-before 'Users who last logged in longer ago than this'
            cand --group 'Users in this group'
            cand --username 'Users whose name matches this pattern (`ci-*`)'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand --skip-missing 'Skip users that do not exist'
            cand -r 'Replace existing keys'
            cand --reset 'Replace existing keys'
            cand --with-keys 'Take the keys from the file of `--from`, with their times'
            cand -n 'Show what would change, and change nothing'
            cand --dry-run 'Show what would change, and change nothing'
            cand -y 'Do not ask before resetting tokens chosen by `--all` or filters'
            cand --yes 'Do not ask before resetting tokens chosen by `--all` or filters'
            cand --all 'All users, or all that match the filters'
            cand --never-logged-in 'Users who never logged in'
            cand --active 'Active users'
            cand --inactive 'Inactive users'
            cand --staff 'Staff: users who may log in to the admin'
            cand --superuser 'Superusers'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;revoke'= {
            cand --key-file 'Revoke the leaked keys in this file, one per line (`-`: stdin)'
            cand -f 'Output format'
            cand --format 'Output format'
            cand --from 'Read user names from this file (`-`: stdin)'
            cand --older-than 'Tokens older than this (`90d`, `12h`)'
            cand --last-login-before 'Users who last logged in longer ago than this'
            cand --group 'Users in this group'
            cand --username 'Users whose name matches this pattern (`ci-*`)'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -y 'Do not ask, with `--all` or filters'
            cand --yes 'Do not ask, with `--all` or filters'
            cand -n 'Show what would be revoked, and change nothing'
            cand --dry-run 'Show what would be revoked, and change nothing'
            cand --all 'All users, or all that match the filters'
            cand --never-logged-in 'Users who never logged in'
            cand --active 'Active users'
            cand --inactive 'Inactive users'
            cand --staff 'Staff: users who may log in to the admin'
            cand --superuser 'Superusers'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;list'= {
            cand --sort 'Sort order'
            cand --limit 'Print at most this many rows'
            cand -f 'Output format'
            cand --format 'Output format'
            cand --older-than 'Tokens older than this (`90d`, `12h`)'
            cand --last-login-before 'Users who last logged in longer ago than this'
            cand --group 'Users in this group'
            cand --username 'Users whose name matches this pattern (`ci-*`)'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand --all-users 'Also list users without a token'
            cand --without-token 'List only users without a token'
            cand --show-keys 'Show whole keys'
            cand --never-logged-in 'Users who never logged in'
            cand --active 'Active users'
            cand --inactive 'Inactive users'
            cand --staff 'Staff: users who may log in to the admin'
            cand --superuser 'Superusers'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;verify'= {
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand -f 'Output format (see each command''s help)'
            cand --format 'Output format (see each command''s help)'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
            cand token 'Check a token as DRF''s TokenAuthentication does'
            cand password 'Check a password as DRF''s obtain_auth_token does'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'drfctl;verify;token'= {
            cand --key-file 'Read the key or the header from this file'
            cand -f 'Output format'
            cand --format 'Output format'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;verify;password'= {
            cand -f 'Output format'
            cand --format 'Output format'
            cand --password-file 'Read the password from a file'
            cand --password-env 'Read the password from this environment variable'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand --password-stdin 'Read the password from stdin'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;verify;help'= {
            cand token 'Check a token as DRF''s TokenAuthentication does'
            cand password 'Check a password as DRF''s obtain_auth_token does'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'drfctl;verify;help;token'= {
        }
        &'drfctl;verify;help;password'= {
        }
        &'drfctl;verify;help;help'= {
        }
        &'drfctl;set-password'= {
            cand -f 'Output format'
            cand --format 'Output format'
            cand --password-file 'Read the password from a file'
            cand --password-env 'Read the password from this environment variable'
            cand --hasher 'Hash algorithm [default: that of most of the newest passwords, else `pbkdf2_sha256`]'
            cand --iterations 'PBKDF2 iterations [default: those of the newest passwords in the database, else Django''s]'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand --revoke-token 'Revoke the user''s token as well'
            cand --reset-token 'Replace the user''s token as well, and print the new key'
            cand --password-stdin 'Read the password from stdin'
            cand --no-password 'Set an unusable password'
            cand --hashed 'The input is a Django password hash: store it unchanged'
            cand --allow-weak-password 'Skip password validation'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;update-user'= {
            cand --email 'E-mail address'
            cand --first-name 'First name'
            cand --last-name 'Last name'
            cand --rename 'Change the user name'
            cand --group 'Add the user to a group (repeatable)'
            cand --no-group 'Remove the user from a group (repeatable)'
            cand --set 'Set a column of a custom user model (repeatable)'
            cand -f 'Output format'
            cand --format 'Output format'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand --active 'Activate the user: allow the login and the token'
            cand --inactive 'Deactivate the user: refuse the login and the token'
            cand --staff 'Let the user log in to the admin'
            cand --no-staff 'Remove staff status'
            cand --superuser 'Give the user all permissions, and staff status'
            cand --no-superuser 'Remove superuser status'
            cand --revoke-token 'Revoke the user''s token as well'
            cand -y 'Do not ask before removing the last active superuser'
            cand --yes 'Do not ask before removing the last active superuser'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;show'= {
            cand --key-file 'Show the owner of the key in this file (`-`: stdin)'
            cand -f 'Output format'
            cand --format 'Output format'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;delete-user'= {
            cand -f 'Output format'
            cand --format 'Output format'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -n 'Show what would be deleted, and delete nothing'
            cand --dry-run 'Show what would be deleted, and delete nothing'
            cand -y 'Do not ask before deleting'
            cand --yes 'Do not ask before deleting'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;doctor'= {
            cand --older-than 'Also report tokens older than this (`90d`)'
            cand -f 'Output format'
            cand --format 'Output format'
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;completions'= {
            cand -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --database 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`'
            cand --user-table 'User table, if it cannot be detected'
            cand --username-field 'Column that users log in with, if it cannot be detected'
            cand --time-zone 'Time zone of the times in the database, for projects with `USE_TZ = False`'
            cand --timeout 'How long to wait for another writer (`90s`, `5m`)'
            cand --wait 'How long to wait for the database to exist and be migrated'
            cand -f 'Output format (see each command''s help)'
            cand --format 'Output format (see each command''s help)'
            cand --color 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -h 'Print help (`-h` for a summary)'
            cand --help 'Print help (`-h` for a summary)'
        }
        &'drfctl;help'= {
            cand migrate 'Create or update the tables for users and tokens'
            cand create-user 'Create a user, or update an existing one'
            cand create-token 'Get or create users'' tokens, and print the keys'
            cand revoke 'Revoke users'' tokens'
            cand list 'List users and their tokens'
            cand verify 'Check a token or password as the server would, offline'
            cand set-password 'Set a user''s password'
            cand update-user 'Change a user''s fields, flags and groups'
            cand show 'Show everything about a user'
            cand delete-user 'Delete users, with their tokens and group memberships'
            cand doctor 'Check the database for problems'
            cand completions 'Print a shell completion script'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'drfctl;help;migrate'= {
        }
        &'drfctl;help;create-user'= {
        }
        &'drfctl;help;create-token'= {
        }
        &'drfctl;help;revoke'= {
        }
        &'drfctl;help;list'= {
        }
        &'drfctl;help;verify'= {
            cand token 'Check a token as DRF''s TokenAuthentication does'
            cand password 'Check a password as DRF''s obtain_auth_token does'
        }
        &'drfctl;help;verify;token'= {
        }
        &'drfctl;help;verify;password'= {
        }
        &'drfctl;help;set-password'= {
        }
        &'drfctl;help;update-user'= {
        }
        &'drfctl;help;show'= {
        }
        &'drfctl;help;delete-user'= {
        }
        &'drfctl;help;doctor'= {
        }
        &'drfctl;help;completions'= {
        }
        &'drfctl;help;help'= {
        }
    ]
    $completions[$command]
}
