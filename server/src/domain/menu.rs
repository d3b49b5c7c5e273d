//! QR codes to facilities, and menus as diners see them, kept in memory by version. What a code leads to is kept as well and
//! used without asking the database until the facility changes.

use crate::error::Error;
use crate::state::App;
use crate::store::{self, Conn};
use okini_shared::api::menu as api;
use okini_shared::id::FacilityId;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::facility::{FacilityState, canonical_code};
use okini_shared::rules::payment::ProviderName;
use okini_shared::text::Lang;
use okini_shared::time::{Millis, SECOND};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// A facility with its menu as stored, at one version, and the menu in each language that was asked for.
pub struct Shop {
    pub facility: store::register::Facility,
    pub code: String,
    pub accounts: Vec<store::register::Account>,
    pub rows: store::menu::Rows,
    answer_minutes: i64,
    /// Which of the accounts diners could be sent to, and the hosts of their pages.
    offered: Vec<bool>,
    page_hosts: Vec<(ProviderName, String)>,
    said: [OnceLock<Arc<api::Menu>>; Lang::ALL.len()],
}

/// Shops and codes that are kept in memory; beyond it one goes for each that comes.
const KEPT: usize = 2_048;
/// Other servers tell of their changes within moments; if that way should be broken, nothing kept is older than this.
const OLDEST: i64 = SECOND;

/// Shops that were asked for, newest version each, and what codes led to.
#[derive(Default)]
pub struct Menus {
    shops: Mutex<HashMap<FacilityId, Known<Arc<Shop>>>>,
    entries: Mutex<HashMap<Scan, Known<Entry>>>,
}

/// The codes of a facility and of a seat in it, in their canonical spelling.
type Scan = (String, Option<String>);

/// What was read from the database, and while what it is good.
#[derive(Clone)]
struct Known<T> {
    value: T,
    mark: u64,
    read_at: Millis,
}

/// What a scanned code leads to.
#[derive(Clone)]
pub struct Entry {
    pub shop: Arc<Shop>,
    pub seat: Option<Seat>,
}

/// The seat of a scanned code.
#[derive(Clone)]
pub struct Seat {
    pub row: store::register::Seat,
    pub token: String,
}

impl<T: AsRef<Shop>> Known<T> {
    fn is_good(&self, app: &App) -> bool {
        let shop = self.value.as_ref();
        self.mark == app.hub.mark(shop.facility.id)
            && (0..OLDEST).contains(&app.clock.now().since(self.read_at))
            && shop.is_offered_as_now(app)
    }
}

impl AsRef<Shop> for Entry {
    fn as_ref(&self) -> &Shop {
        &self.shop
    }
}

fn held<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Memory stays bounded: where it is full, any other one goes.
fn keep<K: Clone + Eq + Hash, V>(kept: &mut HashMap<K, V>, key: K, value: V) {
    if kept.len() >= KEPT
        && !kept.contains_key(&key)
        && let Some(other) = kept.keys().next().cloned()
    {
        kept.remove(&other);
    }
    kept.insert(key, value);
}

/// The shop as it is now; from memory when nothing changed: every change of a facility or its menu raises the version.
pub async fn shop(app: &App, conn: &mut Conn, id: FacilityId) -> Result<Arc<Shop>, Error> {
    let known = held(&app.menus.shops).get(&id).cloned();
    if let Some(known) = known.as_ref().filter(|known| known.is_good(app)) {
        return Ok(Arc::clone(&known.value));
    }
    let (mark, read_at) = (app.hub.mark(id), app.clock.now());
    let facility = store::register::facility(conn, id).await?.ok_or(Code::NotFound)?;
    let same = |known: &Known<Arc<Shop>>| {
        known.value.facility.menu_version == facility.menu_version && known.value.is_offered_as_now(app)
    };
    let shop = match known.filter(same) {
        Some(known) => known.value,
        None => read(app, conn, facility).await?,
    };
    keep(&mut held(&app.menus.shops), id, Known { value: Arc::clone(&shop), mark, read_at });
    Ok(shop)
}

/// Reads a shop anew, without keeping it: in a transaction it may hold what is not committed yet.
pub async fn read(app: &App, conn: &mut Conn, facility: store::register::Facility) -> Result<Arc<Shop>, Error> {
    let id = facility.id;
    let code = store::register::facility_code(conn, id).await?.unwrap_or_default();
    let accounts = store::register::accounts(conn, id).await?;
    let offered: Vec<bool> = accounts.iter().map(|account| app.providers.is_offered(account.key)).collect();
    let page_hosts = (accounts.iter().zip(&offered).filter(|(_, offered)| **offered))
        .filter_map(|(account, _)| Some((account.provider, app.providers.get(account.key)?.page_host())))
        .collect();
    let rows = store::menu::load(conn, id).await?;
    let answer_minutes = app.config.orders.answer_seconds.div_euclid(60).max(1);
    Ok(Arc::new(Shop { facility, code, accounts, rows, answer_minutes, offered, page_hosts, said: Default::default() }))
}

/// What the code of a QR leads to, with or without a seat's token. Says why when it leads nowhere.
pub async fn enter(app: &App, code: &str, token: Option<&str>) -> Result<Entry, Error> {
    let code = canonical_code(code).ok_or(Code::CodeUnknown)?;
    let token = token.map(|token| canonical_code(token).ok_or(Code::CodeUnknown)).transpose()?;
    let scan = (code, token);
    if let Some(known) = held(&app.menus.entries).get(&scan).filter(|known| known.is_good(app)) {
        return Ok(known.value.clone());
    }
    let mut conn = app.db.read().await?;
    let read_at = app.clock.now();
    let found = store::register::qr_code(&mut conn, &scan.0).await?.filter(|found| found.seat.is_none());
    let found = found.ok_or(Code::CodeUnknown)?;
    if found.retired {
        return Err(Code::CodeRetired.into());
    }
    let mark = app.hub.mark(found.facility);
    let seat = match &scan.1 {
        Some(token) => Some(seat(&mut conn, found.facility, token).await?),
        None => None,
    };
    let shop = shop(app, &mut conn, found.facility).await?;
    match shop.facility.state {
        FacilityState::Approved => {}
        FacilityState::Suspended | FacilityState::Closed => return Err(Code::FacilitySuspended.into()),
        FacilityState::Applied | FacilityState::Returned => return Err(Code::CodeUnknown.into()),
    }
    let entry = Entry { shop, seat };
    let known = Known { value: entry.clone(), mark, read_at };
    keep(&mut held(&app.menus.entries), scan, known);
    Ok(entry)
}

async fn seat(conn: &mut Conn, facility: FacilityId, token: &str) -> Result<Seat, Error> {
    let found = store::register::qr_code(conn, token).await?.filter(|found| found.facility == facility);
    let found = found.ok_or(Code::CodeUnknown)?;
    let row = found.seat.ok_or(Code::CodeUnknown)?;
    if found.retired {
        return Err(Problem::new(Code::CodeRetired).detail("this table has a newer QR code").into());
    }
    Ok(Seat { row, token: token.to_owned() })
}

impl Shop {
    /// Whether diners can still be sent where they could when this was read.
    fn is_offered_as_now(&self, app: &App) -> bool {
        let now = self.accounts.iter().map(|account| app.providers.is_offered(account.key));
        now.eq(self.offered.iter().copied())
    }

    /// The menu for a reader of `lang`.
    pub fn menu(&self, lang: Lang) -> Arc<api::Menu> {
        let index = Lang::ALL.iter().position(|other| *other == lang).unwrap_or_default();
        match self.said.get(index) {
            Some(cell) => Arc::clone(cell.get_or_init(|| Arc::new(self.say(lang)))),
            None => Arc::new(self.say(lang)),
        }
    }

    /// What distinguishes this menu from every other: the ETag without quotes.
    pub fn tag(&self, lang: Lang) -> String {
        let tag = format!("{}-{}-{}", self.facility.id, self.facility.menu_version, lang.tag());
        match self.accounts.len().checked_sub(self.page_hosts.len()) {
            None | Some(0) => tag,
            // Some providers are not offered at the moment.
            Some(_) => self.page_hosts.iter().fold(tag + "-only", |tag, (provider, _)| tag + "-" + provider.name()),
        }
    }

    fn say(&self, lang: Lang) -> api::Menu {
        let categories = self.rows.categories.iter().map(|category| api::Category {
            id: category.id,
            name: category.name.say(lang),
            items: self.items_of(category, lang),
        });
        api::Menu {
            version: self.facility.menu_version,
            lang,
            facility: self.say_facility(lang),
            rates: self.rows.rates.clone(),
            categories: categories.collect(),
            groups: self.rows.groups.iter().map(|group| self.say_group(group, lang)).collect(),
        }
    }

    fn say_facility(&self, lang: Lang) -> api::Facility {
        let facility = &self.facility;
        api::Facility {
            id: facility.id,
            code: self.code.clone(),
            name: facility.name.say(lang),
            address: facility.address.say(lang),
            phone: facility.phone.clone(),
            opens: facility.opens.clone(),
            closes: facility.closes.clone(),
            taking_orders: facility.taking_orders,
            wait_minutes: facility.wait_minutes,
            answer_minutes: self.answer_minutes,
            rounding: facility.rounding,
            invoice_number: facility.invoice_number.clone(),
            providers: self
                .page_hosts
                .iter()
                .map(|(provider, host)| api::PayAt { provider: *provider, host: host.clone() })
                .collect(),
        }
    }

    fn items_of(&self, category: &store::menu::Category, lang: Lang) -> Vec<api::Item> {
        let items = self.rows.items.iter().filter(|item| item.category == category.id);
        items
            .map(|item| api::Item {
                id: item.id,
                name: item.name.say(lang),
                description: item.description.as_ref().map(|text| text.say(lang)),
                label: item.label.as_ref().map(|text| text.say(lang)),
                price: item.price,
                takeout_price: item.takeout_price,
                tax: item.tax,
                alcohol: item.alcohol,
                allergens: item.allergens.clone(),
                picture: item.picture.clone(),
                groups: self.rows.item_groups.iter().filter(|link| link.0 == item.id).map(|link| link.1).collect(),
                sold_out: item.sold_out,
                left: item.portions,
            })
            .collect()
    }

    fn say_group(&self, group: &store::menu::Group, lang: Lang) -> api::OptionGroup {
        let options = self.rows.options.iter().filter(|option| option.group == group.id);
        api::OptionGroup {
            id: group.id,
            name: group.name.say(lang),
            min: group.fewest,
            max: group.most,
            options: options
                .map(|option| api::MenuOption {
                    id: option.id,
                    name: option.name.say(lang),
                    price: option.price,
                    contains: option.contains.clone(),
                    sold_out: option.sold_out.then_some(api::SoldOut { until: None }),
                })
                .collect(),
        }
    }
}
