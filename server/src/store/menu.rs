//! Menus as stored: every text in all its languages.

use super::{Conn, RowExt};
use okini_shared::api::menu::{Allergen, Allergens, SoldOut};
use okini_shared::id::{CategoryId, FacilityId, GroupId, ItemId, OptionId};
use okini_shared::money::Yen;
use okini_shared::rules::tax::{Rate, RateKind, TaxClass};
use okini_shared::text::Text;
use okini_shared::time::Millis;
use serde::Serialize;
use sqlx::any::AnyRow;

/// A section.
#[derive(Debug, Clone)]
pub struct Category {
    pub id: CategoryId,
    pub name: Text,
}

/// A dish or drink.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: ItemId,
    pub category: CategoryId,
    pub name: Text,
    pub description: Option<Text>,
    pub label: Option<Text>,
    pub price: Yen,
    pub takeout_price: Option<Yen>,
    pub tax: TaxClass,
    pub alcohol: bool,
    pub allergens: Allergens,
    pub picture: Option<String>,
    pub sold_out: Option<SoldOut>,
    pub portions: Option<i64>,
}

/// An option group.
#[derive(Debug, Clone)]
pub struct Group {
    pub id: GroupId,
    pub name: Text,
    pub fewest: i64,
    pub most: i64,
}

/// An option.
#[derive(Debug, Clone)]
pub struct MenuOption {
    pub id: OptionId,
    pub group: GroupId,
    pub name: Text,
    pub price: Yen,
    pub contains: Vec<Allergen>,
    pub sold_out: bool,
}

/// All rows of one facility's menu, in menu order.
#[derive(Debug, Clone)]
pub struct Rows {
    pub categories: Vec<Category>,
    pub items: Vec<Item>,
    pub groups: Vec<Group>,
    pub options: Vec<MenuOption>,
    pub item_groups: Vec<(ItemId, GroupId)>,
    pub rates: Vec<Rate>,
}

/// A value as JSON text; our own types always have one.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn item_row(row: &AnyRow) -> Result<Item, sqlx::Error> {
    let until = row.int_or_null("sold_out_until")?.map(Millis::new);
    Ok(Item {
        id: row.parsed("id")?,
        category: row.parsed("category_id")?,
        name: row.json("name")?,
        description: row.json_or_null("description")?,
        label: row.json_or_null("label")?,
        price: Yen::new(row.int("price")?),
        takeout_price: row.int_or_null("takeout_price")?.map(Yen::new),
        tax: row.named("tax_class", TaxClass::from_name)?,
        alcohol: row.flag("alcohol")?,
        allergens: row.json("allergens")?,
        picture: row.text_or_null("picture")?,
        sold_out: row.flag("sold_out")?.then_some(SoldOut { until }),
        portions: row.int_or_null("portions")?,
    })
}

/// The whole menu of a facility.
pub async fn load(conn: &mut Conn, facility: FacilityId) -> Result<Rows, sqlx::Error> {
    let id = facility.to_string();
    let categories = sqlx::query("SELECT id, name FROM category WHERE facility_id = $1 ORDER BY position")
        .bind(&id)
        .fetch_all(&mut *conn)
        .await?;
    let items = sqlx::query("SELECT * FROM item WHERE facility_id = $1 ORDER BY position")
        .bind(&id)
        .fetch_all(&mut *conn)
        .await?;
    let groups = sqlx::query("SELECT id, name, fewest, most FROM option_group WHERE facility_id = $1 ORDER BY id")
        .bind(&id)
        .fetch_all(&mut *conn)
        .await?;
    let options = sqlx::query("SELECT * FROM menu_option WHERE facility_id = $1 ORDER BY position")
        .bind(&id)
        .fetch_all(&mut *conn)
        .await?;
    let links = sqlx::query("SELECT item_id, group_id FROM item_option_group WHERE facility_id = $1 ORDER BY position")
        .bind(&id)
        .fetch_all(&mut *conn)
        .await?;
    Ok(Rows {
        categories: categories
            .iter()
            .map(|row| Ok(Category { id: row.parsed("id")?, name: row.json("name")? }))
            .collect::<Result<_, sqlx::Error>>()?,
        items: items.iter().map(item_row).collect::<Result<_, _>>()?,
        groups: groups.iter().map(group_row).collect::<Result<_, _>>()?,
        options: options.iter().map(option_row).collect::<Result<_, _>>()?,
        item_groups: links
            .iter()
            .map(|row| Ok((row.parsed("item_id")?, row.parsed("group_id")?)))
            .collect::<Result<_, sqlx::Error>>()?,
        rates: rates(conn).await?,
    })
}

fn group_row(row: &AnyRow) -> Result<Group, sqlx::Error> {
    Ok(Group { id: row.parsed("id")?, name: row.json("name")?, fewest: row.int("fewest")?, most: row.int("most")? })
}

fn option_row(row: &AnyRow) -> Result<MenuOption, sqlx::Error> {
    Ok(MenuOption {
        id: row.parsed("id")?,
        group: row.parsed("group_id")?,
        name: row.json("name")?,
        price: Yen::new(row.int("price")?),
        contains: row.json("contains")?,
        sold_out: row.flag("sold_out")?,
    })
}

/// Tax rates, oldest first.
pub async fn rates(conn: &mut Conn) -> Result<Vec<Rate>, sqlx::Error> {
    let rows = sqlx::query("SELECT kind, valid_from, basis_points FROM tax_rate ORDER BY valid_from, kind")
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Rate {
                kind: row.named("kind", RateKind::from_name)?,
                valid_from: Millis::new(row.int("valid_from")?),
                basis_points: row.int("basis_points")?,
            })
        })
        .collect()
}

/// One item of a facility.
pub async fn item(conn: &mut Conn, facility: FacilityId, id: ItemId) -> Result<Option<Item>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM item WHERE facility_id = $1 AND id = $2")
        .bind(facility.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(item_row).transpose()
}

/// Writes an item's words and prices. Availability has statements of its own, so that nothing overwrites what orders and
/// other people change meanwhile.
pub async fn edit_item(conn: &mut Conn, facility: FacilityId, item: &Item) -> Result<u64, sqlx::Error> {
    let done =
        sqlx::query("UPDATE item SET name = $3, price = $4, takeout_price = $5 WHERE facility_id = $1 AND id = $2")
            .bind(facility.to_string())
            .bind(item.id.to_string())
            .bind(to_json(&item.name))
            .bind(item.price.get())
            .bind(item.takeout_price.map(Yen::get))
            .execute(conn)
            .await?;
    Ok(done.rows_affected())
}

/// Marks an item sold out or on sale.
pub async fn mark_item(
    conn: &mut Conn,
    facility: FacilityId,
    item: ItemId,
    sold_out: Option<SoldOut>,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE item SET sold_out = $3, sold_out_until = $4 WHERE facility_id = $1 AND id = $2")
        .bind(facility.to_string())
        .bind(item.to_string())
        .bind(i64::from(sold_out.is_some()))
        .bind(sold_out.and_then(|sold_out| sold_out.until).map(Millis::get))
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Says how many portions of an item are left; nothing stops counting.
pub async fn count_item(
    conn: &mut Conn,
    facility: FacilityId,
    item: ItemId,
    portions: Option<i64>,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE item SET portions = $3 WHERE facility_id = $1 AND id = $2")
        .bind(facility.to_string())
        .bind(item.to_string())
        .bind(portions)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Takes portions of an item that are counted; false when there are not enough. Items that are not counted have none taken.
pub async fn take_portions(
    conn: &mut Conn,
    facility: FacilityId,
    item: ItemId,
    quantity: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE item SET portions = portions - $3
         WHERE facility_id = $1 AND id = $2 AND (portions IS NULL OR portions >= $3)",
    )
    .bind(facility.to_string())
    .bind(item.to_string())
    .bind(quantity)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives portions back; 0 for an item that is not counted or no longer exists.
pub async fn return_portions(
    conn: &mut Conn,
    facility: FacilityId,
    item: ItemId,
    quantity: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE item SET portions = portions + $3 WHERE facility_id = $1 AND id = $2 AND portions IS NOT NULL",
    )
    .bind(facility.to_string())
    .bind(item.to_string())
    .bind(quantity)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Adds a section at a position.
pub async fn insert_category(
    conn: &mut Conn,
    facility: FacilityId,
    category: &Category,
    position: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO category (id, facility_id, position, name) VALUES ($1, $2, $3, $4)")
        .bind(category.id.to_string())
        .bind(facility.to_string())
        .bind(position)
        .bind(to_json(&category.name))
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds an item at a position.
pub async fn insert_item(conn: &mut Conn, facility: FacilityId, item: &Item, position: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO item (id, facility_id, category_id, position, name, description, label, price, takeout_price,
            tax_class, alcohol, allergens, picture, sold_out, sold_out_until, portions)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, NULL, $14)",
    )
    .bind(item.id.to_string())
    .bind(facility.to_string())
    .bind(item.category.to_string())
    .bind(position)
    .bind(to_json(&item.name))
    .bind(item.description.as_ref().map(to_json))
    .bind(item.label.as_ref().map(to_json))
    .bind(item.price.get())
    .bind(item.takeout_price.map(Yen::get))
    .bind(item.tax.name())
    .bind(i64::from(item.alcohol))
    .bind(to_json(&item.allergens))
    .bind(&item.picture)
    .bind(item.portions)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds an option group.
pub async fn insert_group(conn: &mut Conn, facility: FacilityId, group: &Group) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO option_group (id, facility_id, name, fewest, most) VALUES ($1, $2, $3, $4, $5)")
        .bind(group.id.to_string())
        .bind(facility.to_string())
        .bind(to_json(&group.name))
        .bind(group.fewest)
        .bind(group.most)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds an option at a position.
pub async fn insert_option(
    conn: &mut Conn,
    facility: FacilityId,
    option: &MenuOption,
    position: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO menu_option (id, facility_id, group_id, position, name, price, contains, sold_out)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
    )
    .bind(option.id.to_string())
    .bind(facility.to_string())
    .bind(option.group.to_string())
    .bind(position)
    .bind(to_json(&option.name))
    .bind(option.price.get())
    .bind(to_json(&option.contains))
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets an item ask an option group's question.
pub async fn link_group(
    conn: &mut Conn,
    facility: FacilityId,
    item: ItemId,
    group: GroupId,
    position: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO item_option_group (facility_id, item_id, group_id, position) VALUES ($1, $2, $3, $4)")
        .bind(facility.to_string())
        .bind(item.to_string())
        .bind(group.to_string())
        .bind(position)
        .execute(conn)
        .await?;
    Ok(())
}
