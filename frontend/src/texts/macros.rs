/// Makes a function of each text, which costs an app no more bytes than a call. What a text has in braces is an argument of it: `by(name) = "By {name}";` becomes
/// `fn by(name: &str) -> String`.
macro_rules! texts {
    ($($name:ident ($($value:ident),*) = $english:literal;)*) => {
        $(texts!(one $name ($($value),*) $english);)*

        #[cfg(test)]
        pub(super) const ALL: &[&str] = &[$($english),*];
    };
    (one $name:ident () $english:literal) => {
        #[inline(always)]
        pub(crate) fn $name() -> &'static str {
            super::catalogue::translated(&$english)
        }
    };
    (one $name:ident ($($value:ident),+) $english:literal) => {
        #[inline(always)]
        pub(crate) fn $name($($value: &str),+) -> String {
            super::catalogue::filled(&$english, &[$((stringify!($value), $value)),+])
        }
    };
}
