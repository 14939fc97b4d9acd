//! What cargo-mutants writes to `outcomes.json`.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What has become of one mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A test failed.
    Caught,
    /// The tests did not end in time.
    TimedOut,
    /// No test noticed it.
    Missed,
    /// It does not compile.
    Unviable,
}

/// One mutant, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The path of the file in the project.
    pub(super) file: String,
    /// The number of the line where the change begins; the first line is 1.
    pub(super) line: usize,
    column: usize,
    /// What was changed, for example `replace < with <= in DelayRule::admits`.
    pub(super) change: String,
    pub(super) end: End,
}

/// The outcomes of a run.
pub(super) struct Run {
    /// In the order of the code.
    pub(super) outcomes: Vec<Outcome>,
    /// The day on which the run ended, for example `2026-11-26`.
    pub(super) day: String,
    /// The version of cargo-mutants.
    pub(super) version: String,
}

/// Reads `outcomes.json`.
pub(super) fn read(json: &str) -> Result<Run> {
    let json: Value = serde_json::from_str(json)?;
    let text = |name: &str| json.get(name).and_then(Value::as_str).with_context(|| format!("no {name}"));
    let all = json.get("outcomes").and_then(Value::as_array).context("no outcomes")?;
    // The other scenario is the run without a mutant.
    let of_mutants = all.iter().filter_map(|outcome| Some((outcome, outcome.pointer("/scenario/Mutant")?)));
    let mut outcomes = of_mutants.map(|(outcome, mutant)| read_one(outcome, mutant)).collect::<Result<Vec<_>>>()?;
    outcomes.sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
    let day = text("end_time")?.split('T').next().unwrap_or_default().to_owned();
    Ok(Run { outcomes, day, version: text("cargo_mutants_version")?.to_owned() })
}

fn read_one(outcome: &Value, mutant: &Value) -> Result<Outcome> {
    let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let place = |name: &str| usize::try_from(mutant.pointer(&format!("/span/start/{name}"))?.as_u64()?).ok();
    let read = || {
        let (file, line, column) = (text(mutant, "file")?, place("line")?, place("column")?);
        let name = text(mutant, "name")?;
        let change = name.strip_prefix(&format!("{file}:{line}:{column}: "))?.to_owned();
        Some((file, line, column, change))
    };
    let (file, line, column, change) = read().with_context(|| format!("this mutant can't be read: {mutant}"))?;
    let end = match outcome.get("summary").and_then(Value::as_str) {
        Some("CaughtMutant") => End::Caught,
        Some("MissedMutant") => End::Missed,
        Some("Timeout") => End::TimedOut,
        Some("Unviable") => End::Unviable,
        other => bail!("{file}:{line}: {change}: it ended with {other:?}"),
    };
    Ok(Outcome { file, line, column, change, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(summary: &str, place: [u32; 2], change: &str) -> String {
        let [line, column] = place;
        format!(
            r#"{{"scenario":{{"Mutant":{{"name":"a/b.rs:{line}:{column}: {change}","file":"a/b.rs","package":"a",
            "span":{{"start":{{"line":{line},"column":{column}}},"end":{{"line":99,"column":1}}}}}}}},
            "summary":"{summary}","phase_results":[]}}"#
        )
    }

    fn run(outcomes: &[String]) -> String {
        let outcomes = outcomes.join(",");
        format!(
            r#"{{"outcomes":[{{"scenario":"Baseline","summary":"Success"}},{outcomes}],"total_mutants":4,
            "end_time":"2026-11-26T04:38:00.5Z","cargo_mutants_version":"27.1.0"}}"#
        )
    }

    #[test]
    fn each_end_is_read_in_the_order_of_the_code() {
        let json = run(&[
            mutant("Unviable", [12, 1], "replace f -> X with Default::default()"),
            mutant("MissedMutant", [3, 20], "replace < with <= in A::b"),
            mutant("CaughtMutant", [3, 4], "replace + with - in A::b"),
            mutant("Timeout", [7, 4], "replace A::next -> Option<u8>: none"),
        ]);
        let read = read(&json).unwrap();
        assert_eq!((&*read.day, &*read.version), ("2026-11-26", "27.1.0"));
        let came: Vec<_> = read.outcomes.iter().map(|o| (o.line, &*o.change, o.end)).collect();
        assert_eq!(
            came,
            [
                (3, "replace + with - in A::b", End::Caught),
                (3, "replace < with <= in A::b", End::Missed),
                (7, "replace A::next -> Option<u8>: none", End::TimedOut),
                (12, "replace f -> X with Default::default()", End::Unviable),
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for json in ["", "{}", &run(&[mutant("Failure", [1, 1], "x")]), &run(&[r#"{"scenario":{"Mutant":{}}}"#.into()])]
        {
            assert!(read(json).is_err(), "{json}");
        }
        let unfinished = run(&[mutant("Timeout", [1, 1], "x")]).replace("\"2026-11-26T04:38:00.5Z\"", "null");
        assert!(read(&unfinished).is_err());
    }
}
