//! The order's state machine. Who may act and what money moves is decided by the server's domain; this says
//! only which steps exist.

use super::named;

named! {
    /// Where an order stands.
    OrderState {
        /// Placed and waiting for the money; the kitchen does not see it (pay-first).
        AwaitingPayment "awaiting_payment",
        /// Paid: an offer to the shop, which must answer in time.
        Submitted "submitted",
        /// The shop took it: the contract stands.
        Accepted "accepted",
        /// It is being cooked.
        Preparing "preparing",
        /// It can be fetched or is on its way to the table.
        Ready "ready",
        /// Handed over.
        Completed "completed",
        /// The shop said no; the money goes back.
        Refused "refused",
        /// The shop did not answer in time; the money goes back.
        AutoRefused "auto_refused",
        /// The diner took it back before the shop answered; the money goes back.
        Cancelled "cancelled",
        /// It was never paid.
        Expired "expired",
    }
}

named! {
    /// What can happen to an order.
    OrderStep {
        Pay "pay",
        Accept "accept",
        Prepare "prepare",
        Finish "finish",
        /// The kitchen takes "ready" back.
        Reopen "reopen",
        HandOver "hand_over",
        Refuse "refuse",
        AutoRefuse "auto_refuse",
        Cancel "cancel",
        Expire "expire",
    }
}

named! {
    /// Why a shop refuses an order (the three reasons a shop must choose from).
    RefusalReason {
        SoldOut "sold_out",
        TooBusy "too_busy",
        /// Explained in the shop's own words.
        Other "other",
    }
}

impl OrderState {
    /// Where the step leads, or nothing when there is no such edge.
    pub const fn after(self, step: OrderStep) -> Option<Self> {
        use OrderState as S;
        use OrderStep as T;
        match (self, step) {
            (S::AwaitingPayment, T::Pay) => Some(S::Submitted),
            (S::AwaitingPayment, T::Expire) => Some(S::Expired),
            (S::AwaitingPayment | S::Submitted, T::Cancel) => Some(S::Cancelled),
            (S::Submitted, T::Accept) => Some(S::Accepted),
            (S::Submitted, T::Refuse) => Some(S::Refused),
            (S::Submitted, T::AutoRefuse) => Some(S::AutoRefused),
            (S::Accepted, T::Prepare) | (S::Ready, T::Reopen) => Some(S::Preparing),
            // A drink or a dish from the counter is ready without a cooking step.
            (S::Accepted | S::Preparing, T::Finish) => Some(S::Ready),
            (S::Ready, T::HandOver) => Some(S::Completed),
            _ => None,
        }
    }

    /// The states from which the step can be taken, for a conditional update.
    pub fn before(step: OrderStep) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|state| state.after(step).is_some()).collect()
    }

    /// Nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Refused | Self::AutoRefused | Self::Cancelled | Self::Expired)
    }

    /// The kitchen sees it: paid and not finished.
    pub const fn on_board(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Preparing | Self::Ready)
    }

    /// Ended after payment without food: whatever was paid is given back.
    pub const fn gives_money_back(self) -> bool {
        matches!(self, Self::Refused | Self::AutoRefused | Self::Cancelled | Self::Expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let mut edges = Vec::new();
        for state in OrderState::ALL {
            for step in OrderStep::ALL {
                if let Some(next) = state.after(*step) {
                    edges.push(format!("{} -{}-> {}", state.name(), step.name(), next.name()));
                }
            }
        }
        assert_eq!(
            edges,
            [
                "awaiting_payment -pay-> submitted",
                "awaiting_payment -cancel-> cancelled",
                "awaiting_payment -expire-> expired",
                "submitted -accept-> accepted",
                "submitted -refuse-> refused",
                "submitted -auto_refuse-> auto_refused",
                "submitted -cancel-> cancelled",
                "accepted -prepare-> preparing",
                "accepted -finish-> ready",
                "preparing -finish-> ready",
                "ready -reopen-> preparing",
                "ready -hand_over-> completed",
            ]
        );
    }

    #[test]
    fn final_states_have_no_way_out() {
        for state in OrderState::ALL {
            let leaves = OrderStep::ALL.iter().any(|step| state.after(*step).is_some());
            assert_eq!(leaves, !state.is_final(), "{}", state.name());
        }
    }

    #[test]
    fn names_read_back() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::from_name(state.name()), Some(*state));
        }
        assert_eq!(OrderState::from_name("paid"), None);
    }
}
