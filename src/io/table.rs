//! Tables for people: aligned columns that fit the terminal. What does not fit is said shorter,
//! ends in `…` or is left out as a column; no line is broken.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{ColumnConstraint, ContentArrangement, TableStyle, Width};
use unicode_width::UnicodeWidthStr as _;

use crate::escape::visible;

/// A column, and what may happen to it where there is not enough room.
pub(crate) struct Column {
    pub(crate) header: &'static str,
    /// The width to which its cells may be shortened; `None`: they are shown whole.
    pub(crate) shortest: Option<usize>,
    /// Its place in the order in which columns are left out; `None`: it stays.
    pub(crate) leaves: Option<u8>,
}

/// A cell. `short` is another way to say it, for all cells at once where there is little room.
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) short: Option<String>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, short: None }
    }
}

/// Writes rows in aligned columns. They are laid out a block at a time, so that a long table
/// begins to appear at once and is never in memory whole; which columns are shown is decided by
/// the first block.
pub(crate) struct Table<'a> {
    out: &'a mut dyn Write,
    columns: Vec<Column>,
    /// `None`: without limit.
    width: Option<usize>,
    header_style: Style,
    block: Vec<Vec<Cell>>,
    layout: Option<Layout>,
}

struct Layout {
    is_short: bool,
    /// `None`: the column is left out.
    widths: Vec<Option<usize>>,
}

/// Blanks between two columns.
const GAP: u16 = 2;

impl<'a> Table<'a> {
    /// The rows of a block.
    const BLOCK: usize = 500;

    /// Begins a table that is at most `width` columns of a terminal wide.
    pub(crate) fn new(
        out: &'a mut dyn Write,
        width: Option<u16>,
        header_style: Style,
        columns: Vec<Column>,
    ) -> Self {
        Self {
            out,
            columns,
            width: width.map(usize::from),
            header_style,
            block: Vec::new(),
            layout: None,
        }
    }

    /// Adds a row; its cells are made safe to look at here.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        let cells = cells.into_iter().map(|cell| Cell {
            text: visible(&cell.text),
            short: cell.short,
        });
        self.block.push(cells.collect());
        if self.block.len() == Self::BLOCK {
            self.write_block()?;
        }
        Ok(())
    }

    /// Ends the table. One without rows has no header either.
    pub(crate) fn end(mut self) -> io::Result<()> {
        self.write_block()
    }

    fn write_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let layout = self.lay_out();
        if self.layout.is_none() {
            let headers: Vec<&str> = self.columns.iter().map(|column| column.header).collect();
            let style = self.header_style;
            for line in layout.lines(&self.columns, std::iter::once(headers)) {
                writeln!(self.out, "{style}{line}{style:#}")?;
            }
        }
        let rows = self.block.iter().map(|row| {
            let texts = row.iter().map(|cell| cell.shown(layout.is_short));
            texts.collect()
        });
        for line in layout.lines(&self.columns, rows) {
            writeln!(self.out, "{line}")?;
        }
        self.block.clear();
        self.layout = Some(layout);
        Ok(())
    }

    /// Finds room for the block: what the first block leaves out stays out, and no column gets
    /// narrower.
    fn lay_out(&self) -> Layout {
        let room = self.width.unwrap_or(usize::MAX);
        let is_short = match &self.layout {
            Some(layout) => layout.is_short,
            None => total(&self.needed(false)) > room,
        };
        let mut needed = self.needed(is_short);
        if self.layout.is_none() {
            while total(&self.least(&needed)) > room
                && let Some(leaving) = self.next_to_leave(&needed)
                && let Some(width) = needed.get_mut(leaving)
            {
                *width = None;
            }
        }
        let widths = if total(&needed) <= room {
            needed
        } else if let Some(layout) = &self.layout {
            layout.widths.clone()
        } else {
            // What is left of the room goes to the columns from left to right.
            let mut widths = self.least(&needed);
            let mut left = room.saturating_sub(total(&widths));
            for (width, needed) in widths.iter_mut().zip(&needed) {
                if let (Some(width), Some(needed)) = (width, needed) {
                    let more = left.min(*needed - *width);
                    *width += more;
                    left -= more;
                }
            }
            widths
        };
        Layout { is_short, widths }
    }

    /// The width that each column needs for the block.
    fn needed(&self, is_short: bool) -> Vec<Option<usize>> {
        self.columns
            .iter()
            .enumerate()
            .map(|(position, column)| {
                let before = match &self.layout {
                    Some(layout) => layout.widths.get(position).copied().flatten()?,
                    None => column.header.width(),
                };
                let cells = self.block.iter().filter_map(|row| row.get(position));
                let widest = cells.map(|cell| cell.shown(is_short).width()).max();
                Some(widest.unwrap_or_default().max(before))
            })
            .collect()
    }

    /// The width to which each column may be shortened.
    fn least(&self, needed: &[Option<usize>]) -> Vec<Option<usize>> {
        let columns = self.columns.iter().zip(needed);
        columns
            .map(|(column, needed)| {
                needed.map(|needed| column.shortest.map_or(needed, |least| least.min(needed)))
            })
            .collect()
    }

    fn next_to_leave(&self, needed: &[Option<usize>]) -> Option<usize> {
        let columns = self.columns.iter().zip(needed).enumerate();
        columns
            .filter(|(_, (_, needed))| needed.is_some())
            .filter_map(|(position, (column, _))| Some((column.leaves?, position)))
            .min()
            .map(|(_, position)| position)
    }
}

impl Cell {
    fn shown(&self, is_short: bool) -> &str {
        match &self.short {
            Some(short) if is_short => short,
            _ => &self.text,
        }
    }
}

impl Layout {
    /// The rows, shortened and aligned, a line each.
    fn lines<'t>(
        &self,
        columns: &[Column],
        rows: impl Iterator<Item = Vec<&'t str>>,
    ) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new());
        table.set_content_arrangement(ContentArrangement::Disabled);
        for texts in rows {
            let cells = texts.into_iter().zip(&self.widths).zip(columns);
            table.add_row(cells.filter_map(|((text, width), column)| {
                let width = (*width)?;
                Some(match column.shortest {
                    Some(_) => shortened(text, width),
                    None => Cow::Borrowed(text),
                })
            }));
        }
        for (column, width) in table.column_iter_mut().zip(self.widths.iter().flatten()) {
            let width = u16::try_from(*width)
                .unwrap_or(u16::MAX)
                .saturating_add(GAP);
            column.set_padding((0, GAP));
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
        }
        let lines = table.lines();
        lines.map(|line| line.trim_end().to_owned()).collect()
    }
}

fn total(widths: &[Option<usize>]) -> usize {
    let shown = widths.iter().flatten();
    shown.clone().sum::<usize>() + usize::from(GAP) * shown.count().saturating_sub(1)
}

/// The beginning of a text that is wider than this, and `…`. A mark stays with its letter.
fn shortened(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let beginnings = text.char_indices().filter_map(|(end, _)| text.get(..end));
    let longest = beginnings
        .take_while(|beginning| beginning.width() < width)
        .last();
    Cow::Owned(format!("{}…", longest.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [(&str, Option<usize>, Option<u8>); 4] = [
        ("NAME", Some(8), None),
        ("KEY", None, None),
        ("CREATED", None, Some(2)),
        ("EMAIL", Some(10), Some(1)),
    ];

    fn table(width: Option<u16>, names: &[&str]) -> String {
        let mut out = Vec::new();
        let columns = COLUMNS.map(|(header, shortest, leaves)| Column {
            header,
            shortest,
            leaves,
        });
        let mut table = Table::new(&mut out, width, Style::new(), columns.into());
        for name in names {
            let created = Cell {
                text: "2026-11-25 04:16:52 UTC (3 days ago)".to_owned(),
                short: Some("3 days ago".to_owned()),
            };
            let email = format!("{name}@example.com");
            let row = vec![
                Cell::from((*name).to_owned()),
                Cell::from("0a1b2c3d…".to_owned()),
                created,
                Cell::from(email),
            ];
            table.row(row).unwrap();
        }
        table.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_is_whole_where_there_is_room_or_no_width() {
        let whole = "\
NAME   KEY        CREATED                               EMAIL
alice  0a1b2c3d…  2026-11-25 04:16:52 UTC (3 days ago)  alice@example.com
";
        for width in [None, Some(200), Some(73)] {
            assert_eq!(table(width, &["alice"]), whole, "{width:?}");
        }
    }

    #[test]
    fn where_room_is_short_times_then_texts_get_shorter_and_columns_leave_in_their_order() {
        for (width, wanted) in [
            (
                72,
                "\
NAME   KEY        CREATED     EMAIL
alice  0a1b2c3d…  3 days ago  alice@example.com
",
            ),
            (
                40,
                "\
NAME   KEY        CREATED     EMAIL
alice  0a1b2c3d…  3 days ago  alice@exa…
",
            ),
            (
                39,
                "\
NAME   KEY        CREATED
alice  0a1b2c3d…  3 days ago
",
            ),
            (
                20,
                "\
NAME   KEY
alice  0a1b2c3d…
",
            ),
        ] {
            assert_eq!(table(Some(width), &["alice"]), wanted, "{width}");
        }
    }

    #[test]
    fn a_name_is_shortened_by_what_is_seen_of_it_and_a_key_never() {
        for (name, shown) in [
            ("a-long-user-name", "a-long-…"),
            ("名前名前名前", "名前名…"),
            (
                "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
                "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}…",
            ),
        ] {
            for width in [19, 5] {
                let table = table(Some(width), &[name]);
                let row = table.lines().nth(1).unwrap();
                assert!(
                    row.starts_with(shown) && row.ends_with("0a1b2c3d…"),
                    "{row}"
                );
            }
        }
    }

    #[test]
    fn a_later_block_keeps_the_columns_of_the_first() {
        let names: Vec<String> = (0..600).map(|n| format!("user{n}")).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.push("a-user-with-a-long-name");
        let table = table(Some(40), &names);
        for line in table.lines() {
            assert!(line.width() <= 40, "{line}");
        }
        assert!(
            table.ends_with("a-user…  0a1b2c3d…  3 days ago\n"),
            "{table}"
        );
    }
}
