use std::collections::HashSet;

use super::*;
use crate::{Password, PasswordError};

const LIST: &str = include_str!("list.txt");

fn list() -> HashSet<&'static str> {
    LIST.lines().collect()
}

#[test]
fn the_list_holds_only_what_could_be_chosen_otherwise() {
    let list = list();
    assert!(list.len() >= 10_000, "{}", list.len());
    assert_eq!(list.len(), LIST.lines().count(), "each is there once");
    for common in list {
        assert!(rules::new_password_length(common).is_ok(), "{common}");
        assert_eq!(common, common.to_lowercase());
        assert!(!common.contains("latchkey"), "{common} is refused by another rule");
    }
}

#[test]
fn every_password_of_the_list_is_refused_in_any_case() {
    for common in LIST.lines() {
        let capital = format!("{}{}", common[..1].to_uppercase(), &common[1..]);
        for typed in [common.to_owned(), common.to_uppercase(), capital] {
            assert_eq!(Password::parse_new(typed, None).unwrap_err(), PasswordError::Common, "{common}");
        }
    }
}

#[test]
fn the_case_of_other_scripts_is_folded_too() {
    // Unicode's lower case of the kelvin sign is an ordinary `k`.
    assert_eq!(Password::parse_new("STARTRE\u{212a}".to_owned(), None).unwrap_err(), PasswordError::Common);
}

#[test]
fn what_only_resembles_one_is_not_on_the_list() {
    for good in ["password\u{301}", " password", "password ", "pass word", "correct horse battery staple"] {
        assert!(!is_common(good), "{good:?}");
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn text(&mut self, of: &[u8], chars: usize) -> String {
        (0..chars).map(|_| char::from(of[self.below(of.len())])).collect()
    }
}

#[test]
fn fewer_than_one_in_10_000_others_is_taken_for_one_of_the_list() {
    const EACH: usize = 250_000;
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
    const DIGITS: &[u8] = b"0123456789";
    const ALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789 !#$%&*+-.=?@_";
    type Shape = fn(&mut Random, &[&str]) -> String;
    let shapes: [(&str, Shape); 4] = [
        ("8 letters", |random, _| random.text(LETTERS, 8)),
        ("8 to 16 of anything", |random, _| {
            let chars = 8 + random.below(9);
            random.text(ALL, chars)
        }),
        ("a word of the list, and digits", |random, words| {
            let digits = 2 + random.below(5);
            words[random.below(words.len())].to_owned() + &random.text(DIGITS, digits)
        }),
        ("two words of the list", |random, words| {
            format!("{} {}", words[random.below(words.len())], words[random.below(words.len())])
        }),
    ];
    let list = list();
    let words: Vec<_> = LIST.lines().collect();
    let mut random = Random(2026);
    let (mut asked, mut mistaken) = (0_u32, 0_u32);
    for (shape, make) in shapes {
        let (mut asked_here, mut mistaken_here) = (0_u32, 0_u32);
        for _ in 0..EACH {
            let password = make(&mut random, &words);
            if !list.contains(password.as_str()) {
                asked_here += 1;
                mistaken_here += u32::from(is_common(&password));
            }
        }
        println!("{shape}: {mistaken_here} of {asked_here}");
        assert!(mistaken_here * 10_000 < asked_here, "{shape}: {mistaken_here} of {asked_here}");
        (asked, mistaken) = (asked + asked_here, mistaken + mistaken_here);
    }
    println!("together: {mistaken} of {asked}");
    assert!(asked > 990_000 && mistaken * 10_000 < asked, "{mistaken} of {asked}");
}
