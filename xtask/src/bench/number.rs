//! Numbers as tables show them.

/// A number with its thousands apart: `12,333`.
pub(super) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Requests a second: with one decimal where there are few.
pub(super) fn rate(number: f64) -> String {
    if number < 100.0 { format!("{number:.1}") } else { thousands(number) }
}

/// Milliseconds, with three digits or so.
pub(super) fn millis(number: f64) -> String {
    match number {
        ..1.0 => format!("{number:.2}"),
        ..100.0 => format!("{number:.1}"),
        _ => thousands(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [0.0, 999.0, 1000.4, 12_333.0, 1_000_000.0].map(thousands),
            ["0", "999", "1,000", "12,333", "1,000,000"]
        );
        assert_eq!([17.26, 2854.0].map(rate), ["17.3", "2,854"]);
        assert_eq!([0.3456, 12.34, 3540.0].map(millis), ["0.35", "12.3", "3,540"]);
    }
}
