//! Texts in YAML come back as they were written.

use unitsmith::syntax::nasty::NASTY;
use unitsmith::syntax::yaml::quoted;

/// A quoted text is one of JSON, which YAML 1.2 reads in the same way.
#[test]
fn nasty_texts_come_back_from_yaml() {
    for text in NASTY {
        let quoted = quoted(text);
        assert!(!quoted.contains(char::is_control), "{quoted:?}");
        assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), *text, "{quoted}");
    }
}
