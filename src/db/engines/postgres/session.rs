//! One connection, and how long it is waited for: tokio runs on this thread, and only while
//! something is waited for.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;
use tokio_postgres::{CancelToken, Client, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::db::error::Cause;
use crate::db::settings::SILENCE;

/// How often it is looked whether a wait is to end.
const SLICE: Duration = Duration::from_millis(100);

/// How long a statement may take to end by itself once the operator has had enough, and how long
/// the server may take to answer that it was cancelled.
const GRACE: Duration = Duration::from_millis(500);

/// How much later than the server this program gives up: the server knows the reason.
const LATER: Duration = Duration::from_secs(1);

/// How long to wait for the server.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) timeout: Duration,
    pub(super) interrupted: fn() -> bool,
    pub(super) waiting: fn(&str),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// A statement that ought to be done in time.
    Statement,
    /// A statement that takes as long as it takes: a change of a large table.
    Migration,
    /// A commit, which cannot be called off.
    Commit,
}

/// An open connection.
pub(super) struct Session {
    /// `None` once it is being closed.
    client: Option<Client>,
    /// What reads and writes the socket.
    connection: JoinHandle<Result<(), Error>>,
    canceller: CancelToken,
    tls: MakeRustlsConnect,
    patience: Patience,
    /// Whether what comes next from the server is the answer to something given up.
    is_lost: Cell<bool>,
    /// Whether a person has been told what is waited for.
    is_told: Cell<bool>,
    runtime: Runtime,
}

impl Session {
    pub(super) fn new(
        runtime: Runtime,
        client: Client,
        connection: impl Future<Output = Result<(), Error>> + Send + 'static,
        tls: MakeRustlsConnect,
        patience: Patience,
    ) -> Self {
        Self {
            canceller: client.cancel_token(),
            client: Some(client),
            connection: runtime.spawn(connection),
            tls,
            patience,
            is_lost: Cell::new(false),
            is_told: Cell::new(false),
            runtime,
        }
    }

    /// The connection to send statements on.
    pub(super) fn client(&self) -> Result<&Client, Cause> {
        match &self.client {
            Some(client) if !self.is_lost.get() && !client.is_closed() => Ok(client),
            _ => Err(Cause::ConnectionLost("it is closed".to_owned())),
        }
    }

    /// Waits for an answer of the server, and has the statement cancelled that takes longer than
    /// `--timeout` or than the operator wants.
    pub(super) fn wait<T>(
        &self,
        work: Work,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Cause> {
        self.runtime.block_on(async {
            let mut answer = pin!(answer);
            let began = Instant::now();
            let mut interrupted = None::<Instant>;
            let mut cancelled = None::<Instant>;
            loop {
                if let Ok(answer) = timeout(SLICE, &mut answer).await {
                    return Ok(answer?);
                }
                // For a lock or for something else: the server does not say.
                if began.elapsed() >= SILENCE && !self.is_told.replace(true) {
                    (self.patience.waiting)("the database server");
                }
                if let Some(cancelled) = cancelled {
                    if cancelled.elapsed() > GRACE {
                        return Err(self.lost());
                    }
                    continue;
                }
                if (self.patience.interrupted)() {
                    interrupted.get_or_insert_with(Instant::now);
                }
                let is_unwanted = interrupted.is_some_and(|since| since.elapsed() > GRACE);
                let is_late = began.elapsed() > self.patience.timeout + LATER;
                match work {
                    Work::Commit if is_late => {
                        self.is_lost.set(true);
                        return Err(Cause::CommitUnknown(self.no_answer()));
                    }
                    Work::Statement if is_late || is_unwanted => {}
                    Work::Migration if is_unwanted => {}
                    _ => continue,
                }
                cancelled = Some(Instant::now());
                self.runtime.spawn(self.cancel());
            }
        })
    }

    /// Sends a statement whose answer nobody waits for.
    pub(super) fn send<T>(&self, statement: impl Future<Output = T>) {
        self.runtime.block_on(async {
            let _ = statement.now_or_never();
            // The connection has its turn, and writes.
            yield_now().await;
        });
    }

    /// Gives the connection up, where nobody wants to know what the server is still sending: a
    /// cancellation could arrive late, and end the next statement instead.
    pub(super) fn abandon(&self) {
        self.is_lost.set(true);
    }

    fn cancel(&self) -> impl Future<Output = ()> + Send + 'static {
        let (canceller, tls) = (self.canceller.clone(), self.tls.clone());
        async move {
            // Where the server cannot be reached either, the wait ends all the same.
            let _ = canceller.cancel_query(tls).await;
        }
    }

    fn lost(&self) -> Cause {
        self.is_lost.set(true);
        Cause::ConnectionLost(self.no_answer())
    }

    fn no_answer(&self) -> String {
        format!("no answer in {}s", self.patience.timeout.as_secs())
    }
}

impl Drop for Session {
    /// Says goodbye: a server logs a connection that just breaks off.
    fn drop(&mut self) {
        self.client = None;
        if self.is_lost.get() {
            return;
        }
        let connection = &mut self.connection;
        let _ = self
            .runtime
            .block_on(async { timeout(SLICE, connection).await });
    }
}
