//! The edges of the four state machines, written down a second time: what the rules are compared with.
//! The rules themselves are `okini_shared::rules`.

use okini_shared::rules::facility::{FacilityState as F, FacilityStep as FS};
use okini_shared::rules::order::{OrderState as O, OrderStep as OS};
use okini_shared::rules::payment::{PaymentState as P, PaymentStep as PS};
use okini_shared::rules::refund::{RefundState as R, RefundStep as RS};

/// From, by, to.
pub type Edge<S, T> = (S, T, S);

pub const ORDER: [Edge<O, OS>; 12] = [
    (O::AwaitingPayment, OS::Pay, O::Submitted),
    (O::AwaitingPayment, OS::Expire, O::Expired),
    (O::AwaitingPayment, OS::Cancel, O::Cancelled),
    (O::Submitted, OS::Cancel, O::Cancelled),
    (O::Submitted, OS::Accept, O::Accepted),
    (O::Submitted, OS::Refuse, O::Refused),
    (O::Submitted, OS::AutoRefuse, O::AutoRefused),
    (O::Accepted, OS::Prepare, O::Preparing),
    (O::Accepted, OS::Finish, O::Ready),
    (O::Preparing, OS::Finish, O::Ready),
    (O::Ready, OS::Reopen, O::Preparing),
    (O::Ready, OS::HandOver, O::Completed),
];

pub const PAYMENT: [Edge<P, PS>; 30] = [
    (P::Created, PS::Redirect, P::Redirected),
    (P::Unknown, PS::Redirect, P::Redirected),
    (P::Created, PS::Succeed, P::Succeeded),
    (P::Redirected, PS::Succeed, P::Succeeded),
    (P::Unknown, PS::Succeed, P::Succeeded),
    (P::Failed, PS::Succeed, P::Succeeded),
    (P::Cancelled, PS::Succeed, P::Succeeded),
    (P::Expired, PS::Succeed, P::Succeeded),
    (P::Stranded, PS::Succeed, P::Succeeded),
    (P::Created, PS::Fail, P::Failed),
    (P::Redirected, PS::Fail, P::Failed),
    (P::Unknown, PS::Fail, P::Failed),
    (P::Created, PS::Cancel, P::Cancelled),
    (P::Redirected, PS::Cancel, P::Cancelled),
    (P::Unknown, PS::Cancel, P::Cancelled),
    (P::Created, PS::Expire, P::Expired),
    (P::Redirected, PS::Expire, P::Expired),
    (P::Unknown, PS::Expire, P::Expired),
    (P::Created, PS::Lose, P::Unknown),
    (P::Redirected, PS::Lose, P::Unknown),
    (P::Created, PS::Strand, P::Stranded),
    (P::Redirected, PS::Strand, P::Stranded),
    (P::Unknown, PS::Strand, P::Stranded),
    (P::Failed, PS::Strand, P::Stranded),
    (P::Cancelled, PS::Strand, P::Stranded),
    (P::Expired, PS::Strand, P::Stranded),
    (P::Stranded, PS::Close, P::Closed),
    (P::Stranded, PS::Refund, P::Refunding),
    (P::Succeeded, PS::Refund, P::Refunding),
    (P::Refunding, PS::Return, P::Refunded),
];

pub const REFUND: [Edge<R, RS>; 6] = [
    (R::Requested, RS::Send, R::Sent),
    (R::Sent, RS::Finish, R::Done),
    (R::Sent, RS::Refuse, R::Refused),
    (R::Refused, RS::Finish, R::Done),
    (R::Refused, RS::HandOver, R::ByHand),
    (R::Refused, RS::Replace, R::Replaced),
];

pub const FACILITY: [Edge<F, FS>; 9] = [
    (F::Applied, FS::Return, F::Returned),
    (F::Applied, FS::Approve, F::Approved),
    (F::Applied, FS::Close, F::Closed),
    (F::Returned, FS::Apply, F::Applied),
    (F::Returned, FS::Close, F::Closed),
    (F::Approved, FS::Suspend, F::Suspended),
    (F::Approved, FS::Close, F::Closed),
    (F::Suspended, FS::Approve, F::Approved),
    (F::Suspended, FS::Close, F::Closed),
];

/// Where a step leads.
pub fn next<S: Copy + PartialEq, T: Copy + PartialEq>(edges: &[Edge<S, T>], from: S, by: T) -> Option<S> {
    edges.iter().find(|(state, step, _)| *state == from && *step == by).map(|(_, _, to)| *to)
}

/// Whether any number of steps leads from one state to another.
pub fn leads<S: Copy + PartialEq, T>(edges: &[Edge<S, T>], from: S, to: S) -> bool {
    let mut reached = vec![from];
    let mut at = 0;
    while let Some(state) = reached.get(at).copied() {
        if state == to {
            return true;
        }
        for (_, _, next) in edges.iter().filter(|(from, _, _)| *from == state) {
            if !reached.contains(next) {
                reached.push(*next);
            }
        }
        at += 1;
    }
    false
}
