//! A number, or a range to choose one from for each instance: `8`, `1..8` (without the 8), `1s`, `500ms..2s`; the
//! same as in Spin.

use std::fmt::Display;
use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Both ends are possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    values: RangeInclusive<u64>,
}

impl Range {
    /// Of a count, which is 1 or more.
    ///
    /// # Errors
    ///
    /// Why the text is none.
    pub(crate) fn parse_count(text: &str) -> Result<Self, String> {
        parse(text, |number| match number.parse() {
            Ok(0) => Err("0 is too small".to_owned()),
            Ok(number) => Ok(number),
            Err(_) => Err(format!("\"{number}\" is no whole number")),
        })
    }

    /// Of a time, in nanoseconds. A number without a unit is in seconds.
    ///
    /// # Errors
    ///
    /// Why the text is none.
    pub(crate) fn parse_time(text: &str) -> Result<Self, String> {
        parse(text, nanoseconds)
    }

    /// One value of the range, each as likely as the others.
    pub(crate) fn choose(&self) -> u64 {
        let (start, end) = (*self.values.start(), *self.values.end());
        match (end - start).checked_add(1) {
            Some(1) => start,
            // A hasher's keys are random; how good they are is of no consequence.
            Some(length) => start + RandomState::new().hash_one(()) % length,
            None => RandomState::new().hash_one(()),
        }
    }

    /// Like [`Self::choose`], of a count.
    pub(crate) fn choose_count(&self) -> usize {
        usize::try_from(self.choose()).unwrap_or(usize::MAX)
    }

    /// Like [`Self::choose`], of a time.
    pub(crate) fn choose_time(&self) -> Duration {
        Duration::from_nanos(self.choose())
    }
}

fn parse<E: Display>(text: &str, value: impl Fn(&str) -> Result<u64, E>) -> Result<Range, String> {
    let value = |text: &str| value(text).map_err(|problem| problem.to_string());
    let Some((start, end)) = text.split_once("..") else {
        let value = value(text)?;
        return Ok(Range { values: value..=value });
    };
    let (start, end) = (value(start)?, value(end)?);
    if start >= end {
        return Err(format!("the range {text} is empty"));
    }
    Ok(Range { values: start..=end - 1 })
}

fn nanoseconds(text: &str) -> Result<u64, String> {
    // "s" is the end of the others.
    let units = [("ms", 1_000_000), ("us", 1_000), ("\u{3bc}s", 1_000), ("ns", 1), ("s", 1_000_000_000)];
    let (number, unit) = units
        .into_iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))
        .unwrap_or((text, 1_000_000_000));
    let number: u64 = number.parse().map_err(|_| format!("\"{text}\" is no number with s, ms, us or ns after it"))?;
    number.checked_mul(unit).ok_or_else(|| format!("\"{text}\" is too long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        assert_eq!(Range::parse_count("1").unwrap().choose_count(), 1);
        assert_eq!(Range::parse_count("128").unwrap().choose_count(), 128);
        let range = Range::parse_count("3..6").unwrap();
        let mut chosen: Vec<_> = (0..1000).map(|_| range.choose_count()).collect();
        chosen.sort_unstable();
        chosen.dedup();
        assert_eq!(chosen, [3, 4, 5]);
        for text in ["", "0", "-1", "1.5", "x", "1..", "..2", "0..2", "2..2", "3..2", "1..2..3", "1 ..2"] {
            Range::parse_count(text).unwrap_err();
        }
    }

    #[test]
    fn times() {
        for (text, time) in [
            ("0", Duration::ZERO),
            ("2", Duration::from_secs(2)),
            ("2s", Duration::from_secs(2)),
            ("250ms", Duration::from_millis(250)),
            ("7us", Duration::from_micros(7)),
            ("7\u{3bc}s", Duration::from_micros(7)),
            ("9ns", Duration::from_nanos(9)),
        ] {
            assert_eq!(Range::parse_time(text).unwrap().choose_time(), time, "{text}");
        }
        let range = Range::parse_time("500ms..2s").unwrap();
        for _ in 0..1000 {
            let time = range.choose_time();
            assert!((Duration::from_millis(500)..Duration::from_secs(2)).contains(&time), "{time:?}");
        }
        for text in ["", "s", "1m", "1h", "1.5s", "-1s", "2s..1s", "99999999999s", "1 s"] {
            Range::parse_time(text).unwrap_err();
        }
    }
}
