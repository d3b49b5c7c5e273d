//! The refund's state machine. How much may go back is decided by the server's domain, what a provider said by its
//! `providers`.

use super::named;

named! {
    /// Where money on its way back stands.
    RefundState {
        /// To be sent.
        Requested "requested",
        /// Sent, or perhaps sent: query before anything else.
        Sent "sent",
        /// The provider gave it back.
        Done "done",
        /// The provider said no: staff decide.
        Refused "refused",
        /// Staff gave it back without the provider.
        ByHand "by_hand",
        /// Refused, and staff had another one sent in its place.
        Replaced "replaced",
    }
}

named! {
    /// What can happen to a refund.
    RefundStep {
        Send "send",
        Finish "finish",
        Refuse "refuse",
        HandOver "hand_over",
        Replace "replace",
    }
}

impl RefundState {
    /// Where the step leads, or nothing when there is no such edge.
    pub const fn after(self, step: RefundStep) -> Option<Self> {
        use RefundState as S;
        use RefundStep as T;
        match (self, step) {
            (S::Requested, T::Send) => Some(S::Sent),
            // A provider that refused may have given it back after all: its word counts.
            (S::Sent | S::Refused, T::Finish) => Some(S::Done),
            (S::Sent, T::Refuse) => Some(S::Refused),
            (S::Refused, T::HandOver) => Some(S::ByHand),
            (S::Refused, T::Replace) => Some(S::Replaced),
            _ => None,
        }
    }

    /// The provider is still to be told or asked.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Requested | Self::Sent)
    }

    /// The diner has the money.
    pub const fn is_back(self) -> bool {
        matches!(self, Self::Done | Self::ByHand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let mut edges = Vec::new();
        for state in RefundState::ALL {
            for step in RefundStep::ALL {
                if let Some(next) = state.after(*step) {
                    edges.push(format!("{} -{}-> {}", state.name(), step.name(), next.name()));
                }
            }
        }
        assert_eq!(
            edges,
            [
                "requested -send-> sent",
                "sent -finish-> done",
                "sent -refuse-> refused",
                "refused -finish-> done",
                "refused -hand_over-> by_hand",
                "refused -replace-> replaced",
            ]
        );
    }

    #[test]
    fn money_goes_back_once() {
        for state in RefundState::ALL.iter().filter(|state| state.is_back()) {
            assert!(RefundStep::ALL.iter().all(|step| state.after(*step).is_none()), "{}", state.name());
        }
    }
}
