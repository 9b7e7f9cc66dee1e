//! What Django fixes about its own database: the migrations of `contenttypes`, `auth` and
//! `authtoken` in Django 6.1 and DRF 3.18, their models and their tables. Data alone.

/// The table of DRF's tokens.
pub const TOKEN_TABLE: &str = "authtoken_token";

/// The table of Django's own user model.
pub const DEFAULT_USER_TABLE: &str = "auth_user";

/// The table in which Django records its migrations.
pub const MIGRATION_TABLE: &str = "django_migrations";

/// An app with one of its migrations.
pub type Migration = (&'static str, &'static str);

/// Every migration, in the order in which Django applies them to an empty database.
pub const MIGRATIONS: [Migration; 18] = [
    ("contenttypes", "0001_initial"),
    ("contenttypes", "0002_remove_content_type_name"),
    ("auth", "0001_initial"),
    ("auth", "0002_alter_permission_name_max_length"),
    ("auth", "0003_alter_user_email_max_length"),
    ("auth", "0004_alter_user_username_opts"),
    ("auth", "0005_alter_user_last_login_null"),
    ("auth", "0006_require_contenttypes_0002"),
    ("auth", "0007_alter_validators_add_error_messages"),
    ("auth", "0008_alter_user_username_max_length"),
    ("auth", "0009_alter_user_last_name_max_length"),
    ("auth", "0010_alter_group_name_max_length"),
    ("auth", "0011_update_proxy_permissions"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("authtoken", "0001_initial"),
    ("authtoken", "0002_auto_20160226_1747"),
    ("authtoken", "0003_tokenproxy"),
    ("authtoken", "0004_alter_tokenproxy_options"),
];

/// The migrations that older lines do not have, each app's last ones: Django before 3.1, DRF before
/// 3.12 and DRF before 3.15. A history that lacks only the last of these is whole for its line.
pub const OF_NEWER_LINES: [Migration; 3] = [
    ("auth", "0012_alter_user_first_name_max_length"),
    ("authtoken", "0003_tokenproxy"),
    ("authtoken", "0004_alter_tokenproxy_options"),
];

/// A model: the app, the name, and Django's verbose name.
pub type Model = (&'static str, &'static str, &'static str);

/// The model that does not exist where a project has a custom one.
pub const DEFAULT_USER_MODEL: Model = ("auth", "user", "user");

/// The models of the three apps, in the order in which Django's `post_migrate` creates their
/// permissions.
pub const MODELS: [Model; 6] = [
    ("contenttypes", "contenttype", "content type"),
    ("auth", "permission", "permission"),
    ("auth", "group", "group"),
    DEFAULT_USER_MODEL,
    ("authtoken", "token", "Token"),
    ("authtoken", "tokenproxy", "Token"),
];

/// The tables that the first migration of an app creates, with the columns that never change.
pub const TABLES: [(&str, &str, &[&str]); 8] = [
    (
        "contenttypes",
        "django_content_type",
        &["id", "app_label", "model"],
    ),
    (
        "auth",
        "auth_permission",
        &["id", "name", "content_type_id", "codename"],
    ),
    ("auth", "auth_group", &["id", "name"]),
    (
        "auth",
        "auth_group_permissions",
        &["id", "group_id", "permission_id"],
    ),
    (
        "auth",
        DEFAULT_USER_TABLE,
        &[
            "id",
            "password",
            "last_login",
            "is_superuser",
            "username",
            "first_name",
            "last_name",
            "email",
            "is_staff",
            "is_active",
            "date_joined",
        ],
    ),
    ("auth", "auth_user_groups", &["id", "user_id", "group_id"]),
    (
        "auth",
        "auth_user_user_permissions",
        &["id", "user_id", "permission_id"],
    ),
    (
        "authtoken",
        "authtoken_token",
        &["key", "created", "user_id"],
    ),
];
