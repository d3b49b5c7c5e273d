//! The state machines of campaigns, coupons and holds, and the accounts between which coupon money moves.

use super::named;

named! {
    /// How far a campaign is.
    CampaignState {
        /// Being written; its terms may change.
        Draft "draft",
        /// Its terms were tried on past orders.
        Rehearsed "rehearsed",
        /// It goes on; its terms never change again.
        Published "published",
        /// No coupon can be got or set aside for a while.
        Paused "paused",
        /// Over for good.
        Ended "ended",
    }
}

named! {
    /// What can happen to a campaign.
    CampaignStep {
        Edit "edit",
        Rehearse "rehearse",
        Publish "publish",
        Pause "pause",
        Resume "resume",
        End "end",
    }
}

impl CampaignState {
    /// Where the step leads, or nothing when there is no such edge.
    pub const fn after(self, step: CampaignStep) -> Option<Self> {
        use CampaignState as S;
        use CampaignStep as T;
        match (self, step) {
            (S::Draft | S::Rehearsed, T::Edit) => Some(S::Draft),
            (S::Draft | S::Rehearsed, T::Rehearse) => Some(S::Rehearsed),
            (S::Rehearsed, T::Publish) => Some(S::Published),
            (S::Published, T::Pause) => Some(S::Paused),
            (S::Paused, T::Resume) => Some(S::Published),
            (S::Draft | S::Rehearsed | S::Published | S::Paused, T::End) => Some(S::Ended),
            _ => None,
        }
    }
}

named! {
    /// How a coupon is got.
    Claim {
        /// By a tap in the wallet.
        Tap "tap",
        /// By a code that works once.
        Code "code",
        /// It applies by itself.
        Automatic "automatic",
    }
}

named! {
    /// Where a coupon stands. That it ran out is told by its campaign's end.
    CouponState {
        Available "available",
        /// Set aside for a bill.
        Held "held",
        Redeemed "redeemed",
        /// Given to another phone.
        Moved "moved",
        /// It applied by itself and the bill was not paid: its place is free again.
        Void "void",
    }
}

named! {
    /// Where a coupon that was set aside for a bill stands.
    HoldState {
        Held "held",
        /// The bill was paid.
        Redeemed "redeemed",
        /// The bill was not paid: the coupon is back.
        Released "released",
        /// The bill was paid and all of it given back: the coupon is back.
        Returned "returned",
    }
}

named! {
    /// What can happen to a coupon that was set aside.
    HoldStep {
        Redeem "redeem",
        Release "release",
        Return "return",
    }
}

impl HoldState {
    /// Where the step leads, or nothing when there is no such edge.
    pub const fn after(self, step: HoldStep) -> Option<Self> {
        match (self, step) {
            (Self::Held, HoldStep::Redeem) => Some(Self::Redeemed),
            (Self::Held, HoldStep::Release) => Some(Self::Released),
            (Self::Redeemed, HoldStep::Return) => Some(Self::Returned),
            _ => None,
        }
    }
}

named! {
    /// Who pays for a discount.
    Funder {
        Shop "shop",
        Consortium "consortium",
        Programme "programme",
    }
}

named! {
    /// A movement of coupon money.
    Movement {
        /// Money is given to a budget.
        Fund "fund",
        /// Set aside for a bill.
        Hold "hold",
        /// The bill was not paid.
        Release "release",
        /// The bill was paid.
        Redeem "redeem",
        /// What was paid, or a part of it, was given back.
        Return "return",
    }
}

impl Movement {
    /// The accounts it goes from and to. Money of a funder without a budget comes from `source` when it is used.
    pub const fn accounts(self, has_budget: bool) -> (&'static str, &'static str) {
        let open = if has_budget { "available" } else { "source" };
        match self {
            Self::Fund => ("source", "available"),
            Self::Hold => (open, "held"),
            Self::Release => ("held", open),
            Self::Redeem => ("held", "redeemed"),
            Self::Return => ("redeemed", open),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_tables() {
        let mut edges = Vec::new();
        for state in CampaignState::ALL {
            for step in CampaignStep::ALL {
                if let Some(next) = state.after(*step) {
                    edges.push(format!("{} -{}-> {}", state.name(), step.name(), next.name()));
                }
            }
        }
        for state in HoldState::ALL {
            for step in HoldStep::ALL {
                if let Some(next) = state.after(*step) {
                    edges.push(format!("{} -{}-> {}", state.name(), step.name(), next.name()));
                }
            }
        }
        assert_eq!(
            edges,
            [
                "draft -edit-> draft",
                "draft -rehearse-> rehearsed",
                "draft -end-> ended",
                "rehearsed -edit-> draft",
                "rehearsed -rehearse-> rehearsed",
                "rehearsed -publish-> published",
                "rehearsed -end-> ended",
                "published -pause-> paused",
                "published -end-> ended",
                "paused -resume-> published",
                "paused -end-> ended",
                "held -redeem-> redeemed",
                "held -release-> released",
                "redeemed -return-> returned",
            ]
        );
    }
}
