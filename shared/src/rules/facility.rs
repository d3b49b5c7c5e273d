//! The facility's state machine, QR codes and municipality codes: what is a valid register entry.

use super::named;

named! {
    /// Where a facility stands in the register.
    FacilityState {
        Applied "applied",
        Returned "returned",
        Approved "approved",
        Suspended "suspended",
        Closed "closed",
    }
}

named! {
    /// What can happen to a facility.
    FacilityStep {
        Apply "apply",
        Return "return",
        Approve "approve",
        Suspend "suspend",
        Close "close",
    }
}

impl FacilityState {
    /// Where the step leads, or nothing when there is no such edge.
    pub const fn after(self, step: FacilityStep) -> Option<Self> {
        use FacilityState as S;
        use FacilityStep as T;
        match (self, step) {
            (S::Applied, T::Return) => Some(S::Returned),
            (S::Returned, T::Apply) => Some(S::Applied),
            (S::Applied | S::Suspended, T::Approve) => Some(S::Approved),
            (S::Approved, T::Suspend) => Some(S::Suspended),
            (S::Applied | S::Returned | S::Approved | S::Suspended, T::Close) => Some(S::Closed),
            _ => None,
        }
    }
}

/// Letters of a QR code: no `0 O 1 I L U`, which people misread or misspell.
pub const CODE_ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters in a facility code or seat token: 30^8 is 6.6e11, and guessing is rate limited.
pub const CODE_LENGTH: usize = 8;

/// A code as typed or scanned, in its one canonical spelling; nothing when it cannot be one.
pub fn canonical_code(text: &str) -> Option<String> {
    let code = text.to_ascii_uppercase();
    let valid = code.len() == CODE_LENGTH && code.bytes().all(|b| CODE_ALPHABET.contains(&b));
    valid.then_some(code)
}

/// Whether six digits are a local government code (全国地方公共団体コード) with the right check digit:
/// the first five weighted 6 5 4 3 2, modulo 11, subtracted from 11, last digit.
pub fn valid_municipality_code(code: &str) -> bool {
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let digits: Vec<u32> = code.bytes().map(|b| u32::from(b - b'0')).collect();
    let sum: u32 = digits.iter().zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    digits.last() == Some(&((11 - sum % 11) % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let mut edges = Vec::new();
        for state in FacilityState::ALL {
            for step in FacilityStep::ALL {
                if let Some(next) = state.after(*step) {
                    edges.push(format!("{} -{}-> {}", state.name(), step.name(), next.name()));
                }
            }
        }
        assert_eq!(
            edges,
            [
                "applied -return-> returned",
                "applied -approve-> approved",
                "applied -close-> closed",
                "returned -apply-> applied",
                "returned -close-> closed",
                "approved -suspend-> suspended",
                "approved -close-> closed",
                "suspended -approve-> approved",
                "suspended -close-> closed",
            ]
        );
    }

    #[test]
    fn codes_ignore_case_and_refuse_lookalikes() {
        assert_eq!(canonical_code("k7m2p9qx"), Some("K7M2P9QX".into()));
        for bad in ["", "K7M2P9Q", "K7M2P9QXX", "K7M2P9Q0", "K7M2P9QO", "K7M2P9QI", "K7M2P9Q1", "ｋ7m2p9q", "K7M2 9QX"]
        {
            assert_eq!(canonical_code(bad), None, "{bad}");
        }
    }

    #[test]
    fn municipality_check_digits() {
        for good in ["271004", "271403", "272141", "272060", "270008"] {
            assert!(valid_municipality_code(good), "{good}");
        }
        for bad in ["270000", "271005", "27100", "2710044", "27100a", ""] {
            assert!(!valid_municipality_code(bad), "{bad}");
        }
    }
}
