//! `docs/mutants.md`: what has become of the mutants of each file, and why some of them may survive. The command writes all
//! of it but the reasons, which it keeps for as long as the mutant and its line of code stay as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result};

use super::outcomes::{End, Outcome};

/// The least share of viable mutants that has to be detected.
const MIN_PERCENT: usize = 95;
const REASON: &str = "  Reason: ";
const NO_REASON: &str = "none yet";

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    files: BTreeMap<String, Tested>,
}

/// What has become of the mutants of one file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tested {
    /// How many of them compile.
    viable: usize,
    detected: usize,
    /// How many of those that were detected made the tests run too long.
    timeouts: usize,
    /// The day and the commit of the run.
    when: String,
    survivors: Vec<Survivor>,
}

/// A mutant that no test noticed.
#[derive(Debug, PartialEq, Eq)]
struct Survivor {
    change: String,
    /// The line of code where the change begins.
    code: String,
    /// One or several lines of text.
    reason: Option<String>,
}

impl Document {
    /// Reads what [`Document::text`] wrote, and the reasons that were added since.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut document = Self::default();
        let (counts, survivors) = text.split_once("\n## Survivors\n").context("it has no heading Survivors")?;
        for row in counts.lines().filter(|line| line.starts_with("| `")) {
            let (file, tested) = parse_row(row).with_context(|| format!("this row can't be read: {row}"))?;
            document.files.insert(file, tested);
        }
        for section in survivors.split("\n### `").skip(1) {
            let (file, items) = section.split_once("`\n").context("a heading is no file")?;
            let tested = document.files.get_mut(file).with_context(|| format!("no row for {file}"))?;
            for item in items.split("\n- `").skip(1) {
                let survivor = parse_item(item).with_context(|| format!("this survivor can't be read: {item}"))?;
                tested.survivors.push(survivor);
            }
        }
        Ok(document)
    }

    /// Replaces what is known of the files that were tested. `code` returns a line of a file by its number.
    pub(super) fn update(&mut self, outcomes: &[Outcome], when: &str, code: impl Fn(&str, usize) -> String) {
        let files: BTreeSet<_> = outcomes.iter().map(|outcome| &outcome.file).collect();
        for file in files {
            let before = self.files.remove(file).unwrap_or_default();
            let mut tested = Tested { when: when.to_owned(), ..Tested::default() };
            for outcome in outcomes.iter().filter(|outcome| outcome.file == *file && outcome.end != End::Unviable) {
                tested.viable += 1;
                tested.detected += usize::from(outcome.end != End::Missed);
                tested.timeouts += usize::from(outcome.end == End::TimedOut);
                if outcome.end == End::Missed {
                    // The document sets both in backticks.
                    let change = outcome.change.replace('`', "'");
                    let code = code(file, outcome.line).trim().replace('`', "'");
                    let known = before.survivors.iter().find(|known| known.change == change && known.code == code);
                    let reason = known.and_then(|known| known.reason.clone());
                    tested.survivors.push(Survivor { change, code, reason });
                }
            }
            self.files.insert(file.clone(), tested);
        }
    }

    /// Removes the files that no longer exist.
    pub(super) fn keep(&mut self, exists: impl Fn(&str) -> bool) {
        self.files.retain(|file, _| exists(file));
    }

    /// What is not as it should be, one sentence each.
    pub(super) fn complaints(&self) -> Vec<String> {
        let (viable, detected) = (self.sum(|tested| tested.viable), self.sum(|tested| tested.detected));
        let mut complaints = Vec::new();
        if detected * 100 < viable * MIN_PERCENT {
            complaints.push(format!(
                "{detected} of {viable} viable mutants are detected, which is less than {MIN_PERCENT} %"
            ));
        }
        let survivors = self.files.values().flat_map(|tested| &tested.survivors);
        match survivors.filter(|survivor| survivor.reason.is_none()).count() {
            0 => {}
            count => complaints.push(format!("{count} survivors have no reason")),
        }
        complaints
    }

    /// The share of viable mutants that are detected, in words.
    pub(super) fn share(&self) -> String {
        let (viable, detected) = (self.sum(|tested| tested.viable), self.sum(|tested| tested.detected));
        let percent = detected as f64 * 100.0 / viable.max(1) as f64;
        format!("{detected} of {viable} viable mutants of {} files are detected ({percent:.1} %)", self.files.len())
    }

    fn sum(&self, number: impl Fn(&Tested) -> usize) -> usize {
        self.files.values().map(number).sum()
    }

    /// The document. `planned` are all files whose mutants should be tested, and `last_run` says what was run last.
    pub(super) fn text(&self, planned: &BTreeSet<String>, last_run: &str) -> Result<String> {
        let mut text = format!(
            "# Mutants

`cargo xtask mutants [FILE]...` changes the code in one place at a time, with cargo-mutants, and runs the tests of its package
each time. `.cargo/mutants.toml` says which files. A mutant is viable if it compiles, and detected if a test fails or does not
end. The command writes this file, and fails when less than {MIN_PERCENT} % of the viable mutants are detected, or when a survivor
has no reason below. The reasons are written by hand; the command keeps each of them while its mutant and its line of code
stay as they are.

{last_run}

{}.

",
            self.share()
        );
        let missing: Vec<_> = planned.iter().filter(|file| !self.files.contains_key(*file)).collect();
        if !missing.is_empty() {
            writeln!(text, "Not tested yet are {} other files:\n", missing.len())?;
            missing.iter().try_for_each(|file| writeln!(text, "- `{file}`"))?;
            writeln!(text)?;
        }
        writeln!(
            text,
            "| file | viable | detected | of these by a timeout | tested |\n| --- | --- | --- | --- | --- |"
        )?;
        for (file, tested) in &self.files {
            let Tested { viable, detected, timeouts, when, .. } = tested;
            writeln!(text, "| `{file}` | {viable} | {detected} | {timeouts} | {when} |")?;
        }
        writeln!(text, "\n## Survivors")?;
        for (file, tested) in self.files.iter().filter(|(_, tested)| !tested.survivors.is_empty()) {
            writeln!(text, "\n### `{file}`\n")?;
            for Survivor { change, code, reason } in &tested.survivors {
                let reason = reason.as_deref().unwrap_or(NO_REASON);
                writeln!(text, "- `{change}`\n  in `{code}`\n{REASON}{}", reason.replace('\n', "\n  "))?;
            }
        }
        Ok(text)
    }
}

fn parse_row(row: &str) -> Option<(String, Tested)> {
    let mut cells = row.trim_matches(['|', ' ']).split(" | ");
    let file = cells.next()?.trim_matches('`').to_owned();
    let mut number = || cells.next()?.parse().ok();
    let (viable, detected, timeouts) = (number()?, number()?, number()?);
    Some((file, Tested { viable, detected, timeouts, when: cells.next()?.to_owned(), survivors: Vec::new() }))
}

/// Reads a survivor from behind its first backtick.
fn parse_item(item: &str) -> Option<Survivor> {
    let (change, rest) = item.split_once("`\n  in `")?;
    let (code, reason) = rest.split_once(&format!("`\n{REASON}"))?;
    let reason = reason.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let reason = (reason != NO_REASON && !reason.is_empty()).then_some(reason);
    Some(Survivor { change: change.to_owned(), code: code.to_owned(), reason })
}

#[cfg(test)]
mod tests;
