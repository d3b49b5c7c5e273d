//! Rows to store: whole ones, of which a test changes what it is about.

use okini_server::store::bill::Bill;
use okini_server::store::order::{Line, Order};
use okini_server::store::payment::Payment;
use okini_server::store::refund::Refund;
use okini_server::store::{self, Conn};
use okini_shared::id::{BillId, FacilityId, LineId, OrderId, PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{AccountKey, PaymentState, ProviderName};
use okini_shared::rules::refund::RefundState;
use okini_shared::rules::tax::{Place, Rate, RateKind, TaxSum};
use okini_shared::text::Lang;
use okini_shared::time::Millis;
use okini_tests::fixture::text;
use okini_tests::stage::{NOW, Stage};

/// An order of noodles.
pub(crate) fn order(stage: &Stage, facility: FacilityId) -> Order {
    let ids = &stage.app().ids;
    Order {
        id: OrderId::from_uuid(ids.uuid()),
        facility,
        device: "d".repeat(64),
        token: ids.token(),
        number: None,
        seat: None,
        seat_label: Some("7".into()),
        state: OrderState::AwaitingPayment,
        version: 1,
        lang: Lang::En,
        note: Some("青のり抜きで 'x'".into()),
        alcohol: true,
        discount: Yen::ZERO,
        total: Yen::new(780),
        taxes: vec![TaxSum { kind: RateKind::Standard, basis_points: 1_000, total: Yen::new(780), tax: Yen::new(70) }],
        placed_at: NOW,
        submitted_at: None,
        answer_by: None,
        accepted_at: None,
        promised_at: None,
        ready_at: None,
        closed_at: None,
        refusal: None,
        due_at: Some(NOW.plus(1_000)),
    }
}

/// A line of it.
pub(crate) fn line(stage: &Stage) -> Line {
    Line {
        id: LineId::from_uuid(stage.app().ids.uuid()),
        item: stage.shop().noodles.id,
        name: text("焼きそば", "Fried noodles"),
        options: vec![text("大", "large")],
        place: Place::Takeout,
        quantity: 1,
        unit: Yen::new(780),
        amount: Yen::new(780),
        discount: Yen::ZERO,
        rate: Rate { kind: RateKind::Standard, valid_from: Millis::default(), basis_points: 1_000 },
        picture: None,
        counted: false,
    }
}

/// Its bill.
pub(crate) fn bill(stage: &Stage, order: &Order) -> Bill {
    Bill {
        id: BillId::from_uuid(stage.app().ids.uuid()),
        order: order.id,
        facility: order.facility,
        amount: order.total,
        paid_by: None,
        open: true,
    }
}

/// A new attempt to pay the bill, to be asked about now.
pub(crate) fn payment(stage: &Stage, bill: &Bill) -> Payment {
    Payment {
        id: PaymentId::from_uuid(stage.app().ids.uuid()),
        bill: bill.id,
        order: bill.order,
        facility: bill.facility,
        provider: ProviderName::Paypay,
        account: AccountKey::Settings(ProviderName::Paypay),
        merchant: None,
        amount: bill.amount,
        state: PaymentState::Created,
        url: None,
        provider_ref: None,
        provider_payment_id: None,
        expires_at: None,
        created_at: NOW,
        settled_at: None,
        ask_at: Some(NOW),
        asked_at: None,
        asked: 0,
        remark: None,
        received: None,
        currency: None,
        given_back: Yen::ZERO,
    }
}

/// All of the payment on its way back.
pub(crate) fn refund(stage: &Stage, payment: &Payment) -> Refund {
    Refund {
        id: RefundId::from_uuid(stage.app().ids.uuid()),
        payment: payment.id,
        order: payment.order,
        facility: payment.facility,
        amount: payment.amount,
        reason: "refused".into(),
        note: Some("x".into()),
        state: RefundState::Requested,
        created_at: NOW,
        done_at: None,
        ask_at: Some(NOW),
        asked: 0,
        remark: None,
    }
}

/// An order with its bill, stored.
pub(crate) async fn billed(stage: &Stage, conn: &mut Conn) -> (Order, Bill) {
    let order = order(stage, stage.shop().id);
    store::order::insert(conn, &order).await.unwrap();
    let bill = bill(stage, &order);
    store::bill::insert(conn, &bill, NOW).await.unwrap();
    (order, bill)
}

/// An attempt to pay an order of its own, stored.
pub(crate) async fn attempted(stage: &Stage, conn: &mut Conn) -> Payment {
    let (_, bill) = billed(stage, conn).await;
    let payment = payment(stage, &bill);
    assert!(store::payment::insert(conn, &payment).await.unwrap());
    payment
}

/// What a value looks like: rows have no equality of their own.
pub(crate) fn shown(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}
