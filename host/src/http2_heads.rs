//! Tells from the bytes of an HTTP/2 connection when the head of a request begins and when it is complete (RFC 9113, section 4.1).
//! The HTTP library says only that a head is complete, and has no time limit for one.

/// The bytes that every HTTP/2 connection begins with.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const FRAME_HEADER: usize = 9;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// What some bytes have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heads {
    /// No head is being received.
    Outside,
    /// A head has begun and is not complete.
    Begun,
    /// The last head that these bytes belong to is complete.
    Complete,
}

/// Follows the frames of one connection.
#[derive(Debug)]
pub(crate) struct Frames {
    /// How many bytes are left of the preface, or of the content of the present frame.
    left: usize,
    header: [u8; FRAME_HEADER],
    /// How many bytes of `header` are there.
    filled: usize,
    /// The present frame, or the one after it, belongs to a head that is not complete.
    within_head: bool,
}

impl Frames {
    pub(crate) fn new() -> Self {
        Self { left: PREFACE.len(), header: [0; FRAME_HEADER], filled: 0, within_head: false }
    }

    /// Takes the next bytes of the connection.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) -> Heads {
        let mut heads = Heads::Outside;
        while let Some((byte, rest)) = bytes.split_first() {
            if self.left == 0 {
                if let Some(place) = self.header.get_mut(self.filled) {
                    *place = *byte;
                }
                self.filled += 1;
                bytes = rest;
                if self.filled == FRAME_HEADER {
                    self.begin_frame();
                }
            }
            let content = bytes.len().min(self.left);
            bytes = bytes.get(content..).unwrap_or_default();
            self.left -= content;
            if self.left == 0 && self.filled == FRAME_HEADER && self.end_frame() {
                heads = Heads::Complete;
            }
        }
        if self.within_head { Heads::Begun } else { heads }
    }

    fn begin_frame(&mut self) {
        let [high, middle, low, kind, ..] = self.header;
        self.left = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        self.within_head |= kind == HEADERS;
    }

    /// Whether a head is complete with this frame.
    fn end_frame(&mut self) -> bool {
        self.filled = 0;
        let [_, _, _, kind, flags, ..] = self.header;
        let is_complete = matches!(kind, HEADERS | CONTINUATION) && flags & END_HEADERS != 0;
        self.within_head &= !is_complete;
        is_complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, 1], content].concat()
    }

    #[test]
    fn a_head_begins_with_headers_and_ends_with_its_last_frame() {
        let settings = frame(4, 0, &[0; 12]);
        let ping = frame(6, 0, &[0; 8]);
        for (frames, expected) in [
            (vec![], Heads::Outside),
            (vec![settings.clone(), ping.clone()], Heads::Outside),
            (vec![settings.clone(), frame(1, 4, b"abc")], Heads::Complete),
            (vec![frame(1, 0, b"abc")], Heads::Begun),
            (vec![frame(1, 0, b"abc"), frame(9, 0, b"d")], Heads::Begun),
            (vec![frame(1, 0, b"abc"), frame(9, 4, b"")], Heads::Complete),
            (vec![frame(1, 5, b""), ping.clone()], Heads::Complete),
            (vec![frame(1, 4, b"abc"), frame(1, 0, b"abc")], Heads::Begun),
            // The flag of the same number means nothing in a frame of data.
            (vec![frame(1, 0, b"abc"), frame(0, 4, b"abc")], Heads::Begun),
        ] {
            let bytes = [PREFACE.to_vec(), frames.concat()].concat();
            assert_eq!(Frames::new().read(&bytes), expected, "{frames:?}");
        }
    }

    #[test]
    fn it_does_not_matter_how_the_bytes_are_cut() {
        let bytes = [PREFACE.to_vec(), frame(4, 0, b""), frame(1, 0, b"abc"), frame(9, 4, b"de"), frame(0, 1, b"f")];
        let mut frames = Frames::new();
        let heads: Vec<_> = bytes.concat().chunks(1).map(|byte| frames.read(byte)).collect();
        let begin = PREFACE.len() + 2 * FRAME_HEADER;
        let length = 3 + FRAME_HEADER + 2;
        assert!(heads[..begin - 1].iter().all(|heads| *heads == Heads::Outside));
        assert!(heads[begin - 1..begin - 1 + length].iter().all(|heads| *heads == Heads::Begun));
        assert_eq!(heads[begin - 1 + length], Heads::Complete);
        assert!(heads[begin + length..].iter().all(|heads| *heads == Heads::Outside));
    }
}
