
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'drfctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'drfctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'drfctl' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Create or update the tables for users and tokens')
            [CompletionResult]::new('create-user', 'create-user', [CompletionResultType]::ParameterValue, 'Create a user, or update an existing one')
            [CompletionResult]::new('create-token', 'create-token', [CompletionResultType]::ParameterValue, 'Get or create users'' tokens, and print the keys')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke users'' tokens')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List users and their tokens')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check a token or password as the server would, offline')
            [CompletionResult]::new('set-password', 'set-password', [CompletionResultType]::ParameterValue, 'Set a user''s password')
            [CompletionResult]::new('update-user', 'update-user', [CompletionResultType]::ParameterValue, 'Change a user''s fields, flags and groups')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show everything about a user')
            [CompletionResult]::new('delete-user', 'delete-user', [CompletionResultType]::ParameterValue, 'Delete users, with their tokens and group memberships')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the database for problems')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'drfctl;migrate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Print the missing migrations, and apply nothing')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Like `--plan`, and exit with 1 if anything is missing')
            [CompletionResult]::new('--sql', '--sql', [CompletionResultType]::ParameterName, 'Print the SQL, and run nothing; not with `--format json`')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;create-user' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read users from JSON or CSV (`-`: stdin)')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'E-mail address')
            [CompletionResult]::new('--first-name', '--first-name', [CompletionResultType]::ParameterName, 'First name')
            [CompletionResult]::new('--last-name', '--last-name', [CompletionResultType]::ParameterName, 'Last name')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Add the user to an existing group (repeatable)')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a column of a custom user model (repeatable)')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'What to do if the user exists')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'Owner of the file: the user of the service that reads it')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from this environment variable')
            [CompletionResult]::new('--hasher', '--hasher', [CompletionResultType]::ParameterName, 'Hash algorithm [default: that of most of the newest passwords, else `pbkdf2_sha256`]')
            [CompletionResult]::new('--iterations', '--iterations', [CompletionResultType]::ParameterName, 'PBKDF2 iterations [default: those of the newest passwords in the database, else Django''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Let the user log in to the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Give the user all permissions, and staff status')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Create an inactive user, whose login and token the server refuses')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Get or create the user''s token, and print it')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('--no-password', '--no-password', [CompletionResultType]::ParameterName, 'Set an unusable password')
            [CompletionResult]::new('--hashed', '--hashed', [CompletionResultType]::ParameterName, 'The input is a Django password hash: store it unchanged')
            [CompletionResult]::new('--allow-weak-password', '--allow-weak-password', [CompletionResultType]::ParameterName, 'Skip password validation')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;create-token' {
            [CompletionResult]::new('--reset-older-than', '--reset-older-than', [CompletionResultType]::ParameterName, 'Replace keys older than this (`90d`)')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Use the key in this file (`-` for stdin) instead of a random one; for one user')
            [CompletionResult]::new('--key-env', '--key-env', [CompletionResultType]::ParameterName, 'Use the key in this environment variable instead of a random one; for one user')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'Owner of the file: the user of the service that reads it')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read user names from this file (`-`: stdin)')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Tokens older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'Users who last logged in longer ago than this')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Users in this group')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Users whose name matches this pattern (`ci-*`)')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('--skip-missing', '--skip-missing', [CompletionResultType]::ParameterName, 'Skip users that do not exist')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Replace existing keys')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Replace existing keys')
            [CompletionResult]::new('--with-keys', '--with-keys', [CompletionResultType]::ParameterName, 'Take the keys from the file of `--from`, with their times')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, and change nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, and change nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before resetting tokens chosen by `--all` or filters')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before resetting tokens chosen by `--all` or filters')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All users, or all that match the filters')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'Users who never logged in')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Active users')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Inactive users')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Staff: users who may log in to the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Superusers')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;revoke' {
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Revoke the leaked keys in this file, one per line (`-`: stdin)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read user names from this file (`-`: stdin)')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Tokens older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'Users who last logged in longer ago than this')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Users in this group')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Users whose name matches this pattern (`ci-*`)')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask, with `--all` or filters')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask, with `--all` or filters')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be revoked, and change nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be revoked, and change nothing')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All users, or all that match the filters')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'Users who never logged in')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Active users')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Inactive users')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Staff: users who may log in to the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Superusers')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;list' {
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Sort order')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Print at most this many rows')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Tokens older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'Users who last logged in longer ago than this')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Users in this group')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Users whose name matches this pattern (`ci-*`)')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('--all-users', '--all-users', [CompletionResultType]::ParameterName, 'Also list users without a token')
            [CompletionResult]::new('--without-token', '--without-token', [CompletionResultType]::ParameterName, 'List only users without a token')
            [CompletionResult]::new('--show-keys', '--show-keys', [CompletionResultType]::ParameterName, 'Show whole keys')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'Users who never logged in')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Active users')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Inactive users')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Staff: users who may log in to the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Superusers')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;verify' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Check a token as DRF''s TokenAuthentication does')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Check a password as DRF''s obtain_auth_token does')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'drfctl;verify;token' {
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Read the key or the header from this file')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;verify;password' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from this environment variable')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;verify;help' {
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Check a token as DRF''s TokenAuthentication does')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Check a password as DRF''s obtain_auth_token does')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'drfctl;verify;help;token' {
            break
        }
        'drfctl;verify;help;password' {
            break
        }
        'drfctl;verify;help;help' {
            break
        }
        'drfctl;set-password' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from this environment variable')
            [CompletionResult]::new('--hasher', '--hasher', [CompletionResultType]::ParameterName, 'Hash algorithm [default: that of most of the newest passwords, else `pbkdf2_sha256`]')
            [CompletionResult]::new('--iterations', '--iterations', [CompletionResultType]::ParameterName, 'PBKDF2 iterations [default: those of the newest passwords in the database, else Django''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('--revoke-token', '--revoke-token', [CompletionResultType]::ParameterName, 'Revoke the user''s token as well')
            [CompletionResult]::new('--reset-token', '--reset-token', [CompletionResultType]::ParameterName, 'Replace the user''s token as well, and print the new key')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('--no-password', '--no-password', [CompletionResultType]::ParameterName, 'Set an unusable password')
            [CompletionResult]::new('--hashed', '--hashed', [CompletionResultType]::ParameterName, 'The input is a Django password hash: store it unchanged')
            [CompletionResult]::new('--allow-weak-password', '--allow-weak-password', [CompletionResultType]::ParameterName, 'Skip password validation')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;update-user' {
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'E-mail address')
            [CompletionResult]::new('--first-name', '--first-name', [CompletionResultType]::ParameterName, 'First name')
            [CompletionResult]::new('--last-name', '--last-name', [CompletionResultType]::ParameterName, 'Last name')
            [CompletionResult]::new('--rename', '--rename', [CompletionResultType]::ParameterName, 'Change the user name')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Add the user to a group (repeatable)')
            [CompletionResult]::new('--no-group', '--no-group', [CompletionResultType]::ParameterName, 'Remove the user from a group (repeatable)')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a column of a custom user model (repeatable)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Activate the user: allow the login and the token')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Deactivate the user: refuse the login and the token')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Let the user log in to the admin')
            [CompletionResult]::new('--no-staff', '--no-staff', [CompletionResultType]::ParameterName, 'Remove staff status')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Give the user all permissions, and staff status')
            [CompletionResult]::new('--no-superuser', '--no-superuser', [CompletionResultType]::ParameterName, 'Remove superuser status')
            [CompletionResult]::new('--revoke-token', '--revoke-token', [CompletionResultType]::ParameterName, 'Revoke the user''s token as well')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before removing the last active superuser')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before removing the last active superuser')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;show' {
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Show the owner of the key in this file (`-`: stdin)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;delete-user' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be deleted, and delete nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted, and delete nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before deleting')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before deleting')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;doctor' {
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Also report tokens older than this (`90d`)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;completions' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`, `postgres://user@host/name` or `mysql://user@host/name`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (`-h` for a summary)')
            break
        }
        'drfctl;help' {
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Create or update the tables for users and tokens')
            [CompletionResult]::new('create-user', 'create-user', [CompletionResultType]::ParameterValue, 'Create a user, or update an existing one')
            [CompletionResult]::new('create-token', 'create-token', [CompletionResultType]::ParameterValue, 'Get or create users'' tokens, and print the keys')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke users'' tokens')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List users and their tokens')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check a token or password as the server would, offline')
            [CompletionResult]::new('set-password', 'set-password', [CompletionResultType]::ParameterValue, 'Set a user''s password')
            [CompletionResult]::new('update-user', 'update-user', [CompletionResultType]::ParameterValue, 'Change a user''s fields, flags and groups')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show everything about a user')
            [CompletionResult]::new('delete-user', 'delete-user', [CompletionResultType]::ParameterValue, 'Delete users, with their tokens and group memberships')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the database for problems')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'drfctl;help;migrate' {
            break
        }
        'drfctl;help;create-user' {
            break
        }
        'drfctl;help;create-token' {
            break
        }
        'drfctl;help;revoke' {
            break
        }
        'drfctl;help;list' {
            break
        }
        'drfctl;help;verify' {
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Check a token as DRF''s TokenAuthentication does')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Check a password as DRF''s obtain_auth_token does')
            break
        }
        'drfctl;help;verify;token' {
            break
        }
        'drfctl;help;verify;password' {
            break
        }
        'drfctl;help;set-password' {
            break
        }
        'drfctl;help;update-user' {
            break
        }
        'drfctl;help;show' {
            break
        }
        'drfctl;help;delete-user' {
            break
        }
        'drfctl;help;doctor' {
            break
        }
        'drfctl;help;completions' {
            break
        }
        'drfctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
