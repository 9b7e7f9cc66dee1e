//! The only file that prints: data to stdout, messages to stderr. Tables are laid out in `table`.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::panic::Location;
use std::time::{Duration, Instant};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{
    HumanCount, HumanDuration, HumanFloatCount, ProgressBar, ProgressDrawTarget, ProgressState,
    ProgressStyle,
};
use serde::Serialize;

use crate::error::{Failure, Report};
use crate::escape::shown;

/// Where messages go, and how wide a table may be.
#[derive(Debug)]
pub(crate) struct Output {
    quiet: bool,
    width: Option<u16>,
    /// Messages that wait for the end; `None` where they need not wait. Where errors are JSON, an
    /// error has to be all that is on stderr.
    waiting: Option<RefCell<Vec<(Label, String)>>>,
    /// When a job on many users began.
    began: Cell<Option<Instant>>,
    /// Its progress bar, above which messages are printed.
    bar: RefCell<Option<ProgressBar>>,
}

impl Output {
    /// `quiet` prints nothing but errors; a table is at most `width` columns of a terminal wide;
    /// `as_json` says that errors are JSON.
    pub(crate) fn new(quiet: bool, width: Option<u16>, as_json: bool) -> Self {
        Self {
            quiet,
            width,
            waiting: as_json.then(RefCell::default),
            began: Cell::default(),
            bar: RefCell::default(),
        }
    }

    /// How wide a table may be; `None`: without limit.
    pub(crate) fn width(&self) -> Option<u16> {
        self.width
    }

    /// Prints the messages that waited for the end.
    pub(crate) fn end(&self) {
        for (label, sentence) in self.waiting.iter().flat_map(RefCell::take) {
            print_line(label, &sentence);
        }
    }

    /// Whether messages are shown to a person.
    pub(crate) fn is_to_terminal(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// What tells a person at the terminal that the database is waited for; nothing elsewhere.
    pub(crate) fn waiting(&self) -> fn(&str) {
        if self.is_to_terminal() {
            |what| say(&format!("Waiting for {what} …"))
        } else {
            |_| ()
        }
    }

    /// A bar with a label such as `Creating tokens`, count, rate and time left, on a terminal;
    /// nothing in a pipe. From here on the job takes its time. (A hidden bar would do, but for the
    /// random numbers that its making takes.)
    pub(crate) fn progress(&self, label: &'static str, total: Option<u64>) -> Option<ProgressBar> {
        /// Fewer are done before anybody can read the bar.
        const FEW: u64 = 20;
        self.began.set(Some(Instant::now()));
        let total = match total {
            Some(total) if total >= FEW && self.is_to_terminal() => total,
            _ => return None,
        };
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        let template = "{msg} {wide_bar} {human_pos}/{human_len}{pace}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let pace = |state: &ProgressState, text: &mut dyn fmt::Write| {
                // Before the first is done, nobody knows.
                if state.pos() > 0 {
                    let (rate, left) = (state.per_sec(), state.eta());
                    let (rate, left) = (HumanFloatCount(rate), HumanDuration(left));
                    let _ = write!(text, "  {rate:.0}/s  {left:#} left");
                }
            };
            bar.set_style(style.with_key("pace", pace));
        }
        bar.set_message(label);
        self.bar.replace(Some(bar.clone()));
        Some(bar)
    }

    /// How long the job took, to be read on from what it did: ` in 9.1 s`; nothing under a
    /// second.
    pub(crate) fn took(&self) -> String {
        match self.began.get().map(|began| began.elapsed()) {
            Some(time) if time >= Duration::from_secs(60) => {
                format!(" in {} min {} s", time.as_secs() / 60, time.as_secs() % 60)
            }
            Some(time) if time >= Duration::from_secs(1) => {
                format!(" in {:.1} s", time.as_secs_f64())
            }
            _ => String::new(),
        }
    }

    /// Prints what happened, as a full sentence.
    pub(crate) fn note(&self, sentence: &str) {
        self.message(Label::None, sentence);
    }

    /// Prints what the operator should look at.
    pub(crate) fn warn(&self, sentence: &str) {
        self.message(Label::Warning, sentence);
    }

    fn message(&self, label: Label, sentence: &str) {
        if self.quiet {
            return;
        }
        match &self.waiting {
            Some(waiting) => waiting.borrow_mut().push((label, sentence.to_owned())),
            None => match &*self.bar.borrow() {
                Some(bar) => bar.suspend(|| print_line(label, sentence)),
                None => print_line(label, sentence),
            },
        }
    }
}

/// A number as a person reads it: `200,000`.
pub(crate) fn grouped(number: u64) -> String {
    HumanCount(number).to_string()
}

/// How a line on stderr begins.
#[derive(Clone, Copy, Debug)]
enum Label {
    None,
    Error,
    Warning,
    Hint,
}

impl Label {
    fn text(self) -> (&'static str, Style) {
        let bold = |color: AnsiColor| color.on_default().bold();
        match self {
            Self::None => ("", Style::new()),
            Self::Error => ("drfctl: ", bold(AnsiColor::Red)),
            Self::Warning => ("drfctl: warning: ", bold(AnsiColor::Yellow)),
            Self::Hint => ("hint: ", bold(AnsiColor::Cyan)),
        }
    }
}

/// Prints a line on stderr. Everything that a message repeats of a database, a file or a library
/// is made safe to look at here.
fn print_line(label: Label, sentence: &str) {
    let (label, style) = label.text();
    let text = format!("{style}{label}{style:#}{}\n", shown(sentence));
    // If stderr is gone, there is no place left to say so.
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Decides about colour: `auto` is a terminal, without `NO_COLOR` or `TERM=dumb`.
pub(crate) fn set_color(choice: clap::ColorChoice) {
    let choice = match choice {
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// How the header of a table on stdout is shown.
pub(crate) fn header_style() -> Style {
    match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => Style::new(),
        ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => Style::new().dimmed(),
    }
}

/// Prints an error: up to three lines, or one JSON object.
pub(crate) fn report(report: &Report, as_json: bool) {
    if as_json {
        #[derive(Serialize)]
        struct Envelope<'a> {
            error: &'a Report,
        }
        if let Ok(json) = serde_json::to_string(&Envelope { error: report }) {
            let _ = writeln!(io::stderr().lock(), "{json}");
        }
        return;
    }
    print_line(Label::Error, &report.message);
    if let Some(hint) = &report.hint {
        print_line(Label::Hint, hint);
    }
}

/// Prints a question, behind which the answer is typed.
pub(crate) fn prompt(question: &str) {
    let text = shown(question);
    let mut stderr = anstream::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

/// Prints a message between two prompts, whatever `--quiet` says.
pub(crate) fn say(sentence: &str) {
    print_line(Label::None, sentence);
}

/// Prints what clap made for `--help` and `--version`.
pub(crate) fn help(text: &clap::Error) -> Result<(), Failure> {
    let text = text.render();
    data(|out| {
        let written = match AutoStream::choice(&io::stdout()) {
            ColorChoice::Never => write!(out, "{text}"),
            ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => {
                write!(out, "{}", text.ansi())
            }
        };
        written.map_err(Failure::Stdout)
    })
}

/// Prints the help to who gave no command.
pub(crate) fn help_instead(text: &clap::Error) {
    // If it does not arrive, there is no place left to say so.
    let _ = text.print();
}

/// Reports a bug and its place in the source; not its message, which may hold a secret.
pub(crate) fn bug(location: Option<&Location<'_>>) {
    let place = location.map(|place| format!(" at {place}"));
    let message = format!("internal error{}", place.unwrap_or_default());
    print_line(Label::Error, &message);
    print_line(Label::Hint, "this is a bug; please report it");
}

/// Writes JSON values: one, an array with one value a line, or one value a line.
pub(crate) struct Json<W> {
    out: W,
    shape: JsonShape,
    is_first: bool,
    /// Buffer: `serde_json` writes in many small pieces.
    value: Vec<u8>,
}

/// How several JSON values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonShape {
    /// Each on a line of its own.
    Lines,
    /// All in one array.
    Array,
}

impl JsonShape {
    /// The shape of `--format json`, which is a single value.
    pub(crate) fn one_value(is_one: bool) -> Self {
        if is_one { Self::Lines } else { Self::Array }
    }
}

impl<W: Write> Json<W> {
    /// Begins to write.
    pub(crate) fn new(out: W, shape: JsonShape) -> Self {
        Self {
            out,
            shape,
            is_first: true,
            value: Vec::new(),
        }
    }

    /// Writes the next value.
    pub(crate) fn value(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.value.clear();
        match (self.shape, self.is_first) {
            (JsonShape::Lines, _) => {}
            (JsonShape::Array, true) => self.value.push(b'['),
            (JsonShape::Array, false) => self.value.extend(b",\n "),
        }
        self.is_first = false;
        serde_json::to_writer(&mut self.value, value)?;
        if self.shape == JsonShape::Lines {
            self.value.push(b'\n');
        }
        self.out.write_all(&self.value)
    }

    /// Writes all values.
    pub(crate) fn values<V: Serialize>(
        mut self,
        values: impl IntoIterator<Item = V>,
    ) -> io::Result<()> {
        for value in values {
            self.value(&value)?;
        }
        self.end()
    }

    /// Flushes what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the array, also one without values.
    pub(crate) fn end(mut self) -> io::Result<()> {
        self.write_end()
    }

    fn write_end(&mut self) -> io::Result<()> {
        if self.shape == JsonShape::Array {
            self.out
                .write_all(if self.is_first { b"[]\n" } else { b"]\n" })?;
        }
        Ok(())
    }
}

impl Json<Vec<u8>> {
    /// What was written and not taken yet.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Whether no value was written yet; a caller who takes values back sets it again.
    pub(crate) fn is_first(&mut self) -> &mut bool {
        &mut self.is_first
    }

    /// Ends as [`Self::end`] does, and gives what was not taken yet.
    pub(crate) fn finish(mut self) -> io::Result<Vec<u8>> {
        self.write_end()?;
        Ok(self.out)
    }
}

/// Writes data to stdout; a reader who has seen enough (`| head`) is not an error.
pub(crate) fn data(
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match to_stdout(write) {
        Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn to_stdout(write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    write(&mut out)?;
    out.flush().map_err(Failure::Stdout)
}
