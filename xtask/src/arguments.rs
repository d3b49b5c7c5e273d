//! The few words and options that a command takes.
//! What they mean belongs to the command.

use std::str::FromStr;

use anyhow::{Result, anyhow, bail};

/// What is left of the command line.
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    pub(crate) fn from_command_line() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// Takes the first word: the command.
    pub(crate) fn command(&mut self) -> Option<String> {
        if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
    }

    /// Takes `--name` and says whether it was there.
    pub(crate) fn switch(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() != before
    }

    /// Takes `--name VALUE` or `--name=VALUE`.
    ///
    /// # Errors
    /// When the value is missing or is not a `T`.
    pub(crate) fn option<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        let is_it =
            |word: &String| word.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
        let Some(at) = self.0.iter().position(is_it) else {
            return Ok(None);
        };
        let word = self.0.remove(at);
        let value = match word.split_once('=') {
            Some((_, value)) => value.to_owned(),
            None if at < self.0.len() => self.0.remove(at),
            None => bail!("{name} wants a value"),
        };
        value.parse().map(Some).map_err(|_| anyhow!("{name} does not understand `{value}`"))
    }

    /// The words that are left.
    ///
    /// # Errors
    /// When an unknown option or more than `most` words are left.
    pub(crate) fn finish(self, most: usize) -> Result<Vec<String>> {
        if let Some(odd) = self.0.iter().find(|word| word.starts_with("--")).or(self.0.get(most)) {
            bail!("`{odd}` is not understood here; see `cargo xtask help`");
        }
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments(line.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn takes_options_in_both_spellings_and_leaves_the_words() {
        let mut it = arguments("run --port 81 scan --data=x --no-e2e");
        assert_eq!(it.command().as_deref(), Some("run"));
        assert_eq!(it.option::<u16>("--port").unwrap(), Some(81));
        assert_eq!(it.option::<String>("--data").unwrap().as_deref(), Some("x"));
        assert!(it.switch("--no-e2e"));
        assert_eq!(it.finish(1).unwrap(), ["scan"]);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(arguments("--port").option::<u16>("--port").is_err());
        assert!(arguments("--port x").option::<u16>("--port").is_err());
        assert!(arguments("--sped").finish(1).is_err());
        assert!(arguments("one two").finish(1).is_err());
    }
}
