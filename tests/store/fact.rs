//! Facts and received notifications: appended, never changed.

use okini_server::store::event::{self, NewEvent};
use okini_server::store::notification::{self, Received};
use okini_shared::id::{EventId, NotificationId, PaymentId};
use okini_shared::rules::payment::ProviderName;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

on_both! { run_store: facts notifications }

async fn facts(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    for (id, kind, subject) in [(2, "order.submitted", "a"), (1, "order.placed", "a"), (3, "order.placed", "b")] {
        let fact = NewEvent {
            id: EventId::from_uuid(id),
            kind,
            of: stage.shop().id.into(),
            subject: subject.into(),
            actor: "diner".into(),
            payload: "{}".into(),
            created_at: NOW,
        };
        event::insert(&mut conn, &fact).await.unwrap();
    }
    assert_eq!(event::kinds_of(&mut conn, "a").await.unwrap(), ["order.placed", "order.submitted"]);
    assert!(event::kinds_of(&mut conn, "c").await.unwrap().is_empty());
}

async fn notifications(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    for (id, payment) in [(1, None), (2, Some(PaymentId::from_uuid(5)))] {
        let received = Received {
            id: NotificationId::from_uuid(id),
            provider: ProviderName::Hosted,
            payment,
            body: "{\"何\":'か'}".into(),
            received_at: NOW,
        };
        notification::insert(&mut conn, &received).await.unwrap();
    }
    assert_eq!(stage.database.count("notification WHERE payment_id IS NULL").await, 1);
    assert_eq!(stage.database.texts("SELECT body FROM notification").await, ["{\"何\":'か'}"; 2]);
}
