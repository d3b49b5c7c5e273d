//! The municipalities a facility can lie in, from `server/data/municipalities.csv`.

use okini_shared::rules::facility::valid_municipality_code;

const CSV: &str = include_str!("../../data/municipalities.csv");

/// The six-digit codes, in the order of the list.
pub fn codes() -> impl Iterator<Item = &'static str> {
    CSV.lines().skip(1).filter_map(|line| line.split(',').next())
}

/// Whether a code has the right check digit and is on the list.
pub fn is_known(code: &str) -> bool {
    valid_municipality_code(code) && codes().any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_43_have_the_right_check_digit() {
        assert_eq!(codes().count(), 43);
        assert!(codes().all(is_known));
        assert!(!is_known("270000") && !is_known("131016"));
    }
}
