
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
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Bring the tables of users and tokens up to date')
            [CompletionResult]::new('create-user', 'create-user', [CompletionResultType]::ParameterValue, 'Create a user, or make sure that one exists')
            [CompletionResult]::new('create-token', 'create-token', [CompletionResultType]::ParameterValue, 'Get or create users'' tokens, and print the keys')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke users'' tokens')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List users and their tokens')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check a token or password as the server would, offline')
            [CompletionResult]::new('set-password', 'set-password', [CompletionResultType]::ParameterValue, 'Set a user''s password')
            break
        }
        'drfctl;migrate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Print what would be applied, and apply nothing')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print what would be applied, apply nothing, and exit with 1 if there is anything')
            [CompletionResult]::new('--sql', '--sql', [CompletionResultType]::ParameterName, 'Print the SQL that would run, and run nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;create-user' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read many users from a file, JSON Lines or CSV (`-` for stdin)')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'E-mail address')
            [CompletionResult]::new('--first-name', '--first-name', [CompletionResultType]::ParameterName, 'First name')
            [CompletionResult]::new('--last-name', '--last-name', [CompletionResultType]::ParameterName, 'Last name')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a column of a custom user model (repeatable); an empty value means NULL where the column allows it')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'What to do if the user exists: refuse (exit 4), change nothing, or write only the fields named on the command line')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file that only its owner may read')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from the environment variable of this name')
            [CompletionResult]::new('--hasher', '--hasher', [CompletionResultType]::ParameterName, 'Hash algorithm [default: pbkdf2_sha256]')
            [CompletionResult]::new('--iterations', '--iterations', [CompletionResultType]::ParameterName, 'PBKDF2 iterations [default: as in the database''s newest rows, else Django''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Let the user into the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Give the user all permissions, and access to the admin')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Create the user inactive: the server refuses the login and the token')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Also get or create the user''s token, and print it')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('--no-password', '--no-password', [CompletionResultType]::ParameterName, 'Set no password, so that nobody can log in with one (for service accounts that use tokens)')
            [CompletionResult]::new('--hashed', '--hashed', [CompletionResultType]::ParameterName, 'The input is a Django password hash: store it unchanged')
            [CompletionResult]::new('--allow-weak-password', '--allow-weak-password', [CompletionResultType]::ParameterName, 'Accept a password that Django''s validators refuse')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;create-token' {
            [CompletionResult]::new('--reset-older-than', '--reset-older-than', [CompletionResultType]::ParameterName, 'Replace the key if it is older than this (`90d`), else keep it')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Use the key in this file (`-` for stdin) instead of a random one; for one user')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write to this file, readable by its owner alone, instead of stdout')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read the users'' names from a file, one per line (`-` for stdin)')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Tokens older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'Users who last logged in longer ago than this; excludes users who never logged in')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Users whose name matches this pattern of `*`, `?` and `[…]`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--skip-missing', '--skip-missing', [CompletionResultType]::ParameterName, 'Skip users that do not exist')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Replace the key, in one transaction')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Replace the key, in one transaction')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All users, or all that match the filters')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'Users who never logged in with their password')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Active users')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Inactive users, whom the server refuses')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Users with access to the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Superusers')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;revoke' {
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Revoke the token whose key is in this file (`-` for stdin), such as a leaked one')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read the users'' names from a file, one per line (`-` for stdin)')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Tokens older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'Users who last logged in longer ago than this; excludes users who never logged in')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Users whose name matches this pattern of `*`, `?` and `[…]`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before revoking more than named users'' tokens')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before revoking more than named users'' tokens')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be revoked, and change nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be revoked, and change nothing')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All users, or all that match the filters')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'Users who never logged in with their password')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Active users')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Inactive users, whom the server refuses')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Users with access to the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Superusers')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;list' {
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Sort order')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Print at most this many rows')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Tokens older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'Users who last logged in longer ago than this; excludes users who never logged in')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Users whose name matches this pattern of `*`, `?` and `[…]`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--all-users', '--all-users', [CompletionResultType]::ParameterName, 'Also list users without a token')
            [CompletionResult]::new('--without-token', '--without-token', [CompletionResultType]::ParameterName, 'List only users without a token')
            [CompletionResult]::new('--show-keys', '--show-keys', [CompletionResultType]::ParameterName, 'Show the keys in full')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'Users who never logged in with their password')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'Active users')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'Inactive users, whom the server refuses')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'Users with access to the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'Superusers')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;verify' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format (see each command''s help)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Check a token as DRF''s TokenAuthentication does')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Check a password as DRF''s obtain_auth_token does')
            break
        }
        'drfctl;verify;token' {
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Read from this file instead of stdin')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;verify;password' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file that only its owner may read')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from the environment variable of this name')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;set-password' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file that only its owner may read')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from the environment variable of this name')
            [CompletionResult]::new('--hasher', '--hasher', [CompletionResultType]::ParameterName, 'Hash algorithm [default: pbkdf2_sha256]')
            [CompletionResult]::new('--iterations', '--iterations', [CompletionResultType]::ParameterName, 'PBKDF2 iterations [default: as in the database''s newest rows, else Django''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'User table, if it cannot be detected')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'Column that users log in with, if it cannot be detected')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'Time zone of the times in the database, for projects with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('--no-password', '--no-password', [CompletionResultType]::ParameterName, 'Set no password, so that nobody can log in with one (for service accounts that use tokens)')
            [CompletionResult]::new('--hashed', '--hashed', [CompletionResultType]::ParameterName, 'The input is a Django password hash: store it unchanged')
            [CompletionResult]::new('--allow-weak-password', '--allow-weak-password', [CompletionResultType]::ParameterName, 'Accept a password that Django''s validators refuse')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing but errors on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
