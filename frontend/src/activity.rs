//! What has happened to an account, in words for its owner.

use crate::texts;

/// The sentence for a word of the API. Later versions of the API know more words. What somebody else may have done is not said to be
/// done by the owner.
pub fn sentence(word: &str) -> &'static str {
    match word {
        "login" => texts::did_log_in(),
        "login_failed" => texts::login_failed(),
        "name_changed" => texts::did_change_name(),
        "password_changed" => texts::did_change_password(),
        "password_reset" => texts::password_reset(),
        "passkey_added" => texts::did_add_passkey(),
        "passkey_removed" => texts::did_remove_passkey(),
        "second_factor_on" => texts::did_turn_on_second_factor(),
        "second_factor_off" => texts::did_turn_off_second_factor(),
        "recovery_codes_made" => texts::did_make_codes(),
        "reset_link_made" => texts::reset_link_made(),
        "role_changed" => texts::role_changed(),
        "suspended" => texts::was_suspended(),
        "suspension_lifted" => texts::suspension_lifted(),
        "session_ended" => texts::did_end_session(),
        "sessions_ended" => texts::sessions_ended(),
        _ => texts::something_else(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The words as the server has them. The site does not depend on the crate that they are in.
    const SOURCE: &str = include_str!("../../crates/domain/src/activity.rs");

    #[test]
    fn there_is_a_sentence_for_every_word_of_the_server() {
        let words: Vec<&str> = SOURCE.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let variants = SOURCE.split("pub enum Activity").nth(1).and_then(|rest| rest.split('}').next());
        let variants = variants.map_or(0, |body| body.lines().filter(|line| line.ends_with(',')).count());
        assert_eq!(words.len(), variants, "each variant has a word");
        let sentences: BTreeSet<&str> = words.iter().map(|word| sentence(word)).collect();
        assert_eq!(sentences.len(), words.len(), "each has a sentence of its own");
        assert!(!sentences.contains(sentence("")));
    }

    #[test]
    fn a_word_of_a_later_version_has_a_sentence_too() {
        assert_eq!(sentence("moved_to_mars"), "Something else happened");
        assert_eq!(sentence("login"), "You logged in");
    }
}
