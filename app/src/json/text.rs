//! The grammar of a JSON text, one token at a time. Not here: what the tokens mean to a type (`json`).

use super::Unreadable;

/// A text being read.
pub(super) struct Text<'t> {
    text: &'t str,
    at: usize,
    /// A value has just been opened: its first member has no comma before it.
    first: bool,
    /// What is read now is a member that is not there.
    missing: bool,
}

type Read<T> = Result<T, Unreadable>;

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, first: false, missing: false }
    }

    /// The next letter that is not space.
    #[inline(never)]
    pub(super) fn peek(&mut self) -> Read<u8> {
        if self.missing {
            return Err(Unreadable);
        }
        loop {
            let byte = *self.text.as_bytes().get(self.at).ok_or(Unreadable)?;
            if !byte.is_ascii_whitespace() {
                return Ok(byte);
            }
            self.at += 1;
        }
    }

    #[inline(never)]
    fn take(&mut self, wanted: u8) -> Read<()> {
        if self.peek()? != wanted {
            return Err(Unreadable);
        }
        self.at += 1;
        Ok(())
    }

    /// Nothing but space is left.
    pub(super) fn end(&mut self) -> Read<()> {
        if self.peek().is_err() { Ok(()) } else { Err(Unreadable) }
    }

    /// Begins a list or an object.
    pub(super) fn open(&mut self, bracket: u8) -> Read<()> {
        self.take(bracket)?;
        self.first = true;
        Ok(())
    }

    pub(super) fn close(&mut self, bracket: u8) -> Read<()> {
        self.take(bracket)?;
        self.first = false;
        Ok(())
    }

    pub(super) fn colon(&mut self) -> Read<()> {
        self.first = false;
        self.take(b':')
    }

    /// Whether a member follows; otherwise the bracket has been closed.
    #[inline(never)]
    pub(super) fn next(&mut self, bracket: u8) -> Read<bool> {
        if self.peek()? == bracket {
            self.close(bracket)?;
            return Ok(false);
        }
        if !self.first {
            self.take(b',')?;
        }
        self.first = false;
        Ok(true)
    }

    /// The place that `find` wants to know of an object.
    pub(super) fn here(&self) -> usize {
        self.at
    }

    /// Goes to the value of a member of the object that began at `start`; says whether there is such a member.
    #[inline(never)]
    pub(super) fn find(&mut self, name: &str, start: usize) -> Read<bool> {
        let here = self.at;
        if self.seek(name, usize::MAX)? {
            return Ok(true);
        }
        (self.at, self.first) = (start, true);
        if self.seek(name, here)? {
            return Ok(true);
        }
        (self.at, self.first, self.missing) = (here, here == start, true);
        Ok(false)
    }

    /// Goes on after a member that was not there.
    pub(super) fn found(&mut self) {
        self.missing = false;
    }

    /// Passes over what is left of an object.
    pub(super) fn leave(&mut self) -> Read<()> {
        self.seek("", usize::MAX).map(|_| ())
    }

    /// Goes to the value of a member before `end`; past the object if there is none. Nothing of ours has an empty name.
    fn seek(&mut self, name: &str, end: usize) -> Read<bool> {
        while self.at < end && self.next(b'}')? {
            self.take(b'"')?;
            let rest = self.text.as_bytes().get(self.at..).ok_or(Unreadable)?;
            let is_it = rest.starts_with(name.as_bytes()) && rest.get(name.len()) == Some(&b'"') && !name.is_empty();
            self.pass()?;
            self.colon()?;
            if is_it {
                return Ok(true);
            }
            self.skip()?;
        }
        Ok(false)
    }

    /// `null`, or a member that is not there.
    pub(super) fn nothing(&mut self) -> Read<bool> {
        if std::mem::take(&mut self.missing) {
            return Ok(true);
        }
        let nothing = self.peek()? == b'n';
        if nothing {
            self.word("null")?;
        }
        Ok(nothing)
    }

    /// Passes over the rest of a string.
    fn pass(&mut self) -> Read<()> {
        loop {
            match self.byte()? {
                b'"' => return Ok(()),
                b'\\' => self.at += 1,
                _ => {}
            }
        }
    }

    pub(super) fn word(&mut self, word: &str) -> Read<()> {
        self.peek()?;
        let rest = self.text.get(self.at..).ok_or(Unreadable)?;
        if !rest.starts_with(word) {
            return Err(Unreadable);
        }
        self.at += word.len();
        Ok(())
    }

    pub(super) fn truth(&mut self) -> Read<bool> {
        let truth = self.peek()? == b't';
        self.word(if truth { "true" } else { "false" })?;
        Ok(truth)
    }

    /// A whole number; ours are all whole.
    #[inline(never)]
    pub(super) fn number(&mut self) -> Read<i64> {
        self.peek()?;
        let from = self.at;
        while self.text.as_bytes().get(self.at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') {
            self.at += 1;
        }
        self.text.get(from..self.at).ok_or(Unreadable)?.parse().map_err(|_| Unreadable)
    }

    #[inline(never)]
    pub(super) fn string(&mut self) -> Read<String> {
        self.take(b'"')?;
        let mut out = String::new();
        loop {
            let from = self.at;
            while self.text.as_bytes().get(self.at).is_some_and(|byte| *byte != b'"' && *byte != b'\\') {
                self.at += 1;
            }
            out.push_str(self.text.get(from..self.at).ok_or(Unreadable)?);
            let end = self.byte()?;
            if end == b'"' {
                return Ok(out);
            }
            out.push(self.escaped()?);
        }
    }

    fn byte(&mut self) -> Read<u8> {
        let byte = *self.text.as_bytes().get(self.at).ok_or(Unreadable)?;
        self.at += 1;
        Ok(byte)
    }

    fn escaped(&mut self) -> Read<char> {
        Ok(match self.byte()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.code(),
            other => char::from(other),
        })
    }

    /// `\u....`, two of them for letters beyond the first 65 536.
    fn code(&mut self) -> Read<char> {
        let high = self.four()?;
        if !(0xD800..0xDC00).contains(&high) {
            return char::from_u32(high).ok_or(Unreadable);
        }
        if self.byte()? != b'\\' || self.byte()? != b'u' {
            return Err(Unreadable);
        }
        let low = self.four()?.checked_sub(0xDC00).ok_or(Unreadable)?;
        char::from_u32(0x10000 + ((high - 0xD800) << 10) + low).ok_or(Unreadable)
    }

    fn four(&mut self) -> Read<u32> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unreadable)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Unreadable)
    }

    /// Passes over a value that nobody wants.
    pub(super) fn skip(&mut self) -> Read<()> {
        match self.peek()? {
            b'{' | b'[' => {
                let closing = if self.byte()? == b'{' { b'}' } else { b']' };
                self.first = true;
                while self.next(closing)? {
                    if closing == b'}' {
                        self.take(b'"')?;
                        self.pass()?;
                        self.colon()?;
                    }
                    self.skip()?;
                }
                Ok(())
            }
            b'"' => {
                self.at += 1;
                self.pass()
            }
            b't' | b'f' => self.truth().map(|_| ()),
            b'n' => self.word("null"),
            _ => {
                let more = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                while self.text.as_bytes().get(self.at).is_some_and(more) {
                    self.at += 1;
                }
                Ok(())
            }
        }
    }
}
