//! What was measured: each figure once a round.

use std::collections::BTreeMap;

use super::subject::Subject;

/// One cell of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// The name of the scenario.
    pub(super) scenario: &'static str,
    pub(super) subject: Subject,
    pub(super) messages: u64,
    pub(super) connections: u32,
}

/// What one load has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Measure {
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Errors, and posts that were answered and are not on the board.
    pub(super) failed: u64,
    /// The most memory of the server while the load ran.
    pub(super) resident_mib: f64,
}

/// A figure of the app that is not that of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Figure {
    /// From the start of the process to the first answer, when nothing is compiled.
    StartMs,
    /// The same with compiled code in the cache.
    CachedStartMs,
    /// Memory after the first answer.
    IdleMib,
}

impl Figure {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::StartMs => "start to first answer, nothing compiled, ms",
            Self::CachedStartMs => "start to first answer, compiled code cached, ms",
            Self::IdleMib => "memory after that, MiB resident",
        }
    }
}

/// The figures of all rounds, in order.
#[derive(Debug, Default)]
pub(super) struct Results {
    cells: BTreeMap<Cell, Vec<Measure>>,
    figures: BTreeMap<(Figure, Subject), Vec<f64>>,
    /// Password hashes a second on all cores: by the crate `pbkdf2`, and by OpenSSL.
    pub(super) hashes: [Vec<f64>; 2],
    /// The bytes of a first visit of the site, by Brotli.
    pub(super) first_load: Option<u64>,
}

impl Results {
    pub(super) fn add(&mut self, cell: Cell, measure: Measure) {
        self.cells.entry(cell).or_default().push(measure);
    }

    pub(super) fn add_figure(&mut self, figure: Figure, subject: Subject, value: f64) {
        self.figures.entry((figure, subject)).or_default().push(value);
    }

    /// The measures of all rounds; none when it was not measured.
    pub(super) fn of(&self, cell: Cell) -> &[Measure] {
        self.cells.get(&cell).map_or(&[], Vec::as_slice)
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> {
        self.cells.keys().copied()
    }

    /// The median of each value of a cell, and the sum of what failed.
    pub(super) fn median(&self, cell: Cell) -> Option<Measure> {
        let all = self.of(cell);
        let of = |value: fn(&Measure) -> f64| median(all.iter().map(value));
        Some(Measure {
            per_second: of(|measure| measure.per_second)?,
            p50_ms: of(|measure| measure.p50_ms)?,
            p99_ms: of(|measure| measure.p99_ms)?,
            failed: all.iter().map(|measure| measure.failed).sum(),
            resident_mib: of(|measure| measure.resident_mib)?,
        })
    }

    pub(super) fn figure(&self, figure: Figure, subject: Subject) -> Option<f64> {
        median(self.figures.get(&(figure, subject))?.iter().copied())
    }

    /// The median of the ratios of two cells in each round. Both were measured one soon after the other, so a slow moment of
    /// the machine affects both.
    pub(super) fn ratio(&self, one: Cell, other: Cell, value: fn(&Measure) -> f64) -> Option<f64> {
        let pairs = self.of(one).iter().map(value).zip(self.of(other).iter().map(value));
        median(pairs.map(|(one, other)| one / other))
    }
}

/// The value in the middle.
pub(super) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get((values.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0, 3.0, 2.0].into_iter()), Some(2.5));
    }

    #[test]
    fn a_ratio_is_that_of_each_round() {
        let cell = |scenario| Cell { scenario, subject: Subject::V0_2, messages: 20, connections: 16 };
        let mut results = Results::default();
        // The machine is half as fast in the second round.
        for (one, other) in [(80.0, 100.0), (45.0, 50.0), (85.0, 100.0)] {
            results.add(cell("newest"), Measure { per_second: one, failed: 1, ..Measure::default() });
            results.add(cell("empty"), Measure { per_second: other, ..Measure::default() });
        }
        let per_second = |measure: &Measure| measure.per_second;
        assert_eq!(results.ratio(cell("newest"), cell("empty"), per_second), Some(0.85));
        assert_eq!(results.ratio(cell("newest"), cell("post"), per_second), None);
        let median = results.median(cell("newest")).unwrap();
        assert_eq!((median.per_second, median.failed), (80.0, 3));
    }
}
