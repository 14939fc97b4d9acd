//! A QR code, drawn as the path of an SVG.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// A reader needs so many light modules around the code (ISO/IEC 18004).
const MARGIN: i32 = 4;

/// A drawn code.
pub struct Drawing {
    /// The length of a side in modules, with the margin.
    pub side: i32,
    /// A path that covers the dark modules.
    pub path: String,
}

/// Draws a text; None if it is too long for a code.
pub fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                // Writing to a string can't fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN);
            }
            x += i32::try_from(run).ok()? + 1;
        }
    }
    Some(Drawing { side: code.size() + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a path covers.
    fn covered(drawing: &Drawing) -> Vec<(i32, i32)> {
        let rows = drawing.path.split('M').skip(1).flat_map(|row| {
            let (start, run) = row.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let run: i32 = run.split_once('v').unwrap().0.parse().unwrap();
            (x..x + run).map(move |x| (x, y))
        });
        rows.collect()
    }

    #[test]
    fn the_path_covers_the_dark_modules() {
        let text = "otpauth://totp/Latchkey:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Latchkey";
        let (drawing, code) = (draw(text).unwrap(), QrCode::encode_text(text, QrCodeEcc::Medium).unwrap());
        let side = 0..drawing.side;
        let dark = side.clone().flat_map(|y| side.clone().map(move |x| (x, y)));
        let dark: Vec<_> = dark.filter(|(x, y)| code.get_module(x - MARGIN, y - MARGIN)).collect();
        assert_eq!(covered(&drawing), dark);
        // The upper edge of the pattern in the corner.
        assert!(drawing.path.starts_with("M4 4h7v1h-7z"), "{}", drawing.path);
    }

    #[test]
    fn what_no_code_holds_is_not_drawn() {
        assert!(draw(&"x".repeat(5000)).is_none());
    }
}
