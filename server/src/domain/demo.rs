//! The demo programme: 107 fictional facilities over the 43 municipalities, their menus, and logins for four
//! shops and both consortia.
//! The content is data in `server/demo`; this only puts it into the register.

mod coupons;

use super::{municipality, stock};
use crate::auth;
use crate::error::Error;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::fee::FeeRate;
use crate::store::tenant::Tenant;
use crate::store::{self, Tx};
use okini_shared::api::menu::{Allergen, Allergens};
use okini_shared::api::session::Role;
use okini_shared::id::{AccountId, CategoryId, ConsortiumId, EventId, FacilityId, GroupId, ItemId, OptionId, SeatId};
use okini_shared::money::Yen;
use okini_shared::rules::facility::FacilityState;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::tax::{Rounding, TaxClass};
use okini_shared::text::Text;
use okini_shared::time::HOUR;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "demo"]
struct Content;

/// The password of every demo login; such accounts exist in demo data only.
pub const PASSWORD: &str = "okini-demo-osaka";
/// Shops that somebody can sign in to: one of each full menu.
const WITH_LOGIN: usize = 4;

/// A login of the demo.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Login {
    pub role: &'static str,
    pub user: String,
    pub password: &'static str,
}

#[derive(Deserialize, Clone)]
struct Facility {
    key: String,
    consortium: String,
    municipality: String,
    name: Text,
    kana: String,
    kind: String,
    menu: String,
    address: Text,
    phone: String,
    hours: Hours,
    invoice_number: Option<String>,
    seats: Vec<String>,
    /// Companies that can be paid through besides the consortium's own.
    #[serde(default)]
    also: Vec<ProviderName>,
}

#[derive(Deserialize, Clone)]
struct Hours {
    open: String,
    close: String,
}

#[derive(Deserialize, Clone)]
struct Menu {
    groups: Vec<Group>,
    categories: Vec<Category>,
}

#[derive(Deserialize, Clone)]
struct Group {
    key: String,
    name: Text,
    min: i64,
    max: i64,
    options: Vec<MenuOption>,
}

#[derive(Deserialize, Clone)]
struct MenuOption {
    name: Text,
    price: Yen,
    #[serde(default)]
    contains: Vec<Allergen>,
}

#[derive(Deserialize, Clone)]
struct Category {
    name: Text,
    items: Vec<Item>,
}

#[derive(Deserialize, Clone)]
struct Item {
    name: Text,
    description: Option<Text>,
    label: Option<Text>,
    price: Yen,
    takeout_price: Option<Yen>,
    tax: TaxClass,
    alcohol: bool,
    contains: Vec<Allergen>,
    unchecked: Vec<Allergen>,
    picture: Option<String>,
    portions: Option<i64>,
    groups: Vec<String>,
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> Result<T, Error> {
    let file = Content::get(name).ok_or_else(|| Error::unexpected(format!("no demo file {name}")))?;
    serde_json::from_slice(&file.data).map_err(|error| Error::unexpected(format!("{name}: {error}")))
}

/// A drawn picture of a demo dish, as SVG.
pub fn picture(name: &str) -> Option<Vec<u8>> {
    Content::get(&format!("pictures/{name}")).map(|file| file.data.into_owned())
}

/// The names of all pictures.
pub fn pictures() -> impl Iterator<Item = String> {
    Content::iter().filter_map(|path| path.strip_prefix("pictures/").map(str::to_owned))
}

const CONSORTIA: [(&str, &str); 2] =
    [("paypay", "PayPay株式会社"), ("resona_busicom", "株式会社りそな銀行・株式会社ビジコム共同企業体")];

/// A consortium's payment company and its fee in basis points: PayPay's public one for shops without its subscription,
/// and an invented one.
fn company(consortium: &str) -> (ProviderName, i64) {
    if consortium == "paypay" { (ProviderName::Paypay, 198) } else { (ProviderName::Hosted, 180) }
}

fn officer(consortium: &str) -> String {
    format!("{consortium}-officer")
}

/// The demo's logins, whether they were made now or before.
pub fn logins() -> Result<Vec<Login>, Error> {
    let facilities: Vec<Facility> = read("facilities.json")?;
    let of = |facility: &Facility, role: &'static str| Login {
        role,
        user: if role == "owner" { facility.key.clone() } else { format!("{}-{role}", facility.key) },
        password: PASSWORD,
    };
    let shops = facilities.iter().take(WITH_LOGIN);
    let officers = CONSORTIA.map(|(code, _)| Login { role: "officer", user: officer(code), password: PASSWORD });
    Ok(shops.flat_map(|facility| [of(facility, "owner"), of(facility, "kitchen")]).chain(officers).collect())
}

/// Fills an empty register with the demo programme; leaves one that has facilities as it is.
pub async fn seed(app: &Arc<App>) -> Result<(), Error> {
    if store::register::count(&mut *app.db.read().await?).await? > 0 {
        return Ok(());
    }
    let facilities: Vec<Facility> = read("facilities.json")?;
    let mut menus = HashMap::new();
    for name in facilities.iter().map(|facility| facility.menu.clone()) {
        if !menus.contains_key(&name) {
            menus.insert(name.clone(), read::<Menu>(&format!("menus/{name}.json"))?);
        }
    }
    let ids = app.ids.clone();
    let password = tokio::task::spawn_blocking(move || auth::hash_password(PASSWORD, &ids));
    let password = password.await.map_err(Error::unexpected)??;
    let argument = (Arc::clone(app), password.clone());
    let consortia = app.db.write(argument, |tx, (app, password)| Box::pin(consortia(tx, app, password))).await?;
    for (index, facility) in facilities.into_iter().enumerate() {
        let missing = || Error::unexpected(format!("{}: no such menu or consortium", facility.key));
        let argument = Entry {
            app: Arc::clone(app),
            consortium: *consortia.get(&facility.consortium).ok_or_else(missing)?,
            menu: menus.get(&facility.menu).ok_or_else(missing)?.clone(),
            password: (index < WITH_LOGIN).then(|| password.clone()),
            facility,
        };
        let id = app.db.write(argument, |tx, entry| Box::pin(enter(tx, entry))).await?;
        if index == 0 {
            coupons::seed(app, id).await?;
        }
    }
    Ok(())
}

struct Entry {
    app: Arc<App>,
    consortium: ConsortiumId,
    facility: Facility,
    menu: Menu,
    password: Option<String>,
}

async fn consortia(tx: &mut Tx<'_>, app: &App, password: &str) -> Result<HashMap<String, ConsortiumId>, Error> {
    let mut made = HashMap::new();
    let now = app.clock.now();
    for (code, name) in CONSORTIA {
        let id = ConsortiumId::from_uuid(app.ids.uuid());
        store::consortium::insert(tx.conn(), id, code, &Text::japanese(name), now).await?;
        let (provider, basis_points) = company(code);
        let rate = FeeRate { consortium: id, provider, basis_points, valid_from: now };
        store::fee::insert(tx.conn(), &rate, now).await?;
        person(tx, app, (officer(code), password), Role::Officer, id.into()).await?;
        made.insert(code.to_owned(), id);
    }
    Ok(made)
}

async fn enter(tx: &mut Tx<'_>, entry: &Entry) -> Result<FacilityId, Error> {
    let (app, facility) = (&entry.app, &entry.facility);
    if !municipality::is_known(&facility.municipality) {
        return Err(Error::unexpected(format!("{}: unknown municipality", facility.key)));
    }
    let id = FacilityId::from_uuid(app.ids.uuid());
    let now = app.clock.now();
    let row = store::register::Facility {
        id,
        consortium: entry.consortium,
        municipality: facility.municipality.clone(),
        state: FacilityState::Approved,
        name: facility.name.clone(),
        kana: facility.kana.clone(),
        kind: facility.kind.clone(),
        address: facility.address.clone(),
        phone: facility.phone.clone(),
        opens: facility.hours.open.clone(),
        closes: facility.hours.close.clone(),
        invoice_number: facility.invoice_number.clone(),
        rounding: Rounding::Floor,
        wait_minutes: 15,
        day_starts_at: 5 * HOUR,
        taking_orders: true,
        closed_by_silence: false,
        menu_version: 1,
        created_at: now,
    };
    store::register::insert_facility(tx.conn(), &row).await?;
    let (provider, _) = company(&facility.consortium);
    for (position, provider) in (0..).zip([provider].iter().chain(&facility.also)) {
        let account = store::register::Account::of_settings(*provider);
        store::register::insert_account(tx.conn(), id, &account, position).await?;
    }
    stock::new_code(tx, app, id, None).await?;
    for (position, label) in (0..).zip(&facility.seats) {
        let seat = store::register::Seat { id: SeatId::from_uuid(app.ids.uuid()), label: label.clone() };
        store::register::insert_seat(tx.conn(), id, &seat, position).await?;
        stock::new_code(tx, app, id, Some(seat.id)).await?;
    }
    menu(tx, entry, id).await?;
    if let Some(password) = &entry.password {
        people(tx, entry, id, password).await?;
    }
    for kind in ["facility.applied", "facility.approved"] {
        let event = Event {
            kind,
            of: id.into(),
            subject: id.to_string(),
            actor: Actor::System,
            payload: json!({ "consortium": entry.consortium, "municipality": facility.municipality }),
        };
        record(tx, EventId::from_uuid(app.ids.uuid()), now, event).await?;
    }
    Ok(id)
}

async fn people(tx: &mut Tx<'_>, entry: &Entry, facility: FacilityId, password: &str) -> Result<(), Error> {
    for (role, suffix) in [(Role::Owner, ""), (Role::Kitchen, "-kitchen")] {
        let user = format!("{}{suffix}", entry.facility.key);
        person(tx, &entry.app, (user, password), role, facility.into()).await?;
    }
    Ok(())
}

async fn person(
    tx: &mut Tx<'_>,
    app: &App,
    (username, password): (String, &str),
    role: Role,
    of: Tenant,
) -> Result<(), Error> {
    let id = AccountId::from_uuid(app.ids.uuid());
    let account = store::account::Account { id, username, password: password.to_owned(), role, of, disabled: false };
    Ok(store::account::insert(tx.conn(), &account, app.clock.now()).await?)
}

async fn menu(tx: &mut Tx<'_>, entry: &Entry, facility: FacilityId) -> Result<(), Error> {
    let app = &entry.app;
    let mut groups = HashMap::new();
    for group in &entry.menu.groups {
        let id = GroupId::from_uuid(app.ids.uuid());
        let row = store::menu::Group { id, name: group.name.clone(), fewest: group.min, most: group.max };
        store::menu::insert_group(tx.conn(), facility, &row).await?;
        for (position, option) in (0..).zip(&group.options) {
            let row = store::menu::MenuOption {
                id: OptionId::from_uuid(app.ids.uuid()),
                group: id,
                name: option.name.clone(),
                price: option.price,
                contains: option.contains.clone(),
                sold_out: false,
            };
            store::menu::insert_option(tx.conn(), facility, &row, position).await?;
        }
        groups.insert(group.key.as_str(), id);
    }
    for (position, category) in (0..).zip(&entry.menu.categories) {
        let row = store::menu::Category { id: CategoryId::from_uuid(app.ids.uuid()), name: category.name.clone() };
        store::menu::insert_category(tx.conn(), facility, &row, position).await?;
        for (position, item) in (0..).zip(&category.items) {
            let id = insert_item(tx, app, facility, (row.id, position), item).await?;
            for (position, key) in (0..).zip(&item.groups) {
                let group = groups.get(key.as_str()).ok_or_else(|| Error::unexpected(format!("no group {key}")))?;
                store::menu::link_group(tx.conn(), facility, id, *group, position).await?;
            }
        }
    }
    Ok(())
}

async fn insert_item(
    tx: &mut Tx<'_>,
    app: &App,
    facility: FacilityId,
    (category, position): (CategoryId, i64),
    item: &Item,
) -> Result<ItemId, Error> {
    let id = ItemId::from_uuid(app.ids.uuid());
    let row = store::menu::Item {
        id,
        category,
        name: item.name.clone(),
        description: item.description.clone(),
        label: item.label.clone(),
        price: item.price,
        takeout_price: item.takeout_price,
        tax: item.tax,
        alcohol: item.alcohol,
        allergens: Allergens { contains: item.contains.clone(), unchecked: item.unchecked.clone() },
        picture: item.picture.as_ref().map(|name| format!("/pictures/{name}.svg")),
        sold_out: None,
        portions: item.portions,
    };
    store::menu::insert_item(tx.conn(), facility, &row, position).await?;
    Ok(id)
}
