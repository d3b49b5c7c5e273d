//! How the engines go about the sums of a period: by the facility and the days, however many orders there are.

use okini_server::store::settlement::groups_sql;
use okini_server::store::tenant::Tenant;
use okini_tests::database::Engine;
use okini_tests::on_both;
use okini_tests::stage::Stage;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};

on_both! { run_store: by_index }

async fn by_index(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let explain = match stage.database.engine {
        Engine::Sqlite => "EXPLAIN QUERY PLAN",
        Engine::Postgres => {
            // The tables are so small here that reading all of them would be less work.
            conn.execute("SET enable_seqscan = off").await.unwrap();
            "EXPLAIN"
        }
    };
    let facility = stage.shop().id;
    let sql = groups_sql(Tenant::Facility(facility));
    let sql = sql.replace("$1", &format!("'{facility}'")).replace("$2", "0").replace("$3", "1");
    let column = if stage.database.engine == Engine::Sqlite { 3 } else { 0 };
    let rows = conn.fetch_all(AssertSqlSafe(format!("{explain} {sql}"))).await.unwrap();
    let plan = rows.iter().map(|row| row.get::<String, _>(column)).collect::<Vec<_>>().join("\n");
    for index in ["payment_settled", "refund_done"] {
        assert!(plan.contains(index), "{index} is not used:\n{plan}");
    }
    assert!(!plan.contains("Seq Scan") && !plan.contains("SCAN p") && !plan.contains("SCAN r"), "{plan}");
}
