use std::collections::HashMap;

/// What the names begin with that wasm-bindgen gives to functions of JavaScript.
const START: &[u8] = b"__wbg_";
/// The number of hexadecimal digits that they end with, after a `_`.
const DIGITS: usize = 16;

/// Replaces names with such digits by numbers. They are written to the WebAssembly and to the script, where nobody reads them, and
/// zeros are what Brotli compresses best. This has to be done before wasm-bindgen makes both. All lengths stay, so that nothing else
/// in the file changes.
pub(super) fn number(wasm: &mut [u8]) {
    let mut numbers = HashMap::new();
    let mut rest = wasm;
    while let Some(start) = position(rest, START) {
        let (_, name) = rest.split_at_mut(start + START.len());
        let Some(length) = stem(name) else {
            rest = name;
            continue;
        };
        let (name, after) = name.split_at_mut(length + 1 + DIGITS);
        let next = numbers.len();
        let number = *numbers.entry(name.to_vec()).or_insert(next);
        // The end still looks like one, so that a second time changes nothing.
        let (stem, digits) = name.split_at_mut(length);
        stem.fill(b'0');
        digits.copy_from_slice(format!("_{number:0DIGITS$}").as_bytes());
        rest = after;
    }
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The length of what is before the `_` and the digits of a name; None if it has no digits.
fn stem(name: &[u8]) -> Option<usize> {
    let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_end =
        |end: &[u8]| end.split_first().is_some_and(|(first, digits)| *first == b'_' && digits.iter().all(is_digit));
    name.get(..length)?.windows(1 + DIGITS).position(is_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_different_and_as_long_as_they_were() {
        // In a WebAssembly file, the length of the next name may look like another digit.
        let mut wasm = b"\x1a__wbg_key_97b77227d0599549\0\x1a__wbg_key_b7978e4cf78dc62b0__wbg_key_97b77227d0599549\
                         __wbg_state_97b77227d0599549 __wbg_free __wbg_cut_97b77227"
            .to_vec();
        number(&mut wasm);
        let expected = b"\x1a__wbg_000_0000000000000000\0\x1a__wbg_000_00000000000000010__wbg_000_0000000000000000\
                         __wbg_00000_0000000000000002 __wbg_free __wbg_cut_97b77227";
        assert_eq!(String::from_utf8_lossy(&wasm), String::from_utf8_lossy(expected));
        let before = wasm.clone();
        number(&mut wasm);
        assert_eq!(wasm, before, "a second time changes nothing");
    }
}
