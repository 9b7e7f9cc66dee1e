//! Patterns of names, for engines that have no operator for them.

/// The regular expression that matches what a pattern of SQLite's GLOB does: `*` is any text, `?`
/// any character, `[…]` one of these and `[^…]` none of these.
pub(super) fn to_regex(pattern: &str) -> String {
    /// Matches nothing: an unclosed bracket does not either.
    const NOTHING: &str = "^(?!)$";
    let mut regex = "^".to_owned();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            '[' => {
                regex.push('[');
                if characters.next_if_eq(&'^').is_some() {
                    regex.push('^');
                }
                // A bracket that comes first is one of the characters.
                let mut is_first = true;
                loop {
                    let Some(character) = characters.next() else {
                        return NOTHING.to_owned();
                    };
                    match character {
                        ']' if !is_first => break,
                        '-' => regex.push('-'),
                        other => push_literal(&mut regex, other),
                    }
                    is_first = false;
                }
                regex.push(']');
            }
            other => push_literal(&mut regex, other),
        }
    }
    regex.push('$');
    regex
}

fn push_literal(regex: &mut String, character: char) {
    if !character.is_alphanumeric() && character != '_' && !character.is_whitespace() {
        regex.push('\\');
    }
    regex.push(character);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_becomes_a_regular_expression_that_matches_the_same() {
        for (pattern, regex) in [
            ("ali*", "^ali.*$"),
            ("a?c", "^a.c$"),
            ("svc-[0-9]", "^svc\\-[0-9]$"),
            ("[^a]x", "^[^a]x$"),
            ("[]x]", "^[\\]x]$"),
            ("a.b+c@x.org", "^a\\.b\\+c\\@x\\.org$"),
            ("[a", "^(?!)$"),
        ] {
            assert_eq!(to_regex(pattern), regex, "{pattern}");
        }
    }
}
