
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
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout; each command lists its own')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout; each command lists its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Bring the tables of users and tokens up to date')
            [CompletionResult]::new('create-user', 'create-user', [CompletionResultType]::ParameterValue, 'Create a user, or see to it that there is one')
            [CompletionResult]::new('create-token', 'create-token', [CompletionResultType]::ParameterValue, 'Get or create the token of users, and print the key')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Remove the token of users')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List users and their tokens')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Tell what the server would answer, without the server')
            [CompletionResult]::new('set-password', 'set-password', [CompletionResultType]::ParameterValue, 'Set the password of a user')
            break
        }
        'drfctl;migrate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Print what would be applied, and apply nothing')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print what would be applied, apply nothing, and exit with 1 if there is anything')
            [CompletionResult]::new('--sql', '--sql', [CompletionResultType]::ParameterName, 'Print the SQL that would run, and run nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;create-user' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read many users from a file, JSON Lines or CSV (`-` for stdin)')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'The e-mail address')
            [CompletionResult]::new('--first-name', '--first-name', [CompletionResultType]::ParameterName, 'The first name')
            [CompletionResult]::new('--last-name', '--last-name', [CompletionResultType]::ParameterName, 'The last name')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'A value for a column of the server''s own user model (repeatable); with nothing behind the `=`, NULL where the column may be NULL')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'What to do if the user exists: refuse (exit 4), change nothing, or write the fields named on this command line and no others')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout; without `--token` only `json` prints anything')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout; without `--token` only `json` prints anything')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file that only its owner may read')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from the environment variable of this name')
            [CompletionResult]::new('--hasher', '--hasher', [CompletionResultType]::ParameterName, 'The algorithm of the hash [default: pbkdf2_sha256]')
            [CompletionResult]::new('--iterations', '--iterations', [CompletionResultType]::ParameterName, 'The count of PBKDF2 [default: as in the database''s newest rows, else Django''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'The user may enter the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'The user may do everything, and enter the admin')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'The server does not let the user in')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Get or create the user''s token too, and print it')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('--no-password', '--no-password', [CompletionResultType]::ParameterName, 'No password: nobody can log in with one (for a service account that uses its token)')
            [CompletionResult]::new('--hashed', '--hashed', [CompletionResultType]::ParameterName, 'What is read is a Django hash: store it as it is')
            [CompletionResult]::new('--allow-weak-password', '--allow-weak-password', [CompletionResultType]::ParameterName, 'Take a password that Django''s validators refuse')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;create-token' {
            [CompletionResult]::new('--reset-older-than', '--reset-older-than', [CompletionResultType]::ParameterName, 'Replace the key if it is older than this (`90d`), else keep it')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Use the key in this file (`-` for stdin) instead of a random one; for one user')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write to this file, readable by nobody else, instead of stdout')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read the users'' names from a file, one a line (`-` for stdin)')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'The token is older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'The last login is longer ago than this; who never logged in does not count')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'The name matches this pattern of `*`, `?` and `[…]`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--skip-missing', '--skip-missing', [CompletionResultType]::ParameterName, 'Go on without the users who are not there')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Replace the key, in one transaction')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Replace the key, in one transaction')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All users, or all that the filters below leave')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'There never was a login with the password')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'The server lets the user in')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'The server does not let the user in')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'The user may enter the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'The user may do everything')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;revoke' {
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'The token whose key is in this file (`-` for stdin), such as one that has leaked')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Read the users'' names from a file, one a line (`-` for stdin)')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'The token is older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'The last login is longer ago than this; who never logged in does not count')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'The name matches this pattern of `*`, `?` and `[…]`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask before revoking more than named users')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before revoking more than named users')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would go, and change nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would go, and change nothing')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All users, or all that the filters below leave')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'There never was a login with the password')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'The server lets the user in')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'The server does not let the user in')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'The user may enter the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'The user may do everything')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;list' {
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'The order')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many rows')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'The token is older than this (`90d`, `12h`)')
            [CompletionResult]::new('--last-login-before', '--last-login-before', [CompletionResultType]::ParameterName, 'The last login is longer ago than this; who never logged in does not count')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'The name matches this pattern of `*`, `?` and `[…]`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--all-users', '--all-users', [CompletionResultType]::ParameterName, 'Also the users without a token')
            [CompletionResult]::new('--without-token', '--without-token', [CompletionResultType]::ParameterName, 'Only the users without a token')
            [CompletionResult]::new('--show-keys', '--show-keys', [CompletionResultType]::ParameterName, 'Show the keys in full')
            [CompletionResult]::new('--never-logged-in', '--never-logged-in', [CompletionResultType]::ParameterName, 'There never was a login with the password')
            [CompletionResult]::new('--active', '--active', [CompletionResultType]::ParameterName, 'The server lets the user in')
            [CompletionResult]::new('--inactive', '--inactive', [CompletionResultType]::ParameterName, 'The server does not let the user in')
            [CompletionResult]::new('--staff', '--staff', [CompletionResultType]::ParameterName, 'The user may enter the admin')
            [CompletionResult]::new('--superuser', '--superuser', [CompletionResultType]::ParameterName, 'The user may do everything')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;verify' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout; each command lists its own')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout; each command lists its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Judge a token as DRF''s TokenAuthentication does')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Judge a password as DRF''s obtain_auth_token does')
            break
        }
        'drfctl;verify;token' {
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'Read from this file instead of stdin')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;verify;password' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file that only its owner may read')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from the environment variable of this name')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'drfctl;set-password' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of stdout')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file that only its owner may read')
            [CompletionResult]::new('--password-env', '--password-env', [CompletionResultType]::ParameterName, 'Read the password from the environment variable of this name')
            [CompletionResult]::new('--hasher', '--hasher', [CompletionResultType]::ParameterName, 'The algorithm of the hash [default: pbkdf2_sha256]')
            [CompletionResult]::new('--iterations', '--iterations', [CompletionResultType]::ParameterName, 'The count of PBKDF2 [default: as in the database''s newest rows, else Django''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--database', '--database', [CompletionResultType]::ParameterName, 'The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`')
            [CompletionResult]::new('--user-table', '--user-table', [CompletionResultType]::ParameterName, 'The table of the users, where the database does not tell')
            [CompletionResult]::new('--username-field', '--username-field', [CompletionResultType]::ParameterName, 'The column users log in with, where the database does not tell')
            [CompletionResult]::new('--time-zone', '--time-zone', [CompletionResultType]::ParameterName, 'The zone of the times in the database, for a project with `USE_TZ = False`')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for another writer (`90s`, `5m`)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the database to exist and be migrated')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from stdin')
            [CompletionResult]::new('--no-password', '--no-password', [CompletionResultType]::ParameterName, 'No password: nobody can log in with one (for a service account that uses its token)')
            [CompletionResult]::new('--hashed', '--hashed', [CompletionResultType]::ParameterName, 'What is read is a Django hash: store it as it is')
            [CompletionResult]::new('--allow-weak-password', '--allow-weak-password', [CompletionResultType]::ParameterName, 'Take a password that Django''s validators refuse')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No talk on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
