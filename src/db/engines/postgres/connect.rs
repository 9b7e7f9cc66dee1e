//! Opening a connection: which server, with which protection, and in what time.

use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_postgres::config::SslMode as Negotiation;
use tokio_postgres::{Config, Error, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::words;
use super::session::{Patience, Session, Work};
use super::settings::{Host, Settings, SslMode, Target, socket_name};
use super::tls;
use crate::db::error::Cause;
use crate::escape::quoted;

/// How long a silent connection is believed to be alive.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Connects to the first server that will do, within the operator's patience.
pub(super) fn open(settings: &Settings, patience: Patience) -> Result<Session, Cause> {
    let tls = tls::connector(&settings.ssl)?;
    let deadline = Instant::now() + patience.timeout;
    let mut second_best = None;
    let mut failures = Vec::new();
    for (position, host) in settings.hosts.iter().enumerate() {
        // A host that does not answer leaves time for the others.
        let others = u32::try_from(settings.hosts.len() - position).unwrap_or(1);
        let share = deadline.saturating_duration_since(Instant::now()) / others;
        let time = settings
            .connect_timeout
            .map_or(share, |most| most.min(share));
        let attempt = Attempt {
            settings,
            host,
            tls: &tls,
            patience,
            deadline: Instant::now() + time,
        };
        match attempt.connect() {
            Ok(session) => match fit(settings.target, &session)? {
                Fit::Right => return Ok(session),
                Fit::SecondBest => second_best = second_best.or(Some(session)),
                Fit::Wrong(is) => failures.push(Cause::Unreachable(format!("{} {is}", at(host)))),
            },
            // The next host would have to say the same.
            Err(cause @ (Cause::LoginRefused(_) | Cause::NoSuchDatabase | Cause::Interrupted)) => {
                return Err(cause);
            }
            Err(cause) => failures.push(cause),
        }
    }
    second_best.ok_or_else(|| together(failures))
}

/// One failure of several: what each host that cannot be reached said.
fn together(mut failures: Vec<Cause>) -> Cause {
    let last = failures
        .pop()
        .unwrap_or_else(|| Cause::Unreachable("there is no host".to_owned()));
    let Cause::Unreachable(mut said) = last else {
        return last;
    };
    for cause in failures.iter().rev() {
        if let Cause::Unreachable(earlier) = cause {
            said = format!("{earlier}; {said}");
        }
    }
    Cause::Unreachable(said)
}

/// One host, tried once.
struct Attempt<'a> {
    settings: &'a Settings,
    host: &'a Host,
    tls: &'a MakeRustlsConnect,
    patience: Patience,
    deadline: Instant,
}

impl Attempt<'_> {
    fn connect(&self) -> Result<Session, Cause> {
        // `prefer` and `allow` try the other way where the first is not to be had.
        let (first, second) = match self.settings.ssl.mode {
            _ if self.host.is_socket() => (Negotiation::Disable, None),
            SslMode::Disable => (Negotiation::Disable, None),
            SslMode::Allow => (Negotiation::Disable, Some(Negotiation::Require)),
            SslMode::Prefer => (Negotiation::Prefer, Some(Negotiation::Disable)),
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                (Negotiation::Require, None)
            }
        };
        match self.connect_with(first) {
            Err(Failed::Late) => Err(self.unreachable("no answer in time")),
            Err(Failed::Interrupted) => Err(Cause::Interrupted),
            Err(Failed::Said(error)) => match second {
                Some(second) if may_be_the_protection(&error) => match self.connect_with(second) {
                    Err(Failed::Late) => Err(self.unreachable("no answer in time")),
                    Err(Failed::Interrupted) => Err(Cause::Interrupted),
                    // The first attempt is the one that was wanted.
                    Err(Failed::Said(_)) => Err(self.cause(&error)),
                    Ok(session) => Ok(session),
                },
                _ => Err(self.cause(&error)),
            },
            Ok(session) => Ok(session),
        }
    }

    fn connect_with(&self, negotiation: Negotiation) -> Result<Session, Failed> {
        let runtime = runtime().map_err(|_| Failed::Late)?;
        let config = self.config(negotiation);
        let connected = runtime.block_on(async {
            let connecting = config.connect(self.tls.clone());
            let mut connecting = std::pin::pin!(connecting);
            loop {
                const SLICE: Duration = Duration::from_millis(100);
                let left = self.deadline.saturating_duration_since(Instant::now());
                match timeout(SLICE.min(left), &mut connecting).await {
                    Ok(connected) => return connected.map_err(Failed::Said),
                    Err(_) if (self.patience.interrupted)() => return Err(Failed::Interrupted),
                    Err(_) if left.is_zero() => return Err(Failed::Late),
                    Err(_) => {}
                }
            }
        });
        match connected {
            Ok((client, connection)) => Ok(Session::new(
                runtime,
                client,
                connection,
                self.tls.clone(),
                self.patience,
            )),
            Err(failed) => {
                // A name may still be looked up in a thread of its own.
                runtime.shutdown_background();
                Err(failed)
            }
        }
    }

    fn config(&self, negotiation: Negotiation) -> Config {
        let settings = self.settings;
        let mut config = Config::new();
        config
            .host(&self.host.name)
            .port(self.host.port)
            .user(&settings.user)
            .dbname(&settings.database)
            .application_name(&settings.application_name)
            .ssl_mode(negotiation)
            .channel_binding(settings.channel_binding)
            .keepalives_idle(KEEPALIVE)
            .keepalives_interval(KEEPALIVE / 3)
            .keepalives_retries(3);
        if let Some(password) = &self.host.password {
            config.password(password.expose());
        }
        config
    }

    /// What an attempt to connect failed of.
    fn cause(&self, error: &Error) -> Cause {
        let at = at(self.host);
        if let Some(said) = error.as_db_error() {
            return match super::error::from_server(said) {
                Cause::LoginRefused(said) => Cause::LoginRefused(format!("{said} ({at})")),
                Cause::NotPermitted { said, page } => Cause::NotPermitted {
                    said: format!("{said} ({at})"),
                    page,
                },
                Cause::NotReady(said) => Cause::NotReady(format!("{said} ({at})")),
                Cause::ConnectionLost(said) | Cause::Other(said) => self.unreachable(&said),
                cause => cause,
            };
        }
        // The library does not name the kinds of its errors otherwise.
        let kind = error.to_string();
        let reason = words(error);
        if reason == "password missing" {
            let ignored = self.settings.ignored_passfile.as_ref().map(|file| {
                let file = quoted(&file.to_string_lossy());
                format!("; {file} is ignored, since others can read it")
            });
            return Cause::LoginRefused(format!(
                "{at} asks for a password, and none is given{}",
                ignored.unwrap_or_default()
            ));
        }
        if kind.starts_with("error performing TLS handshake") {
            Cause::Tls(format!("{at}: {reason}"))
        } else if kind.starts_with("authentication error") {
            Cause::LoginRefused(format!("{reason} ({at})"))
        } else if kind.starts_with("error parsing response") || kind.starts_with("unexpected") {
            self.unreachable("what answers is no PostgreSQL server")
        } else {
            self.unreachable(&reason)
        }
    }

    fn unreachable(&self, reason: &str) -> Cause {
        Cause::Unreachable(format!("{}: {reason}", at(self.host)))
    }
}

/// Why an attempt came to nothing.
enum Failed {
    Late,
    Interrupted,
    Said(Error),
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
}

/// Whether another kind of protection could be the remedy: the handshake failed, or the server's
/// `pg_hba.conf` does not let this user in this way.
fn may_be_the_protection(error: &Error) -> bool {
    match error.code() {
        Some(code) => code.code() == "28000",
        None => error.to_string().contains("TLS"),
    }
}

/// How messages name an address.
fn at(host: &Host) -> String {
    let Host { name, port, .. } = host;
    if host.is_socket() {
        quoted(&format!("{name}/{}", socket_name(*port)))
    } else if name.contains(':') {
        quoted(&format!("[{name}]:{port}"))
    } else {
        quoted(&format!("{name}:{port}"))
    }
}

/// Whether a server is of the kind that is wanted.
enum Fit {
    Right,
    SecondBest,
    Wrong(&'static str),
}

fn fit(target: Target, session: &Session) -> Result<Fit, Cause> {
    let is_read_only = || Ok::<_, Cause>(shown(session, "SHOW transaction_read_only")? == "on");
    let is_standby = || Ok::<_, Cause>(shown(session, "SELECT pg_is_in_recovery()")? == "t");
    Ok(match target {
        Target::ReadWrite if is_read_only()? => Fit::Wrong("takes no writes"),
        Target::ReadOnly if !is_read_only()? => Fit::Wrong("is not read-only"),
        Target::Primary if is_standby()? => Fit::Wrong("is a standby"),
        Target::Standby if !is_standby()? => Fit::Wrong("is not a standby"),
        Target::PreferWritable if is_read_only()? => Fit::SecondBest,
        Target::PreferStandby if !is_standby()? => Fit::SecondBest,
        _ => Fit::Right,
    })
}

fn shown(session: &Session, sql: &str) -> Result<String, Cause> {
    let messages = session.wait(Work::Statement, session.client()?.simple_query(sql))?;
    let value = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(value.unwrap_or_default().to_owned())
}
