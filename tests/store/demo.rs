//! The demo programme in the register.

use okini_server::domain::{demo, municipality};
use okini_shared::api::menu::GetMenu;
use okini_shared::api::session::Place;
use okini_tests::on_both;
use okini_tests::stage::Stage;
use std::collections::HashSet;

on_both! { run_bare: seeded }

async fn seeded(stage: &Stage) {
    demo::seed(stage.app()).await.unwrap();
    demo::seed(stage.app()).await.unwrap();
    let database = &stage.database;
    assert_eq!(database.count("facility WHERE state = 'approved' AND taking_orders = 1").await, 107);
    for (consortium, provider, facilities) in [("paypay", "paypay", 105), ("resona_busicom", "hosted", 2)] {
        let of = format!(
            "SELECT id FROM facility WHERE consortium_id = (SELECT id FROM consortium WHERE code = '{consortium}')"
        );
        assert_eq!(database.count(&format!("({of}) AS f")).await, facilities);
        let first =
            format!("facility_provider WHERE provider = '{provider}' AND position = 0 AND facility_id IN ({of})");
        assert_eq!(database.count(&first).await, facilities);
    }
    assert_eq!(database.count("facility_provider WHERE position = 1").await, 1, "one may be paid at two companies");
    let used: HashSet<String> =
        database.texts("SELECT DISTINCT municipality FROM facility").await.into_iter().collect();
    assert_eq!(used, municipality::codes().map(str::to_owned).collect());
    assert_eq!(database.count("event WHERE kind = 'facility.approved'").await, 107);
    assert_eq!(database.count("qr_code WHERE seat_id IS NULL").await, 107);
    let largest = "(SELECT facility_id FROM item GROUP BY facility_id HAVING COUNT(*) BETWEEN 40 AND 60) AS large";
    assert!(database.count(largest).await >= 4, "four full menus");

    let logins = demo::logins().unwrap();
    assert_eq!(logins.len(), 10);
    for login in logins {
        let client = stage.client();
        let session = client.sign_in(&login.user, login.password).await.unwrap();
        assert_eq!(session.account.role.name(), login.role);
        let Place::Facility { code, .. } = &session.account.place else { continue };
        let menu = client.call::<GetMenu>(&[code], &()).await.unwrap();
        assert!(menu.items().count() >= 40);
        for item in menu.items() {
            assert!(item.groups.iter().all(|group| menu.group(*group).is_some()));
            let Some(picture) = &item.picture else { continue };
            assert_eq!(client.get(picture).await.status, 200, "{picture}");
        }
    }
}
