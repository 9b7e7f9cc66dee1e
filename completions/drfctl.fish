# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_drfctl_global_optspecs
    string join \n d/database= user-table= username-field= time-zone= timeout= wait= f/format= color= q/quiet h/help V/version
end

function __fish_drfctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_drfctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_drfctl_using_subcommand
    set -l cmd (__fish_drfctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c drfctl -n "__fish_drfctl_needs_command" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_needs_command" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_needs_command" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_needs_command" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_needs_command" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_needs_command" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_needs_command" -s f -l format -d 'Output format (see each command\'s help)' -r -f -a "text\t''
json\t''
jsonl\t''
key\t''
header\t''
env\t''
drf\t''
table\t''
csv\t''
tsv\t''
names\t''"
complete -c drfctl -n "__fish_drfctl_needs_command" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_needs_command" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_needs_command" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_needs_command" -s V -l version -d 'Print version'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "migrate" -d 'Create or update the tables for users and tokens'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "create-user" -d 'Create a user, or update an existing one'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "create-token" -d 'Get or create users\' tokens, and print the keys'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "revoke" -d 'Revoke users\' tokens'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "list" -d 'List users and their tokens'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "verify" -d 'Check a token or password as the server would, offline'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "set-password" -d 'Set a user\'s password'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "update-user" -d 'Change a user\'s fields, flags and groups'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "show" -d 'Show everything about a user'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "delete-user" -d 'Delete users, with their tokens and group memberships'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "doctor" -d 'Check the database for problems'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "completions" -d 'Print a shell completion script'
complete -c drfctl -n "__fish_drfctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON object'"
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l plan -d 'Print the missing migrations, and apply nothing'
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l check -d 'Like `--plan`, and exit with 1 if anything is missing'
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -l sql -d 'Print the SQL, and run nothing; not with `--format json`'
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand migrate" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l from -d 'Read users from JSON or CSV (`-`: stdin)' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l email -d 'E-mail address' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l first-name -d 'First name' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l last-name -d 'Last name' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l group -d 'Add the user to an existing group (repeatable)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l set -d 'Set a column of a custom user model (repeatable)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l if-exists -d 'What to do if the user exists' -r -f -a "error\t'Fail with exit status 4'
skip\t'Change nothing'
update\t'Change only the fields given on the command line'"
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l out -d 'Write to this file instead of stdout' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l owner -d 'Owner of the file: the user of the service that reads it' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -s f -l format -d 'Output format' -r -f -a "key\t'The key alone, or `name<TAB>key` for several users'
json\t'One JSON value'
jsonl\t'One JSON object per line'
header\t'`Authorization: Token KEY`'
env\t'`DRF_TOKEN=KEY`'
drf\t'What `manage.py drf_create_token` prints'"
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l password-file -d 'Read the password from a file' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l password-env -d 'Read the password from this environment variable' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l hasher -d 'Hash algorithm [default: that of most of the newest passwords, else `pbkdf2_sha256`]' -r -f -a "pbkdf2_sha256\t''
pbkdf2_sha1\t''
argon2\t''
bcrypt_sha256\t''
scrypt\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l iterations -d 'PBKDF2 iterations [default: those of the newest passwords in the database, else Django\'s]' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l staff -d 'Let the user log in to the admin'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l superuser -d 'Give the user all permissions, and staff status'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l inactive -d 'Create an inactive user, whose login and token the server refuses'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l token -d 'Get or create the user\'s token, and print it'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l password-stdin -d 'Read the password from stdin'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l no-password -d 'Set an unusable password'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l hashed -d 'The input is a Django password hash: store it unchanged'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -l allow-weak-password -d 'Skip password validation'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-user" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l reset-older-than -d 'Replace keys older than this (`90d`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l key-file -d 'Use the key in this file (`-` for stdin) instead of a random one; for one user' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l key-env -d 'Use the key in this environment variable instead of a random one; for one user' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l out -d 'Write to this file instead of stdout' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l owner -d 'Owner of the file: the user of the service that reads it' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -s f -l format -d 'Output format' -r -f -a "key\t'The key alone, or `name<TAB>key` for several users'
json\t'One JSON value'
jsonl\t'One JSON object per line'
header\t'`Authorization: Token KEY`'
env\t'`DRF_TOKEN=KEY`'
drf\t'What `manage.py drf_create_token` prints'"
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l from -d 'Read user names from this file (`-`: stdin)' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l older-than -d 'Tokens older than this (`90d`, `12h`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l last-login-before -d 'Users who last logged in longer ago than this' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l group -d 'Users in this group' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l username -d 'Users whose name matches this pattern (`ci-*`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l skip-missing -d 'Skip users that do not exist'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -s r -l reset -d 'Replace existing keys'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l with-keys -d 'Take the keys from the file of `--from`, with their times'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -s n -l dry-run -d 'Show what would change, and change nothing'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -s y -l yes -d 'Do not ask before resetting tokens chosen by `--all` or filters'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l all -d 'All users, or all that match the filters'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l never-logged-in -d 'Users who never logged in'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l active -d 'Active users'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l inactive -d 'Inactive users'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l staff -d 'Staff: users who may log in to the admin'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -l superuser -d 'Superusers'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand create-token" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l key-file -d 'Revoke the leaked keys in this file, one per line (`-`: stdin)' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON value'
jsonl\t'One JSON object per line'"
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l from -d 'Read user names from this file (`-`: stdin)' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l older-than -d 'Tokens older than this (`90d`, `12h`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l last-login-before -d 'Users who last logged in longer ago than this' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l group -d 'Users in this group' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l username -d 'Users whose name matches this pattern (`ci-*`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -s y -l yes -d 'Do not ask, with `--all` or filters'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -s n -l dry-run -d 'Show what would be revoked, and change nothing'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l all -d 'All users, or all that match the filters'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l never-logged-in -d 'Users who never logged in'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l active -d 'Active users'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l inactive -d 'Inactive users'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l staff -d 'Staff: users who may log in to the admin'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -l superuser -d 'Superusers'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand revoke" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l sort -d 'Sort order' -r -f -a "username\t'By user name'
created\t'Oldest token first'
last-login\t'Least recent login first'"
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l limit -d 'Print at most this many rows' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -s f -l format -d 'Output format' -r -f -a "table\t'Columns for people'
json\t'One JSON array'
jsonl\t'One JSON object per line'
csv\t'Comma-separated values with a header'
tsv\t'Tab-separated values with a header'
names\t'The names alone, one per line'"
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l older-than -d 'Tokens older than this (`90d`, `12h`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l last-login-before -d 'Users who last logged in longer ago than this' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l group -d 'Users in this group' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l username -d 'Users whose name matches this pattern (`ci-*`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l all-users -d 'Also list users without a token'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l without-token -d 'List only users without a token'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l show-keys -d 'Show whole keys'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l never-logged-in -d 'Users who never logged in'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l active -d 'Active users'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l inactive -d 'Inactive users'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l staff -d 'Staff: users who may log in to the admin'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -l superuser -d 'Superusers'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand list" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -s f -l format -d 'Output format (see each command\'s help)' -r -f -a "text\t''
json\t''
jsonl\t''
key\t''
header\t''
env\t''
drf\t''
table\t''
csv\t''
tsv\t''
names\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -f -a "token" -d 'Check a token as DRF\'s TokenAuthentication does'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -f -a "password" -d 'Check a password as DRF\'s obtain_auth_token does'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and not __fish_seen_subcommand_from token password help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -l key-file -d 'Read the key or the header from this file' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON object'"
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON object'"
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l password-file -d 'Read the password from a file' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l password-env -d 'Read the password from this environment variable' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -l password-stdin -d 'Read the password from stdin'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from password" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from help" -f -a "token" -d 'Check a token as DRF\'s TokenAuthentication does'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from help" -f -a "password" -d 'Check a password as DRF\'s obtain_auth_token does'
complete -c drfctl -n "__fish_drfctl_using_subcommand verify; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON object'"
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l password-file -d 'Read the password from a file' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l password-env -d 'Read the password from this environment variable' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l hasher -d 'Hash algorithm [default: that of most of the newest passwords, else `pbkdf2_sha256`]' -r -f -a "pbkdf2_sha256\t''
pbkdf2_sha1\t''
argon2\t''
bcrypt_sha256\t''
scrypt\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l iterations -d 'PBKDF2 iterations [default: those of the newest passwords in the database, else Django\'s]' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l revoke-token -d 'Revoke the user\'s token as well'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l reset-token -d 'Replace the user\'s token as well, and print the new key'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l password-stdin -d 'Read the password from stdin'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l no-password -d 'Set an unusable password'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l hashed -d 'The input is a Django password hash: store it unchanged'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -l allow-weak-password -d 'Skip password validation'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand set-password" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l email -d 'E-mail address' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l first-name -d 'First name' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l last-name -d 'Last name' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l rename -d 'Change the user name' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l group -d 'Add the user to a group (repeatable)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l no-group -d 'Remove the user from a group (repeatable)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l set -d 'Set a column of a custom user model (repeatable)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON object'"
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l active -d 'Activate the user: allow the login and the token'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l inactive -d 'Deactivate the user: refuse the login and the token'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l staff -d 'Let the user log in to the admin'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l no-staff -d 'Remove staff status'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l superuser -d 'Give the user all permissions, and staff status'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l no-superuser -d 'Remove superuser status'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -l revoke-token -d 'Revoke the user\'s token as well'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -s y -l yes -d 'Do not ask before removing the last active superuser'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand update-user" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -l key-file -d 'Show the owner of the key in this file (`-`: stdin)' -r -F
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON object'"
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand show" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON value'
jsonl\t'One JSON object per line'"
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -s n -l dry-run -d 'Show what would be deleted, and delete nothing'
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -s y -l yes -d 'Do not ask before deleting'
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand delete-user" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -l older-than -d 'Also report tokens older than this (`90d`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -s f -l format -d 'Output format' -r -f -a "text\t'Plain text'
json\t'One JSON object'"
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand doctor" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -s d -l database -d 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -l user-table -d 'User table, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -l username-field -d 'Column that users log in with, if it cannot be detected' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -l time-zone -d 'Time zone of the times in the database, for projects with `USE_TZ = False`' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -l timeout -d 'How long to wait for another writer (`90s`, `5m`)' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -l wait -d 'How long to wait for the database to exist and be migrated' -r
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -s f -l format -d 'Output format (see each command\'s help)' -r -f -a "text\t''
json\t''
jsonl\t''
key\t''
header\t''
env\t''
drf\t''
table\t''
csv\t''
tsv\t''
names\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -l color -d 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -s q -l quiet -d 'Print only errors on stderr'
complete -c drfctl -n "__fish_drfctl_using_subcommand completions" -s h -l help -d 'Print help (`-h` for a summary)'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "migrate" -d 'Create or update the tables for users and tokens'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "create-user" -d 'Create a user, or update an existing one'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "create-token" -d 'Get or create users\' tokens, and print the keys'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "revoke" -d 'Revoke users\' tokens'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "list" -d 'List users and their tokens'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "verify" -d 'Check a token or password as the server would, offline'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "set-password" -d 'Set a user\'s password'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "update-user" -d 'Change a user\'s fields, flags and groups'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "show" -d 'Show everything about a user'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "delete-user" -d 'Delete users, with their tokens and group memberships'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "doctor" -d 'Check the database for problems'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "completions" -d 'Print a shell completion script'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and not __fish_seen_subcommand_from migrate create-user create-token revoke list verify set-password update-user show delete-user doctor completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and __fish_seen_subcommand_from verify" -f -a "token" -d 'Check a token as DRF\'s TokenAuthentication does'
complete -c drfctl -n "__fish_drfctl_using_subcommand help; and __fish_seen_subcommand_from verify" -f -a "password" -d 'Check a password as DRF\'s obtain_auth_token does'
