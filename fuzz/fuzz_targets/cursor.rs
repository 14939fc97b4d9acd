//! The cursor of a page: each cursor has exactly one text, and no other text is accepted.
#![no_main]

use domain::Cursor;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let digits = text.strip_prefix(['m', 'a', 'r']).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let number = digits.filter(|digits| !digits.starts_with('0')).and_then(|digits| digits.parse::<u64>().ok());
    let expected = number.filter(|number| *number <= 1 << 53);
    match Cursor::parse(text) {
        Ok(cursor) => {
            assert_eq!(cursor.to_string(), text);
            let (Cursor::Board(position) | Cursor::Author(position) | Cursor::Report(position)) = cursor;
            assert_eq!(Some(position), expected);
        }
        Err(_) => assert_eq!(expected, None),
    }
});
