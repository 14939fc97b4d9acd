//! An estimate of how hard a new password is to guess, shown while it is typed. It is small enough to be sent to browsers: it
//! knows habits (runs of keys, repeats, years, a capital in front), and recognises words by their shape alone. The server
//! decides, by a list of the most used passwords.

use std::borrow::Cow;

use rules::{Broken, PRODUCT_NAME};

use crate::texts;

/// How strong a password is, from worst to best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strength {
    /// Nothing is typed.
    #[default]
    None,
    /// Refused: fewer characters than allowed.
    TooShort,
    /// Refused: more characters than allowed.
    TooLong,
    /// Is guessed within the first millions of attempts, or refused for a name in it.
    Weak,
    /// Safe from attackers who have to ask the server, but not from those who have stolen its hashes.
    Fair,
    /// Safe from both.
    Strong,
}

impl Strength {
    /// The word that is shown for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "",
            Self::TooShort => texts::too_short(),
            Self::TooLong => texts::too_long(),
            Self::Weak => texts::weak(),
            Self::Fair => texts::fair(),
            Self::Strong => texts::strong(),
        }
    }

    /// How many thirds of a bar it fills.
    pub fn thirds(self) -> &'static str {
        match self {
            Self::Weak => "1",
            Self::Fair => "2",
            Self::Strong => "3",
            _ => "0",
        }
    }
}

/// What is shown about a password; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How strong it is.
    pub strength: Strength,
    /// One sentence on how to make it better.
    pub advice: Cow<'static, str>,
}

/// Judges a password for the account with this username.
pub fn judge(password: &str, username: &str) -> Verdict {
    if password.is_empty() {
        return Verdict { strength: Strength::None, advice: texts::use_unrelated_words().into() };
    }
    let (strength, advice) = match rules::new_password(password, username) {
        Err(Broken::TooShort(min)) => (Strength::TooShort, texts::use_more_characters(&min.to_string()).into()),
        Err(Broken::TooLong(max)) => (Strength::TooLong, texts::use_fewer_characters(&max.to_string()).into()),
        Err(Broken::ContainsUsername) => (Strength::Weak, texts::leave_username_out().into()),
        Err(_) => (Strength::Weak, texts::leave_word_out(PRODUCT_NAME).into()),
        Ok(()) => match estimate(password) {
            Estimate { decibits: STRONG.., .. } => (Strength::Strong, texts::use_only_here().into()),
            Estimate { decibits: FAIR.., .. } => (Strength::Fair, texts::one_more_word().into()),
            Estimate { habit, .. } => (Strength::Weak, habit.advice().into()),
        },
    };
    Verdict { strength, advice }
}

/// From here on, in tenths of a bit, a password is fair: some hundred million guesses. The server takes a few each second.
const FAIR: u32 = 280;
/// From here on, in tenths of a bit, a password is strong. At a million guesses a second, finding it by its hash takes half a
/// year on average.
const STRONG: u32 = 450;

/// Words that half of all guesses begin with. Runs of keys are found without a list.
const TRIED_FIRST: [&str; 18] = [
    "password", "passwort", "passw", "welcome", "iloveyou", "letmein", "football", "baseball", "sunshine", "princess",
    "superman", "monkey", "dragon", "master", "shadow", "secret", "admin", "login",
];

/// Keys that are side by side, or one below the other.
const KEYS: &[u8] = b"qwertyuiop\nasdfghjkl\nzxcvbnm\n1qaz2wsx3edc4rfv5tgb6yhn7ujm";

/// What makes a password weak. If several apply, the last of them gives the advice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Habit {
    None,
    Year,
    /// Characters that continue or repeat those before them.
    Run,
    /// A word of [`TRIED_FIRST`].
    Word,
}

impl Habit {
    fn advice(self) -> &'static str {
        match self {
            Self::Word => texts::replace_common_word(),
            Self::Run => texts::avoid_runs(),
            Self::Year => texts::replace_year(),
            Self::None => texts::add_words(),
        }
    }
}

struct Estimate {
    /// Tenths of a bit: ten more double the number of guesses.
    decibits: u32,
    habit: Habit,
}

/// Adds up how hard each character is to guess for somebody who knows those before it.
fn estimate(password: &str) -> Estimate {
    let folded: Vec<u8> = password.chars().map(fold).collect();
    let mut estimate = Estimate { decibits: 0, habit: Habit::None };
    let (mut letters, mut consonants, mut guessable, mut counted, mut is_after_small) = (0, 0, 0, 0, false);
    for (at, typed) in password.chars().enumerate() {
        let Some((before, rest @ &[c, ..])) = folded.split_at_checked(at) else { break };
        let is_capital = typed.is_ascii_uppercase();
        let is_letter = matches!(c, b'a'..=b'z' | 128..=191);
        consonants = if is_letter && !b"aeiouy".contains(&c) { consonants + 1 } else { 0 };
        if at >= counted {
            let (decibits, length, habit) = if let Some(word) = TRIED_FIRST.iter().find(|word| begins_with(rest, word))
            {
                (30, word.len(), Habit::Word)
            } else if is_year(rest) {
                (60, 4, Habit::Year)
            } else if follows(before, c) {
                guessable += 1;
                // A run is not worth more the longer it is.
                (if guessable > 12 { 0 } else { 5 }, 1, Habit::None)
            } else {
                let decibits = match c {
                    // Ideographs and pictures.
                    192.. => 80,
                    // The more of a word is known, the less the rest of it is worth. Four consonants in a row are no word.
                    _ if is_letter && letters == 0 => 40,
                    _ if is_letter && letters == 1 => 30,
                    _ if is_letter && consonants < 4 => 15,
                    b'0'..=b'9' => 30,
                    b' ' => 10,
                    _ if rest.len() == 1 => 20,
                    _ => 40,
                };
                (decibits, 1, Habit::None)
            };
            estimate.decibits += decibits;
            estimate.habit = estimate.habit.max(habit);
            counted = at + length;
            if is_capital && is_after_small {
                estimate.decibits += 20;
            }
        }
        letters = if is_letter { letters + 1 } else { 0 };
        is_after_small = is_letter && !is_capital;
    }
    if guessable * 3 >= folded.len() {
        estimate.habit = estimate.habit.max(Habit::Run);
    }
    estimate
}

/// Maps a character to a byte, which keeps the code small: ASCII in lower case; letters of other alphabets from 128 on,
/// ideographs and pictures from 192 on. Two characters of the latter kinds may become the same byte.
fn fold(c: char) -> u8 {
    let low = u32::from(c) as u8;
    match c {
        '\0'..='\u{7f}' => low.to_ascii_lowercase(),
        '\u{2e80}'.. => low | 192,
        _ => low & 63 | 128,
    }
}

/// Whether a character continues the last two by the same step, or the last two and it have occurred before.
fn follows(before: &[u8], c: u8) -> bool {
    let &[.., a, b] = before else { return false };
    let to_it = step(b, c);
    to_it.is_some() && to_it == step(a, b) || before.windows(3).any(|earlier| earlier == [a, b, c])
}

/// The step from one character to another, by the alphabet or on the keyboard; None if they are not neighbours.
fn step(from: u8, to: u8) -> Option<u8> {
    match to.wrapping_sub(from) {
        step @ (0 | 1 | 255) => Some(step),
        _ if KEYS.windows(2).any(|keys| keys == [from, to]) => Some(2),
        _ if KEYS.windows(2).any(|keys| keys == [to, from]) => Some(254),
        _ => None,
    }
}

/// Whether a text begins with a word, even if signs stand for some of its letters.
fn begins_with(text: &[u8], word: &str) -> bool {
    let is_for = |typed, letter| {
        typed == letter
            || matches!(
                (typed, letter),
                (b'@', b'a') | (b'3', b'e') | (b'1', b'i') | (b'0', b'o') | (b'$' | b'5', b's')
            )
    };
    text.len() >= word.len() && text.iter().zip(word.bytes()).all(|(typed, letter)| is_for(*typed, letter))
}

fn is_year(text: &[u8]) -> bool {
    matches!(text, [b'1', b'9', a, b, ..] | [b'2', b'0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(strength: Strength, habit: Option<Habit>, passwords: &[&str]) {
        for password in passwords {
            let verdict = judge(password, "ada");
            assert_eq!(verdict.strength, strength, "{password}: {}", estimate(password).decibits);
            if let Some(habit) = habit {
                assert_eq!(verdict.advice, habit.advice(), "{password}");
            }
        }
    }

    #[test]
    fn says_how_strong_it_is() {
        check(Strength::TooShort, None, &["a", "seven77", "🔑🔑🔑🔑🔑🔑🔑"]);
        check(Strength::TooLong, None, &[&"x".repeat(257)]);
        check(Strength::Weak, None, &["my ada rests here", "latchkey is the name of it", "LATCHKEY zx9 blue"]);
        let words =
            ["password1", "P@ssw0rd!", "Pa$$word2024", "welcome123", "iloveyou4ever", "passw0rd-1990", "Adm1n Adm1n"];
        check(Strength::Weak, Some(Habit::Word), &words);
        let runs = [
            "12345678",
            "aaaaaaaaaaaaaaaa",
            "qwertyuiop",
            "poiuytrewq",
            "1qaz2wsx3edc",
            "abcdefgh1234",
            "abcabcabcabc",
        ];
        check(Strength::Weak, Some(Habit::Run), &runs);
        check(Strength::Weak, Some(Habit::Run), &["lalalalalala", "hahahahahahahaha", "........", &"xy".repeat(60)]);
        check(Strength::Weak, Some(Habit::Year), &["summer2024", "Berlin1989!", "19841984x"]);
        check(Strength::Weak, Some(Habit::None), &["chocolate", "Elephant7", "tomato soup", "Ferrari!!"]);
        check(
            Strength::Fair,
            None,
            &["correct horse 7", "tomato soup on mars", "kW7#pz2q", "xkqjvbwzt", "пароль мой дом"],
        );
        check(Strength::Strong, None, &["correct horse battery staple", "g7Kp2xQ9mT4w", "qpwkzhvmxnrbtyfc"]);
        check(Strength::Strong, None, &["xukbyf-Wozgi7-denhut", "🔑🐴🔋📎🍅🍲🌍🎻", "春眠暁を覚えず処処啼鳥"]);
    }

    #[test]
    fn before_anything_is_typed_there_is_a_tip() {
        let Verdict { strength, advice } = judge("", "ada");
        assert_eq!((strength.words(), strength.thirds()), ("", "0"));
        assert!(advice.contains("words"));
    }

    #[test]
    fn more_of_it_makes_it_stronger() {
        for password in
            ["correct horse battery staple", "g7Kp2xQ9mT4w", "tomato soup on mars", "Berlin, 14 rue de la Paix"]
        {
            let ends = password.char_indices().map(|(at, c)| at + c.len_utf8());
            let worth: Vec<_> = ends.map(|end| estimate(&password[..end]).decibits).collect();
            assert!(worth.is_sorted(), "{password}: {worth:?}");
        }
    }

    #[test]
    fn what_is_said_fits_on_a_line() {
        let habits = [Habit::None, Habit::Year, Habit::Run, Habit::Word].map(Habit::advice);
        assert!(habits.into_iter().all(|advice| advice.ends_with('.') && advice.chars().count() <= 48));
    }
}
