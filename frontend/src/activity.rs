//! What has happened to an account, in words for its owner.

/// The words of the API, and what they mean. What somebody else may have done is not said to be done by the owner.
const SENTENCES: [(&str, &str); 16] = [
    ("login", "You logged in"),
    ("login_failed", "Somebody entered a wrong password, code or passkey"),
    ("name_changed", "You changed your name"),
    ("password_changed", "You changed your password"),
    ("password_reset", "Your password was reset with a recovery code or a reset link"),
    ("passkey_added", "You added a passkey"),
    ("passkey_removed", "You removed a passkey"),
    ("second_factor_on", "You turned on the second factor"),
    ("second_factor_off", "You turned off the second factor"),
    ("recovery_codes_made", "You made new recovery codes"),
    ("reset_link_made", "An admin made a link to reset your password"),
    ("role_changed", "An admin changed your role"),
    ("suspended", "A moderator or an admin suspended your account"),
    ("suspension_lifted", "A moderator or an admin ended the suspension of your account"),
    ("session_ended", "You logged out one of your devices"),
    ("sessions_ended", "Your account was logged out on every device"),
];

/// The sentence for a word of the API. Later versions of the API know more words than this table.
pub fn sentence(word: &str) -> &'static str {
    let found = SENTENCES.iter().find(|(known, _)| *known == word);
    found.map_or("Something else happened", |(_, sentence)| sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words as the server has them. The site does not depend on the crate that they are in.
    const SOURCE: &str = include_str!("../../crates/domain/src/activity.rs");

    #[test]
    fn there_is_a_sentence_for_every_word_of_the_server() {
        let words: Vec<&str> = SOURCE.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let variants = SOURCE.split("pub enum Activity").nth(1).and_then(|rest| rest.split('}').next());
        let variants = variants.map_or(0, |body| body.lines().filter(|line| line.ends_with(',')).count());
        assert_eq!(words.len(), variants, "each variant has a word");
        let mut known: Vec<&str> = SENTENCES.iter().map(|(word, _)| *word).collect();
        assert_eq!(known, words);
        known.dedup();
        assert_eq!(known.len(), SENTENCES.len());
    }

    #[test]
    fn a_word_of_a_later_version_has_a_sentence_too() {
        assert_eq!(sentence("moved_to_mars"), "Something else happened");
        assert_eq!(sentence("login"), "You logged in");
    }
}
