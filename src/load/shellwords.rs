//! Splitting a command string as Compose does: a shell's words without its expansions.

/// The words of a command string.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The words.
    pub words: Vec<String>,
    /// What stands behind the unquoted `;`, `&`, `|`, `<` or `>` that ended the command; never run.
    pub cut: Option<String>,
}

/// Splits a command string.
pub fn split(line: &str) -> Result<Words, String> {
    Splitter::default().run(line).ok_or_else(|| "invalid command line string".to_owned())
}

/// Where the splitter is between quotes.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)]
struct Splitter {
    words: Vec<String>,
    word: String,
    /// Whether a word was begun, even an empty one (`''`).
    begun: bool,
    escaped: bool,
    single: bool,
    double: bool,
    back: bool,
    dollar: bool,
}

impl Splitter {
    fn run(mut self, line: &str) -> Option<Words> {
        for (at, c) in line.char_indices() {
            if self.escaped {
                self.word.push(c);
                self.escaped = false;
                self.begun = true;
                continue;
            }
            if c == '\\' {
                if self.single {
                    self.word.push(c);
                } else {
                    self.escaped = true;
                }
                continue;
            }
            if c.is_whitespace() && matches!(c, ' ' | '\t' | '\r' | '\n') {
                self.blank(c);
                continue;
            }
            if !self.special(c)? {
                let cut = line.get(at..).unwrap_or_default();
                return Some(self.end_cut(cut));
            }
        }
        if self.escaped || self.single || self.double || self.back || self.dollar {
            return None;
        }
        self.end_word();
        Some(Words { words: self.words, cut: None })
    }

    fn blank(&mut self, c: char) {
        if self.single || self.double || self.back || self.dollar {
            self.word.push(c);
        } else {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        if self.begun {
            self.words.push(std::mem::take(&mut self.word));
        }
        self.begun = false;
    }

    /// Takes one character; false if it ends the command, none if the line is malformed.
    fn special(&mut self, c: char) -> Option<bool> {
        let quoted = self.single || self.double || self.back || self.dollar;
        match c {
            '`' if !self.single && !self.double && !self.dollar => self.back = !self.back,
            ')' if !self.single && !self.double && !self.back => {
                if !self.dollar {
                    return None;
                }
                self.dollar = false;
            }
            '(' if !self.single && !self.double && !self.back => {
                if self.dollar || !self.word.ends_with('$') {
                    return None;
                }
                self.dollar = true;
            }
            '"' if !self.single && !self.dollar => {
                self.double = !self.double;
                self.begun = true;
                return Some(true);
            }
            '\'' if !self.double && !self.dollar => {
                self.single = !self.single;
                self.begun = true;
                return Some(true);
            }
            ';' | '&' | '|' | '<' | '>' if !quoted => return Some(false),
            _ => {}
        }
        self.begun = true;
        self.word.push(c);
        Some(true)
    }

    /// The words before the character that ends the command.
    fn end_cut(mut self, cut: &str) -> Words {
        // `2>` names a file descriptor, which is no word of the command.
        let descriptor = cut.starts_with('>') && self.word.chars().all(|c| c.is_ascii_digit());
        if !descriptor {
            self.end_word();
        }
        Words { words: self.words, cut: Some(cut.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Option<Vec<String>> {
        split(line).ok().map(|words| words.words)
    }

    #[test]
    fn quotes_and_escapes() {
        for (line, expected) in [
            ("echo 'a b' \"c'd\"", vec!["echo", "a b", "c'd"]),
            ("echo a\\ b ''", vec!["echo", "a b", ""]),
            ("echo $(a b) `c d`", vec!["echo", "$(a b)", "`c d`"]),
            ("  ", vec![]),
        ] {
            assert_eq!(words(line).unwrap(), expected);
        }
    }

    #[test]
    fn an_operator_ends_the_command() {
        assert_eq!(
            split("a 2> b"),
            Ok(Words { words: vec!["a".to_owned()], cut: Some("> b".to_owned()) })
        );
        assert_eq!(split("a && b").map(|words| words.cut), Ok(Some("&& b".to_owned())));
    }

    #[test]
    fn open_quotes_and_parentheses_are_errors() {
        for line in ["echo 'a", "echo (a)", "echo )", "echo a\\"] {
            assert_eq!(words(line), None, "{line}");
        }
    }
}
