//! The only file that prints. stdout is data, stderr is talk.

use std::cell::RefCell;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::panic::Location;
use std::rc::Rc;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableStyle, Width};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::error::{Failure, Report};
use crate::escape::{system_words, visible};

/// Where data and talk go.
#[derive(Clone, Debug)]
pub struct Output {
    quiet: bool,
    width: Option<u16>,
    /// Talk that waits for the end; `None` where it need not wait. Where errors are JSON, an
    /// error has to be all that is on stderr.
    waiting: Option<Rc<RefCell<Vec<String>>>>,
}

impl Output {
    /// `quiet` leaves only errors of the talk; a table is at most `width` columns of a terminal
    /// wide; `as_json` says that errors are JSON.
    #[must_use]
    pub fn new(quiet: bool, width: Option<u16>, as_json: bool) -> Self {
        Self {
            quiet,
            width,
            waiting: as_json.then(Rc::default),
        }
    }

    /// How wide a table may be; `None` for as wide as it likes.
    #[must_use]
    pub fn width(&self) -> Option<u16> {
        self.width
    }

    /// Says what has waited for the end.
    pub fn end(&self) {
        for sentence in self.waiting.iter().flat_map(|waiting| waiting.take()) {
            talk(format_args!("{sentence}\n"));
        }
    }

    /// Whether somebody watches who would see a progress bar.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// A bar with count, rate and time left, on a terminal; nothing in a pipe.
    #[must_use]
    pub fn progress(&self, total: Option<u64>) -> ProgressBar {
        /// Fewer are done before anybody could read the bar.
        const FEW: u64 = 20;
        let total = match total {
            Some(total) if total >= FEW && self.shows_progress() => total,
            _ => return ProgressBar::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        if let Ok(style) =
            ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {per_sec} {eta}")
        {
            bar.set_style(style);
        }
        bar
    }

    /// Writes data; a reader who has seen enough (`| head`) is not an error. `truth` is what is
    /// so in the database all the same; empty where nothing was changed.
    pub fn data(
        &self,
        truth: &str,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match to_stdout(write) {
            Err(error)
                if write_error(&error)
                    .is_some_and(|(kind, _)| kind == io::ErrorKind::BrokenPipe) =>
            {
                Ok(())
            }
            Err(error) => Err(undelivered(error, (truth.to_owned(), String::new()))),
            Ok(()) => Ok(()),
        }
    }

    /// Writes a secret. The caller says with [`undelivered`] what is true if it does not arrive.
    pub fn secret(
        &self,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        to_stdout(write)
    }

    /// Says what happened, as a full sentence.
    pub fn note(&self, sentence: &str) {
        if self.quiet {
            return;
        }
        match &self.waiting {
            Some(waiting) => waiting.borrow_mut().push(sentence.to_owned()),
            None => talk(format_args!("{sentence}\n")),
        }
    }

    /// Says what the operator should look at.
    pub fn warn(&self, sentence: &str) {
        self.note(&format!("drfctl: warning: {sentence}"));
    }
}

/// Prints an error: up to three lines, or one JSON object.
pub fn report(report: &Report, as_json: bool) {
    if as_json {
        #[derive(Serialize)]
        struct Envelope<'a> {
            error: &'a Report,
        }
        if let Ok(json) = serde_json::to_string(&Envelope { error: report }) {
            talk(format_args!("{json}\n"));
        }
        return;
    }
    talk(format_args!("drfctl: {}\n", report.message));
    if let Some(hint) = &report.hint {
        talk(format_args!("hint: {hint}\n"));
    }
}

/// Says something in the middle of a conversation with a person.
pub fn say(sentence: &str) {
    talk(format_args!("{sentence}\n"));
}

/// Prints what clap made for `--help` and `--version`.
pub fn help(text: &clap::Error) {
    // Nobody is left to be told that the help did not arrive.
    let _ = text.print();
}

/// Says that a bug was met, and where; not what it was about, which may be a secret.
pub fn bug(location: Option<&Location<'_>>) {
    let place = location.map(|place| format!(" at {place}"));
    talk(format_args!(
        "drfctl: internal error{}\nhint: this is a bug; please report it\n",
        place.unwrap_or_default()
    ));
}

/// Writes JSON values: one, an array with one value a line, or one value a line.
pub struct Json<'a> {
    out: &'a mut dyn Write,
    shape: JsonShape,
    is_first: bool,
    /// A value is put together here: it comes in dozens of small pieces.
    value: Vec<u8>,
}

/// How JSON values stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonShape {
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

impl<'a> Json<'a> {
    /// Begins to write.
    pub fn new(out: &'a mut dyn Write, shape: JsonShape) -> Self {
        Self {
            out,
            shape,
            is_first: true,
            value: Vec::new(),
        }
    }

    /// Writes the next value.
    pub fn value(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
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
        Ok(self.out.write_all(&self.value)?)
    }

    /// Hands over what was written so far.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    /// Ends the array, also one without values.
    pub fn end(self) -> anyhow::Result<()> {
        if self.shape == JsonShape::Array {
            self.out
                .write_all(if self.is_first { b"[]\n" } else { b"]\n" })?;
        }
        Ok(())
    }
}

/// Writes rows in aligned columns. They are laid out a block at a time, so that a long table
/// begins to appear at once and never has to be in memory whole; no later block is
/// narrower than the first.
pub struct Columns<'a> {
    out: &'a mut dyn Write,
    width: Option<u16>,
    header: Option<Vec<&'static str>>,
    block: Vec<Vec<String>>,
    constraints: Vec<ColumnConstraint>,
}

impl<'a> Columns<'a> {
    /// The rows of a block.
    const BLOCK: usize = 500;

    /// Blanks between two columns.
    const GAP: u16 = 2;

    /// Begins a table that is at most `width` columns of a terminal wide.
    pub fn new(out: &'a mut dyn Write, width: Option<u16>, header: Vec<&'static str>) -> Self {
        Self {
            out,
            width,
            header: Some(header),
            block: Vec::new(),
            constraints: Vec::new(),
        }
    }

    /// Adds a row; its cells are made safe to look at here.
    pub fn row(&mut self, cells: &[String]) -> anyhow::Result<()> {
        self.block
            .push(cells.iter().map(|cell| visible(cell)).collect());
        if self.block.len() == Self::BLOCK {
            self.lay_out()?;
        }
        Ok(())
    }

    /// Ends the table.
    pub fn end(mut self) -> anyhow::Result<()> {
        self.lay_out()
    }

    fn lay_out(&mut self) -> anyhow::Result<()> {
        let header = self.header.take();
        if header.is_none() && self.block.is_empty() {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(TableStyle::new());
        table.set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(width) = self.width {
            table.set_width(width);
        }
        let is_first = header.is_some();
        if let Some(header) = header {
            table.set_header(header);
        }
        table.add_rows(self.block.drain(..));
        for column in table.column_iter_mut() {
            column.set_padding((0, Self::GAP));
        }
        if is_first {
            let widths = table.column_max_content_widths();
            let total: u16 = widths.iter().map(|width| width + Self::GAP).sum();
            if self.width.is_none_or(|width| total <= width) {
                self.constraints = widths
                    .iter()
                    .map(|width| ColumnConstraint::LowerBoundary(Width::Fixed(width + Self::GAP)))
                    .collect();
            }
        } else if !self.constraints.is_empty() {
            table.set_constraints(self.constraints.clone());
        }
        for line in table.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn to_stdout(write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    write(&mut out)?;
    out.flush()?;
    Ok(())
}

fn talk(text: std::fmt::Arguments<'_>) {
    // If stderr is gone, there is no place left to say so.
    let _ = io::stderr().lock().write_fmt(text);
}

/// What the system said, if an error is one of writing.
#[must_use]
pub fn write_error(error: &anyhow::Error) -> Option<(io::ErrorKind, String)> {
    let describe = |error: &io::Error| (error.kind(), system_words(error));
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return Some(describe(error));
    }
    match error.downcast_ref::<csv::Error>()?.kind() {
        csv::ErrorKind::Io(error) => Some(describe(error)),
        _ => None,
    }
}

/// Makes an error of writing to stdout one that says what is true in the database, and how to
/// see it; any other error is left as it is.
#[must_use]
pub fn undelivered(error: anyhow::Error, (truth, hint): (String, String)) -> anyhow::Error {
    let some = |text: String| (!text.is_empty()).then_some(text);
    match write_error(&error) {
        None => error,
        Some((_, reason)) => Failure::Undelivered {
            reason,
            truth: some(truth),
            hint: some(hint),
        }
        .into(),
    }
}
