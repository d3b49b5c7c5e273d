//! Whether a database is sound: every rule about money and states that can be asked, in plain words with the ids and what
//! to do. Only looks; the rules in SQL are `store::rule`, those that walk through rows are `walk`.

mod walk;

use crate::error::Error;
use crate::seal::{self, Sealer};
use crate::store::Conn;
use crate::store::books::{self, Books, Waiting};
use crate::store::look;
use crate::store::rule::{self, Rule};
use crate::store::sealed;
use okini_shared::time::Millis;
use serde::Serialize;

/// Ids that are named for one rule.
const NAMED: usize = 20;

const FILE: Rule = Rule {
    name: "file",
    wrong: "the database file is damaged",
    advice: "Stop the server, keep this file aside, and restore the last backup with `okini restore`.",
};
const SCHEMA: Rule = Rule {
    name: "schema",
    wrong: "the database was not made by this version of okini",
    advice: "If it is older: `okini migrate`. If it is newer: use the newer okini.",
};
const REFERENCE: Rule = Rule {
    name: "reference",
    wrong: "a row refers to one that is not there",
    advice: "The database was changed without its rules: restore the last backup, or report it with the ids.",
};

const SEALED: Rule = Rule {
    name: "sealed",
    wrong: "a sealed secret cannot be opened",
    advice: "Set the key that sealed it as auth.previous_sealing_key and run `okini reseal`; where that is lost, disable the \
             account and add it anew, or have the webhook's secret changed.",
};

/// What is wrong, and where.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub rule: &'static str,
    pub wrong: &'static str,
    /// The first of them.
    pub ids: Vec<String>,
    /// There are more than those.
    pub more: bool,
    pub advice: &'static str,
}

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub sound: bool,
    pub looked_at: Millis,
    /// How many rules were asked.
    pub rules: usize,
    pub findings: Vec<Finding>,
    /// Nothing when the database cannot be read.
    pub books: Option<Books>,
    pub waiting: Option<Waiting>,
}

impl Report {
    /// Why the file cannot be used at all, if it cannot.
    pub fn damage(&self) -> Option<&str> {
        self.findings.iter().any(|finding| finding.rule == FILE.name).then_some(FILE.wrong)
    }

    fn add(&mut self, rule: Rule, mut ids: Vec<String>) {
        self.rules += 1;
        if ids.is_empty() {
            return;
        }
        let more = ids.len() > NAMED;
        ids.truncate(NAMED);
        self.sound = false;
        self.findings.push(Finding { rule: rule.name, wrong: rule.wrong, ids, more, advice: rule.advice });
    }
}

/// The names of all rules.
pub fn rules() -> Vec<&'static str> {
    let asked = rule::all().map(|(rule, _)| rule);
    [FILE, SCHEMA, REFERENCE, SEALED].iter().chain(asked).chain(&walk::RULES).map(|rule| rule.name).collect()
}

/// Looks at the database at `url` as it is at one moment. Nothing in it is changed.
pub async fn look(url: &str, now: Millis) -> Result<Report, Error> {
    look_with(None, url, now).await
}

/// The same with the keys at hand, so that sealed secrets are opened; without them only their form is looked at.
pub async fn look_with(sealer: Option<&Sealer>, url: &str, now: Millis) -> Result<Report, Error> {
    let mut conn = look::open(url).await?;
    look::stand_still(&mut conn).await?;
    examine(&mut conn, sealer, now).await
}

/// The same on a connection that sees one moment.
pub async fn examine(conn: &mut Conn, sealer: Option<&Sealer>, now: Millis) -> Result<Report, Error> {
    let mut report = Report { sound: true, looked_at: now, rules: 0, findings: Vec::new(), books: None, waiting: None };
    match ask(conn, sealer, &mut report).await {
        Err(error) if look::is_damage(&error) => report.add(FILE, vec![error.to_string()]),
        done => done?,
    }
    Ok(report)
}

async fn ask(conn: &mut Conn, sealer: Option<&Sealer>, report: &mut Report) -> Result<(), sqlx::Error> {
    let now = report.looked_at;
    report.add(FILE, look::damage(conn).await?);
    let schema = look::schema(conn).await?;
    report.add(SCHEMA, Vec::from_iter(schema.trouble().map(str::to_owned)));
    if !report.sound {
        // Nothing that is asked of such a database means anything.
        return Ok(());
    }
    report.add(REFERENCE, look::dangling(conn).await?);
    for (rule, sql) in rule::all() {
        report.add(*rule, rule::broken(conn, sql, now, NAMED + 1).await?);
    }
    report.add(SEALED, unopened(conn, sealer).await?);
    walk::through(conn, report).await?;
    report.books = Some(books::read(conn).await?);
    report.waiting = Some(books::waiting(conn, now).await?);
    Ok(())
}

async fn unopened(conn: &mut Conn, sealer: Option<&Sealer>) -> Result<Vec<String>, sqlx::Error> {
    let mut found = Vec::new();
    for place in sealed::FIELDS {
        let mut after = String::new();
        loop {
            let page = sealed::page(conn, place, &after).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.id);
            for one in &page {
                let opens = match sealer {
                    Some(sealer) => sealer.open((&one.id, one.field), &one.text).is_ok(),
                    None => seal::parts(&one.text).is_some(),
                };
                if !opens {
                    found.push(format!("{}/{}", one.id, one.field));
                }
            }
        }
    }
    Ok(found)
}
