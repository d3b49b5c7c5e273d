//! Orders as their readers see them: the diner in his language, the kitchen in the shop's.

use super::menu::Shop;
use crate::store::hold::Hold;
use crate::store::order::{Line, Order};
use crate::store::payment::Payment;
use crate::store::refund::Refund;
use okini_shared::api::coupon::UsedCoupon;
use okini_shared::api::order as api;
use okini_shared::api::redress::ShopRefund;
use okini_shared::api::shop::{BoardLine, BoardOrder, ShopPayment};
use okini_shared::money::Yen;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::PaymentState;
use okini_shared::rules::refund::RefundState;
use okini_shared::text::{Lang, Text};
use okini_shared::time::Millis;

/// Everything that is stored about one order.
pub struct Whole {
    pub order: Order,
    pub lines: Vec<Line>,
    /// With the names of their campaigns.
    pub coupons: Vec<(Hold, Text)>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
}

/// Who reads, and when.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    pub lang: Lang,
    /// SHA-256 of his device cookie.
    pub device: Option<&'a str>,
    pub now: Millis,
}

/// What is called out: `A-29`.
pub fn number(order: &Order) -> Option<String> {
    order.number.map(called)
}

/// A number as it is called out.
pub fn called(number: i64) -> String {
    format!("A-{number:02}")
}

impl Whole {
    /// For the diner's phone.
    pub fn for_diner(&self, shop: &Shop, reader: Reader<'_>) -> api::Order {
        let order = &self.order;
        let lang = reader.lang;
        let yours = reader.device == Some(order.device.as_str());
        api::Order {
            id: order.id,
            token: order.token.clone(),
            number: number(order),
            state: order.state,
            version: order.version,
            facility: shop.code.clone(),
            facility_name: shop.facility.name.say(lang),
            facility_phone: shop.facility.phone.clone(),
            seat: order.seat_label.clone(),
            yours,
            lines: self.lines.iter().map(|line| diner_line(line, lang)).collect(),
            note: order.note.clone().filter(|_| yours),
            coupons: self.coupons.iter().map(|(hold, name)| used_coupon(hold, name, lang)).collect(),
            total: order.total,
            taxes: order.taxes.clone(),
            placed_at: order.placed_at,
            payable_until: order.due_at.filter(|_| order.state == OrderState::AwaitingPayment),
            submitted_at: order.submitted_at,
            answer_by: order.answer_by,
            accepted_at: order.accepted_at,
            promised_at: order.promised_at,
            ready_at: order.ready_at,
            closed_at: order.closed_at,
            refusal: order.refusal.clone(),
            payment: self.payments.last().map(|payment| diner_payment(payment, order.state, reader.now)),
            refund: self.refund(),
        }
    }

    fn refund(&self) -> Option<api::Refund> {
        let standing = || self.refunds.iter().filter(|refund| refund.state != RefundState::Replaced);
        let amount = Yen::checked_sum(standing().map(|refund| refund.amount))?;
        let last = standing().map(|refund| refund.done_at).max()?;
        let all_back = standing().all(|refund| refund.state.is_back());
        let by_shop = standing().any(|refund| matches!(refund.state, RefundState::Refused | RefundState::ByHand));
        Some(api::Refund { amount, done_at: last.filter(|_| all_back), by_shop })
    }

    /// For the kitchen.
    pub fn for_kitchen(&self) -> BoardOrder {
        let order = &self.order;
        // What was paid twice and went back does not count beside what was kept.
        let came = || self.payments.iter().rev().filter(|payment| payment.settled_at.is_some());
        let paid = came().find(|payment| payment.state == PaymentState::Succeeded).or_else(|| came().next());
        BoardOrder {
            id: order.id,
            number: number(order).unwrap_or_default(),
            state: order.state,
            version: order.version,
            seat: order.seat_label.clone(),
            lines: self.lines.iter().map(kitchen_line).collect(),
            note: order.note.clone(),
            alcohol: order.alcohol,
            total: order.total,
            paid_at_provider: paid.map(|payment| payment.provider),
            submitted_at: order.submitted_at,
            answer_by: order.answer_by,
            accepted_at: order.accepted_at,
            promised_at: order.promised_at,
            ready_at: order.ready_at,
            closed_at: order.closed_at,
            refusal: order.refusal.clone(),
        }
    }

    /// The attempts to pay, for staff.
    pub fn payments_for_staff(&self) -> Vec<ShopPayment> {
        let refunded = |payment: &Payment| {
            // What the provider refused to give back did not go back.
            let moves = |state: RefundState| state.is_under_way() || state.is_back();
            let mine = |refund: &&Refund| refund.payment == payment.id && moves(refund.state);
            Yen::checked_sum(self.refunds.iter().filter(mine).map(|refund| refund.amount)).unwrap_or_default()
        };
        self.payments
            .iter()
            .map(|payment| ShopPayment {
                id: payment.id,
                provider: payment.provider,
                state: payment.state,
                amount: payment.amount,
                refunded: refunded(payment),
                created_at: payment.created_at,
            })
            .collect()
    }
}

/// A refund for staff.
pub fn shop_refund(refund: &Refund) -> ShopRefund {
    ShopRefund {
        id: refund.id,
        order: refund.order,
        payment: refund.payment,
        amount: refund.amount,
        state: refund.state,
        reason: refund.reason.clone(),
        note: refund.note.clone(),
        remark: refund.remark.clone(),
        created_at: refund.created_at,
        done_at: refund.done_at,
    }
}

fn used_coupon(hold: &Hold, name: &Text, lang: Lang) -> UsedCoupon {
    UsedCoupon { campaign: hold.campaign, name: name.say(lang), amount: hold.amount, state: hold.state }
}

fn diner_line(line: &Line, lang: Lang) -> api::OrderLine {
    api::OrderLine {
        item: line.item,
        name: line.name.say(lang),
        options: line.options.iter().map(|option| option.say(lang)).collect(),
        quantity: line.quantity,
        place: line.place,
        unit: line.unit,
        amount: line.amount,
        rate: line.rate.basis_points,
        picture: line.picture.clone(),
    }
}

/// The provider's page is told only while the diner should pay on it.
pub fn diner_payment(payment: &Payment, order: OrderState, now: Millis) -> api::Payment {
    let usable = order == OrderState::AwaitingPayment
        && payment.state.is_live()
        && payment.expires_at.is_none_or(|expires_at| expires_at > now);
    api::Payment {
        provider: payment.provider,
        state: payment.state,
        amount: payment.amount,
        url: payment.url.clone().filter(|_| usable),
        expires_at: payment.expires_at,
    }
}

fn kitchen_line(line: &Line) -> BoardLine {
    BoardLine {
        item: line.item,
        quantity: line.quantity,
        name: line.name.shop().clone(),
        options: line.options.iter().map(|option| option.shop().clone()).collect(),
        place: line.place,
    }
}
