//! What a record of a file says of a user: keys are understood here, whatever the format, and
//! values get their types. Validation is `draft`'s.

use crate::commands::shared::user_fields::UserFields;
use crate::db::UserTable;
use crate::escape::{quoted, quoted_list};
use crate::io::input;
use crate::secret::{Password, PasswordHash};

/// One user of a file.
pub(super) struct Record {
    /// The line, from 1.
    pub(super) line: u64,
    pub(super) fields: UserFields,
    /// Values for columns that only this server's user model has, by their names.
    pub(super) extra: Vec<(String, String)>,
    /// The groups to join.
    pub(super) groups: Vec<String>,
    /// Keys whose values were not used.
    pub(super) ignored: Vec<&'static str>,
}

/// A value as CSV and JSON write it.
pub(super) enum Cell {
    Absent,
    Boolean(bool),
    Number(String),
    Text(String),
    /// An array of text.
    Texts(Vec<String>),
    /// Another array, or an object.
    Structure,
}

/// What a key of a file stands for.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// A field that every user model may have.
    Field(&'static str),
    /// A column of this server's user model.
    Column(String),
    /// The groups of the user.
    Groups,
    /// What our own output says of a user who exists.
    Ignored(&'static str),
    /// A spreadsheet's empty column.
    Unnamed,
}

/// What keys can stand for on this server.
pub(super) struct Keys {
    users: UserTable,
}

/// The keys that name groups.
const GROUPS: [&str; 2] = ["groups", "group"];

/// The keys that other commands write and that mean nothing for a new user.
const OF_OUR_OUTPUT: [&str; 17] = [
    "user_id",
    "last_login",
    "key_prefix",
    "created",
    "key",
    "result",
    "changed",
    "token",
    "token_created",
    "token_result",
    "token_revoked",
    "has_usable_password",
    "hasher",
    "iterations",
    "default_hasher",
    "token_age_days",
    "references",
];

impl Keys {
    pub(super) fn new(users: &UserTable) -> Self {
        Self {
            users: users.clone(),
        }
    }

    /// Understands the keys of a record or of a CSV header, or says what is wrong with them.
    pub(super) fn read(&self, names: &[&str]) -> Result<Vec<Key>, String> {
        // A user model may have columns of such names, too.
        let is_ours = names.contains(&"user_id")
            && ["key_prefix", "result"].iter().any(|k| names.contains(k));
        let mut keys: Vec<Key> = Vec::with_capacity(names.len());
        let mut unknown = None;
        for name in names {
            let Some(key) = self.key(name, is_ours) else {
                unknown.get_or_insert(name);
                continue;
            };
            let may_be_twice = matches!(key, Key::Ignored(_) | Key::Unnamed);
            if keys.contains(&key) && !may_be_twice {
                return Err(format!("{} is there twice", quoted(name)));
            }
            keys.push(key);
        }
        let question = unknown.map(|name| self.question(name)).unwrap_or_default();
        let is_login = |key: &Key| match key {
            Key::Field(name) => *name == "username" || self.users.logs_in_with(name),
            _ => false,
        };
        if !keys.iter().any(is_login) {
            Err(format!("there is no `username`{question}"))
        } else if let Some(name) = unknown {
            let meant = if question.is_empty() {
                Self::meant(name)
            } else {
                question
            };
            let name = quoted(name);
            Err(format!("there is no field or column {name}{meant}"))
        } else {
            Ok(keys)
        }
    }

    /// Understands a CSV header. Its cells are only repeated where it is one: the first line of a
    /// file without a header may hold a password.
    pub(super) fn read_header(&self, cells: &[&str]) -> Result<Vec<Key>, String> {
        let is_known = |name: &str| self.key(name, true).is_some_and(|key| key != Key::Unnamed);
        let is_header = cells.iter().any(|cell| {
            is_known(cell)
                || cell
                    .split([';', '\t', '|', ','])
                    .any(|part| is_known(part.trim()))
        });
        if !is_header {
            return Err("there is no header with a column `username`".to_owned());
        }
        self.read(cells)
            .map_err(|problem| format!("{problem} (columns found: {})", quoted_list(cells)))
    }

    fn key(&self, name: &str, is_ours: bool) -> Option<Key> {
        let field = |is_same: fn(&str, &str) -> bool| {
            let mut names = UserFields::NAMES.iter();
            names.find(|field| is_same(field, name)).copied()
        };
        let ours = OF_OUR_OUTPUT.into_iter().find(|ours| *ours == name);
        if name.is_empty() {
            Some(Key::Unnamed)
        } else if let Some(field) = field(|field, name| field == name) {
            Some(Key::Field(field))
        } else if self.users.logs_in_with(name) {
            Some(Key::Field("username"))
        } else if let Some(ours) = ours.filter(|_| is_ours || !self.users.has(name)) {
            Some(Key::Ignored(ours))
        } else if GROUPS.contains(&name) && (is_ours || !self.users.has(name)) {
            Some(Key::Groups)
        } else if self.users.has(name) {
            Some(Key::Column(name.to_owned()))
        } else {
            field(str::eq_ignore_ascii_case).map(Key::Field)
        }
    }

    /// What an unknown name may have been meant to be.
    fn question(&self, name: &str) -> String {
        let separator = [(';', "`;`"), ('\t', "tabs"), ('|', "`|`")]
            .into_iter()
            .find(|(separator, _)| name.contains(*separator));
        if let Some((_, shown)) = separator {
            return format!(": are the columns separated by {shown}?");
        }
        let trimmed = name.trim();
        if trimmed != name && self.key(trimmed, false).is_some() {
            return format!(": write {} without blanks around it", quoted(trimmed));
        }
        String::new()
    }

    /// What a name that is no field's may have meant, or what there is.
    fn meant(name: &str) -> String {
        const ALIKE: f64 = 0.85;
        let mut fields = UserFields::NAMES.into_iter().chain(GROUPS);
        let is_like =
            |field: &&str| field.ends_with(name) || strsim::jaro_winkler(field, name) > ALIKE;
        match fields.find(is_like) {
            Some(field) => format!(": did you mean {}?", quoted(field)),
            None => format!(
                ": the fields are {}, and the columns of the user table",
                quoted_list(&UserFields::NAMES)
            ),
        }
    }

    /// Puts a record together.
    pub(super) fn record(
        &self,
        line: u64,
        keys: &[Key],
        cells: Vec<Cell>,
    ) -> Result<Record, String> {
        let mut given = Given::default();
        for (key, cell) in keys.iter().zip(cells) {
            match key {
                Key::Ignored(name) => given.ignored.push(name),
                Key::Groups => given.groups = group_names(cell)?,
                Key::Unnamed if matches!(cell, Cell::Absent) => {}
                Key::Unnamed => return Err("it has a value in a column without a name".to_owned()),
                Key::Field(name) => given.field(name, cell)?,
                Key::Column(name) => {
                    if let Some(text) = any_text(name, cell)? {
                        given.extra.push((name.clone(), text));
                    }
                }
            }
        }
        let Given {
            username,
            mut fields,
            extra,
            groups,
            ignored,
        } = given;
        fields.username = match username {
            // Where it is the login.
            None if self.users.logs_in_with("email") => fields.email.take(),
            username => username,
        }
        .unwrap_or_default();
        if let Some(password) = &fields.password {
            input::check_password(password).map_err(|failure| failure.to_string())?;
        }
        Ok(Record {
            line,
            fields,
            extra,
            groups,
            ignored,
        })
    }
}

/// The values of a record so far.
#[derive(Default)]
struct Given {
    username: Option<String>,
    fields: UserFields,
    extra: Vec<(String, String)>,
    groups: Vec<String>,
    ignored: Vec<&'static str>,
}

impl Given {
    fn field(&mut self, name: &'static str, cell: Cell) -> Result<(), String> {
        let fields = &mut self.fields;
        match name {
            "username" => self.username = text(name, cell)?,
            "email" => fields.email = text(name, cell)?,
            "first_name" => fields.first_name = text(name, cell)?,
            "last_name" => fields.last_name = text(name, cell)?,
            "is_staff" => fields.is_staff = boolean(name, &cell)?,
            "is_superuser" => fields.is_superuser = boolean(name, &cell)?,
            "is_active" => fields.is_active = boolean(name, &cell)?,
            "password" => fields.password = text(name, cell)?.map(Password::new),
            _ => fields.password_hash = text(name, cell)?.map(PasswordHash::new),
        }
        Ok(())
    }
}

/// What is wrong with a long value is said without it: it may be a password in the wrong column.
fn text(name: &str, cell: Cell) -> Result<Option<String>, String> {
    match cell {
        Cell::Absent => Ok(None),
        Cell::Text(text) => Ok(Some(text)),
        Cell::Boolean(_) | Cell::Number(_) | Cell::Texts(_) | Cell::Structure => {
            Err(format!("`{name}` has to be text"))
        }
    }
}

/// A longer value is not shown: Django takes passwords of 8 characters.
const LONGEST_SHOWN: usize = 5;

/// JSON has booleans, CSV has only words.
fn boolean(name: &str, cell: &Cell) -> Result<Option<bool>, String> {
    let is = match cell {
        Cell::Absent => return Ok(None),
        Cell::Boolean(is) => Some(*is),
        Cell::Number(word) | Cell::Text(word) => match word.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Cell::Texts(_) | Cell::Structure => None,
    };
    let found = match cell {
        Cell::Number(word) | Cell::Text(word) if word.chars().count() <= LONGEST_SHOWN => {
            format!(", not {}", quoted(word))
        }
        _ => String::new(),
    };
    is.map(Some)
        .ok_or_else(|| format!("`{name}` has to be `true` or `false`{found}"))
}

/// The names of groups: in JSON an array, in CSV with commas between them.
fn group_names(cell: Cell) -> Result<Vec<String>, String> {
    match cell {
        Cell::Absent => Ok(Vec::new()),
        Cell::Texts(names) => Ok(names),
        Cell::Text(names) => Ok(names
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect()),
        Cell::Boolean(_) | Cell::Number(_) | Cell::Structure => {
            Err("`groups` has to be names of groups".to_owned())
        }
    }
}

/// A value as `--set` takes it.
fn any_text(name: &str, cell: Cell) -> Result<Option<String>, String> {
    match cell {
        Cell::Absent => Ok(None),
        Cell::Boolean(is) => Ok(Some(is.to_string())),
        Cell::Number(text) | Cell::Text(text) => Ok(Some(text)),
        Cell::Texts(_) | Cell::Structure => Err(format!(
            "{} has to be text, a number or a boolean",
            quoted(name)
        )),
    }
}
