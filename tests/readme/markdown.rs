//! The documents, and the fenced blocks in them.

use std::fs;
use std::path::{Path, PathBuf};

/// A fenced block with a language.
pub(super) struct Block {
    /// `README.md: Heading`, with ` (2)` for the second block below the heading.
    pub(super) id: String,
    pub(super) language: String,
    pub(super) text: String,
}

/// The text of the block with this id.
#[track_caller]
pub(super) fn block(id: &str) -> String {
    let block = blocks().into_iter().find(|block| block.id == id);
    block.unwrap_or_else(|| panic!("no block is {id:?}")).text
}

/// Every block of the README and of `docs/`.
pub(super) fn blocks() -> Vec<Block> {
    documents().iter().flat_map(|path| read(path)).collect()
}

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join("docs")).expect("list docs/");
    let mut documents: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry of docs/").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    documents.sort();
    documents.insert(0, root.join("README.md"));
    documents
}

fn read(path: &Path) -> Vec<Block> {
    let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR"));
    let name = name.expect("a file of this repository").display();
    let text = fs::read_to_string(path).expect("read the document");
    let mut blocks = Vec::new();
    let mut heading = "";
    let mut below_heading = 0;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if language.is_empty() {
                continue;
            }
            below_heading += 1;
            let number = match below_heading {
                1 => String::new(),
                number => format!(" ({number})"),
            };
            blocks.push(Block {
                id: format!("{name}: {heading}{number}"),
                language: language.to_owned(),
                text: body.join("\n") + "\n",
            });
        } else if line.starts_with('#') {
            heading = line.trim_start_matches('#').trim();
            below_heading = 0;
        }
    }
    blocks
}

/// Every link to something in this repository, with the document that it stands in.
pub(super) fn links() -> Vec<(PathBuf, String)> {
    let mut links = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).expect("read the document");
        for opening in ["](", "src=\"", "srcset=\""] {
            for rest in text.split(opening).skip(1) {
                let end = rest.find([')', '"']).expect("the link ends");
                let link = rest[..end].to_owned();
                if !link.contains("://") {
                    links.push((document.clone(), link));
                }
            }
        }
    }
    assert!(!links.is_empty());
    links
}
