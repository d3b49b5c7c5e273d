//! Random walks of the pure state machines beside a small model: orders and facilities along their edges, a bill with its
//! attempts, a cart with its sums. No store, no provider.

use super::{cart, edges};
use okini_shared::money::Yen;
use okini_shared::rules::facility::{FacilityState, FacilityStep};
use okini_shared::rules::order::{OrderState, OrderStep};
use okini_shared::rules::payment::{Finding, PaymentState, PaymentStep, step_for};
use okini_shared::rules::refund::{RefundState, RefundStep};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

/// One seed: each machine walks once.
pub fn walk(seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    order(&mut rng);
    facility(&mut rng);
    refund(&mut rng);
    bill(&mut rng);
    cart::walk(&mut rng);
}

fn order(rng: &mut StdRng) {
    let mut state = OrderState::AwaitingPayment;
    let mut paid = false;
    for _ in 0..24 {
        let step = *OrderStep::ALL.choose(rng).unwrap();
        let next = state.after(step);
        assert_eq!(next, edges::next(&edges::ORDER, state, step), "{state:?} {step:?}");
        assert_eq!(OrderState::before(step).contains(&state), next.is_some(), "before {step:?}: {state:?}");
        assert!(next.is_none() || !state.is_final(), "a final order moved: {state:?} {step:?}");
        paid |= next.is_some() && step == OrderStep::Pay;
        state = next.unwrap_or(state);
        assert!(paid || !state.on_board(), "the kitchen sees an unpaid order: {state:?}");
        assert_eq!(state.is_final(), state == OrderState::Completed || state.gives_money_back(), "{state:?}");
    }
}

fn facility(rng: &mut StdRng) {
    let mut state = FacilityState::Applied;
    for _ in 0..12 {
        let step = *FacilityStep::ALL.choose(rng).unwrap();
        let next = state.after(step);
        assert_eq!(next, edges::next(&edges::FACILITY, state, step), "{state:?} {step:?}");
        state = next.unwrap_or(state);
    }
}

fn refund(rng: &mut StdRng) {
    let mut state = RefundState::Requested;
    let mut back = 0;
    for _ in 0..12 {
        let step = *RefundStep::ALL.choose(rng).unwrap();
        let next = state.after(step);
        assert_eq!(next, edges::next(&edges::REFUND, state, step), "{state:?} {step:?}");
        back += usize::from(next.is_some_and(RefundState::is_back));
        state = next.unwrap_or(state);
    }
    assert!(back <= 1, "one refund gave the money back twice");
}

/// An attempt as the model sees it.
struct Attempt {
    state: PaymentState,
    /// The provider has once said that exactly the right money came in.
    money: bool,
}

/// One bill: attempts are made, and providers say whatever they like about any of them.
fn bill(rng: &mut StdRng) {
    let amount = Yen::new(rng.random_range(1..=1_000_000));
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut paid_by = None;
    let mut given_back = 0;
    for _ in 0..40 {
        let live = attempts.iter().any(|attempt| attempt.state.is_live());
        if !live && paid_by.is_none() && rng.random_ratio(1, 2) {
            attempts.push(Attempt { state: PaymentState::Created, money: false });
        }
        if attempts.is_empty() {
            continue;
        }
        let at = rng.random_range(0..attempts.len());
        let attempt = &mut attempts[at];
        let (step, exact) = word(rng, amount);
        let Some(step) = step else { continue };
        let next = attempt.state.after(step);
        assert_eq!(next, edges::next(&edges::PAYMENT, attempt.state, step), "{:?} {step:?}", attempt.state);
        let Some(next) = next else { continue };
        attempt.state = next;
        if next == PaymentState::Succeeded {
            assert!(exact, "something else than the exact amount in yen paid");
            assert!(!attempt.money, "an attempt came in twice");
            attempt.money = true;
            if paid_by.is_none() {
                paid_by = Some(at);
            } else {
                // A second success goes back, once.
                assert_eq!(attempt.state.after(PaymentStep::Refund), Some(PaymentState::Refunding));
                attempt.state = PaymentState::Refunding;
                assert_eq!(attempt.state.after(PaymentStep::Refund), None);
                given_back += 1;
            }
        }
        assert!(attempts.iter().filter(|attempt| attempt.state.is_live()).count() <= 1, "two live attempts");
        let kept = attempts.iter().filter(|attempt| attempt.state == PaymentState::Succeeded).count();
        assert!(kept <= 1, "a bill was paid twice");
        let came = attempts.iter().filter(|attempt| attempt.money).count();
        assert_eq!(came, given_back + usize::from(paid_by.is_some()), "money came in and nobody knows where it is");
        assert!(paid_by.is_none_or(|by| attempts[by].state == PaymentState::Succeeded), "paid is final");
    }
}

/// What happens to an attempt, and whether it is the provider's word that the exact amount is paid.
fn word(rng: &mut StdRng, amount: Yen) -> (Option<PaymentStep>, bool) {
    let steps = [PaymentStep::Redirect, PaymentStep::Lose, PaymentStep::Return, PaymentStep::Close];
    if rng.random_ratio(1, 4) {
        let step = *steps.choose(rng).unwrap();
        return (Some(step), false);
    }
    let other = *[-1, 1, amount.get(), -amount.get()].choose(rng).unwrap();
    let (paid, currency) = match rng.random_range(0..4) {
        0 => (amount.get() + other, "JPY"),
        1 => (amount.get(), *["USD", "jpy", "", "KRW"].choose(rng).unwrap()),
        _ => (amount.get(), "JPY"),
    };
    let finding = match rng.random_range(0..9) {
        0 => Finding::Pending,
        1 => Finding::Failed,
        2 => Finding::Cancelled,
        3 => Finding::Expired,
        4 => Finding::NotFound,
        5 => Finding::Refunded,
        6 => Finding::Unclear("?".into()),
        _ => Finding::Paid { amount: Yen::new(paid), currency: currency.into(), provider_payment_id: String::new() },
    };
    let came = matches!(finding, Finding::Paid { .. });
    let exact = came && paid == amount.get() && currency == "JPY";
    let step = step_for(&finding, amount);
    assert_eq!(step == Some(PaymentStep::Succeed), exact, "{finding:?} for {amount:?}");
    let silent = matches!(finding, Finding::Pending | Finding::NotFound | Finding::Unclear(_));
    assert_eq!(step.is_none(), silent, "{finding:?}");
    (step, exact)
}
