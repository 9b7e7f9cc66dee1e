//! The user table: its name, its primary key, the column that users log in with, and what can be
//! asked of them without asking the database again.

use super::engine::{Column, Engine, Kind};
use super::error::Cause;
use crate::django::names;
use crate::django::schema::DEFAULT_USER_TABLE;

/// The user table, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTable {
    /// Its name.
    pub(super) name: String,
    /// The name of its primary key.
    pub(super) key: String,
    /// The name of the column that users log in with: Django's `USERNAME_FIELD`.
    pub(super) username_field: String,
    /// Whether the operator named it.
    pub(super) is_field_named: bool,
    /// All columns.
    pub(super) columns: Vec<Column>,
}

/// How to find the column that users log in with.
#[derive(Clone, Copy, Debug)]
pub(super) enum UsernameField<'a> {
    /// By what is UNIQUE.
    Detect,
    /// The operator named it.
    Named(&'a str),
    /// It does not matter: nobody is looked up.
    Unneeded,
}

impl UserTable {
    /// Django's own, as its last migration leaves it.
    pub(super) fn default_table() -> Self {
        let text = |width| Kind::Text(Some(width));
        let columns = [
            (
                "id",
                Kind::Integer {
                    bytes: 4,
                    unsigned: false,
                },
            ),
            ("password", text(128)),
            ("last_login", Kind::DateTime),
            ("is_superuser", Kind::Boolean),
            ("username", text(150)),
            ("last_name", text(150)),
            ("email", text(254)),
            ("is_staff", Kind::Boolean),
            ("is_active", Kind::Boolean),
            ("date_joined", Kind::DateTime),
            ("first_name", text(150)),
        ];
        Self {
            name: DEFAULT_USER_TABLE.to_owned(),
            key: "id".to_owned(),
            username_field: "username".to_owned(),
            is_field_named: false,
            columns: columns
                .into_iter()
                .map(|(name, kind)| Column {
                    name: name.to_owned(),
                    kind,
                    not_null: name != "last_login",
                    has_default: name == "id",
                    is_key: name == "id",
                    is_unique: name == "username",
                })
                .collect(),
        }
    }

    /// Reads the table of that name; `None` where there is none.
    pub(super) fn read(
        engine: &dyn Engine,
        name: &str,
        username_field: UsernameField<'_>,
    ) -> Result<Option<Self>, Cause> {
        let columns = engine.columns(name)?;
        if columns.is_empty() {
            return Ok(None);
        }
        if !engine.has_table(name)? {
            return Err(Cause::Layout(format!("`{name}` is not a table")));
        }
        let mut keys = columns.iter().filter(|column| column.is_key);
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(Cause::Layout(format!(
                "table `{name}` has no single-column primary key"
            )));
        };
        let key = key.name.clone();
        let is_field_named = matches!(username_field, UsernameField::Named(_));
        let username_field = match username_field {
            UsernameField::Detect => detect_username_field(name, &columns)?,
            UsernameField::Unneeded => key.clone(),
            UsernameField::Named(field) if columns.iter().any(|column| column.name == field) => {
                field.to_owned()
            }
            UsernameField::Named(field) => {
                return Err(Cause::NoSuchUsernameField {
                    column: field.to_owned(),
                    table: name.to_owned(),
                    columns: columns.into_iter().map(|column| column.name).collect(),
                });
            }
        };
        Ok(Some(Self {
            name: name.to_owned(),
            key,
            username_field,
            is_field_named,
            columns,
        }))
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The column of that name, if the user model has it.
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether the user model has a column of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// The column of that name, or the error that there is none.
    pub(super) fn require(&self, name: &str) -> Result<&Column, Cause> {
        self.column(name).ok_or_else(|| {
            if name == "is_superuser" && self.has("is_admin") {
                return Cause::OtherAdminFlag(self.name.clone());
            }
            Cause::NoColumn {
                column: name.to_owned(),
                table: self.name.clone(),
                meant: self.column_like(name),
            }
        })
    }

    /// The column that was meant by a name that no column has: a relation goes by the name of its
    /// column, which ends in `_id`.
    fn column_like(&self, name: &str) -> Option<String> {
        /// From here on a name is like another (Jaro-Winkler).
        const ALIKE: f64 = 0.85;
        let relation = format!("{name}_id");
        if self.has(&relation) {
            return Some(relation);
        }
        let likeness = |column: &Column| strsim::jaro_winkler(name, &column.name);
        self.columns
            .iter()
            .filter(|column| likeness(column) >= ALIKE)
            .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
            .map(|column| column.name.clone())
    }

    /// Whether this is the column that users log in with.
    #[must_use]
    pub fn logs_in_with(&self, column: &str) -> bool {
        self.username_field == column
    }

    /// The column that users log in with.
    #[must_use]
    pub fn username_field(&self) -> &str {
        &self.username_field
    }

    /// How many characters fit a column, where the database says.
    #[must_use]
    pub fn width(&self, column: &str) -> Option<usize> {
        match self.column(column)?.kind {
            Kind::Text(width) => width,
            _ => None,
        }
    }

    /// How many characters fit a user's name, where the database says.
    #[must_use]
    pub fn username_width(&self) -> Option<usize> {
        self.width(&self.username_field)
    }

    /// The form in which the server would store a user name.
    #[must_use]
    pub fn stored_username(&self, typed: &str) -> String {
        let normal = names::normalize_username(typed);
        if self.logs_in_with("email") {
            names::normalize_email(&normal)
        } else {
            normal
        }
    }

    /// The other columns whose value belongs to one user alone.
    pub(super) fn other_unique_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| {
            column.is_unique
                && column.name != self.username_field
                && matches!(column.kind, Kind::Text(_))
        })
    }

    /// Whether the primary key holds UUIDs.
    pub(super) fn has_uuid_key(&self) -> bool {
        matches!(self.key_kind(), Some(Kind::Uuid { .. }))
    }

    /// Whether the database numbers new users by itself.
    pub(super) fn has_counted_key(&self) -> bool {
        matches!(self.key_kind(), Some(Kind::Integer { .. }))
    }

    /// The order in which the newest users come first, for a table called `u`. Only numbers are
    /// given out in the order of creation.
    pub(super) fn newest_first(&self) -> &'static str {
        if !self.has_counted_key() && self.has("date_joined") {
            "{date_joined} DESC, u.{id} DESC"
        } else {
            "u.{id} DESC"
        }
    }

    fn key_kind(&self) -> Option<&Kind> {
        self.column(&self.key).map(|key| &key.kind)
    }
}

impl Column {
    /// Whether a row without a value for this column is refused.
    pub(super) fn needs_value(&self) -> bool {
        self.not_null && !self.has_default
    }
}

/// The column that identifies a user: `username` where it is UNIQUE, else `email` where that
/// is, else the only UNIQUE text column. One that may be NULL comes after all that may not.
fn detect_username_field(table: &str, columns: &[Column]) -> Result<String, Cause> {
    for not_null in [true, false] {
        let unique_text: Vec<&Column> = columns
            .iter()
            .filter(|column| column.is_unique || column.is_key)
            .filter(|column| matches!(column.kind, Kind::Text(_)))
            .filter(|column| (column.not_null || column.is_key) == not_null)
            .collect();
        for usual in ["username", "email"] {
            if unique_text.iter().any(|column| column.name == usual) {
                return Ok(usual.to_owned());
            }
        }
        match unique_text.as_slice() {
            [] => {}
            [only] => return Ok(only.name.clone()),
            _ => break,
        }
    }
    Err(Cause::UsernameFieldUnclear(table.to_owned()))
}
