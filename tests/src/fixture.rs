//! A small town to test in: two open shops with small menus and people, and one that is suspended, all of one consortium; and
//! a consortium without shops. The demo programme is
//! larger and slower; it has tests of its own.

use okini_server::auth;
use okini_server::clock::{Clock, Ids};
use okini_server::domain::stock;
use okini_server::state::App;
use okini_server::store::tenant::Tenant;
use okini_server::store::{self, Tx};
use okini_shared::api::menu::{Allergen, Allergens};
use okini_shared::api::order::{CartLine, NewOrder};
use okini_shared::api::session::Role;
use okini_shared::id::{
    AccountId, CategoryId, ConsortiumId, FacilityId, GroupId, ItemId, OptionId, OrderId, PaymentId, RefundId, SeatId,
};
use okini_shared::money::Yen;
use okini_shared::rules::facility::FacilityState;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::tax::{Place, Rounding, TaxClass};
use okini_shared::text::{Lang, Text};
use okini_shared::time::{HOUR, Millis};
use std::sync::{Arc, LazyLock};

/// Everybody's password.
pub const PASSWORD: &str = "a-long-enough-password";

/// The officer of the shops' consortium.
pub const OFFICER: &str = "officer";
/// The officer of another one.
pub const STRANGER: &str = "stranger";

/// Hashing is slow on purpose; all tests of a process share one hash.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let ids = Ids::seeded(Clock::manual(Millis::new(0)), 1);
    auth::hash_password(PASSWORD, &ids).unwrap()
});

/// The shops.
#[derive(Debug, Clone)]
pub struct Town {
    pub consortium: ConsortiumId,
    pub stranger: ConsortiumId,
    pub shop: Shop,
    pub other: Shop,
    pub suspended: Shop,
}

/// A shop and what is on its menu; all shops have the same dishes under other ids.
#[derive(Debug, Clone)]
pub struct Shop {
    pub id: FacilityId,
    pub code: String,
    /// Label and token of its one seat.
    pub seat: (String, String),
    pub owner: String,
    pub kitchen: String,
    pub provider: ProviderName,
    /// 980 yen, 950 to take out, 980 with the required size `regular`; toppings 0 to 2.
    pub pork: Dish,
    /// 780 yen, not to take out, no options.
    pub noodles: Dish,
    /// 300 yen, also to take out.
    pub tea: Dish,
    /// 600 yen, alcohol.
    pub beer: Dish,
    /// 1200 yen, three portions.
    pub crab: Dish,
    pub regular: Choice,
    /// 200 yen more.
    pub large: Choice,
    /// Toppings of 150, 100 and 180 yen.
    pub toppings: [Choice; 3],
}

/// A dish or drink.
#[derive(Debug, Clone, Copy)]
pub struct Dish {
    pub id: ItemId,
    pub price: i64,
    pub takeout: Option<i64>,
}

/// An option.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    pub id: OptionId,
    pub price: i64,
}

impl Dish {
    /// A line of a cart, eaten here.
    pub fn eat_in(self, quantity: i64) -> CartLine {
        self.line(quantity, Place::EatIn, self.price)
    }

    /// A line of a cart, to take out.
    pub fn takeout(self, quantity: i64) -> CartLine {
        self.line(quantity, Place::Takeout, self.takeout.unwrap_or(self.price))
    }

    fn line(self, quantity: i64, place: Place, price: i64) -> CartLine {
        CartLine { item: self.id, options: Vec::new(), quantity, place, seen: Yen::new(price) }
    }
}

/// The line with one more option.
#[must_use]
pub fn with(line: CartLine, choice: Choice) -> CartLine {
    let mut options = line.options;
    options.push(choice.id);
    CartLine { options, seen: Yen::new(line.seen.get() + choice.price), ..line }
}

impl Shop {
    /// An order of these lines, with the sum that the diner saw.
    pub fn cart(&self, lines: Vec<CartLine>) -> NewOrder {
        let total = lines.iter().map(|line| line.seen.get().saturating_mul(line.quantity)).sum();
        NewOrder {
            facility: self.code.clone(),
            seat: None,
            lines,
            coupons: Vec::new(),
            expected_total: Yen::new(total),
            note: None,
            adult: false,
            lang: Lang::Ja,
        }
    }

    /// One noodles, 780 yen.
    pub fn noodles(&self) -> NewOrder {
        self.cart(vec![self.noodles.eat_in(1)])
    }

    /// Where providers pay: the shop's id as it stands in paths.
    pub fn path(&self) -> String {
        self.id.to_string()
    }
}

/// An order id that nobody has.
pub const NO_ORDER: OrderId = OrderId::from_uuid(0x019a_ab00_0000_7000_8000_0000_dead_0001);
/// A payment id that nobody has.
pub const NO_PAYMENT: PaymentId = PaymentId::from_uuid(0x019a_ab00_0000_7000_8000_0000_dead_0002);
/// A refund id that nobody has.
pub const NO_REFUND: RefundId = RefundId::from_uuid(0x019a_ab00_0000_7000_8000_0000_dead_0005);
/// An item id that nobody has.
pub const NO_ITEM: ItemId = ItemId::from_uuid(0x019a_ab00_0000_7000_8000_0000_dead_0003);

/// A text in Japanese and English.
pub fn text(ja: &str, en: &str) -> Text {
    serde_json::from_value(serde_json::json!({ "ja": ja, "en": en })).unwrap()
}

/// Puts the town into an empty register.
pub async fn fill(app: &Arc<App>) -> Town {
    app.db.write(Arc::clone(app), |tx, app| Box::pin(async move { Ok(town(tx, app).await) })).await.unwrap()
}

async fn town(tx: &mut Tx<'_>, app: &App) -> Town {
    let consortium = new_consortium(tx, app, "paypay", OFFICER).await;
    let mut town = Town {
        consortium,
        stranger: new_consortium(tx, app, "stranger", STRANGER).await,
        shop: shop(tx, app, "sakura", consortium).await,
        other: shop(tx, app, "takoya", consortium).await,
        suspended: shop(tx, app, "yasumi", consortium).await,
    };
    for (shop, provider) in [(&mut town.shop, ProviderName::Paypay), (&mut town.other, ProviderName::Hosted)] {
        let account = store::register::Account::of_settings(provider);
        store::register::insert_account(tx.conn(), shop.id, &account, 0).await.unwrap();
        shop.provider = provider;
    }
    town
}

async fn new_consortium(tx: &mut Tx<'_>, app: &App, code: &str, officer: &str) -> ConsortiumId {
    let id = ConsortiumId::from_uuid(app.ids.uuid());
    let name = Text::japanese("共同企業体");
    store::consortium::insert(tx.conn(), id, code, &name, app.clock.now()).await.unwrap();
    person(tx, app, officer.to_owned(), Role::Officer, id.into()).await;
    id
}

async fn person(tx: &mut Tx<'_>, app: &App, username: String, role: Role, of: Tenant) {
    let id = AccountId::from_uuid(app.ids.uuid());
    let account = store::account::Account { id, username, password: HASH.clone(), role, of, disabled: false };
    store::account::insert(tx.conn(), &account, app.clock.now()).await.unwrap();
}

async fn shop(tx: &mut Tx<'_>, app: &App, key: &str, consortium: ConsortiumId) -> Shop {
    let id = FacilityId::from_uuid(app.ids.uuid());
    let state = if key == "yasumi" { FacilityState::Suspended } else { FacilityState::Approved };
    store::register::insert_facility(tx.conn(), &facility(app, id, key, consortium, state)).await.unwrap();
    let code = stock::new_code(tx, app, id, None).await.unwrap();
    let seat = store::register::Seat { id: SeatId::from_uuid(app.ids.uuid()), label: "7".into() };
    store::register::insert_seat(tx.conn(), id, &seat, 0).await.unwrap();
    let token = stock::new_code(tx, app, id, Some(seat.id)).await.unwrap();
    for (role, username) in [(Role::Owner, key.to_owned()), (Role::Kitchen, format!("{key}-kitchen"))] {
        person(tx, app, username, role, id.into()).await;
    }
    let mut menu = Menu { tx, app, facility: id, position: 0 };
    let food = menu.category("お好み焼き", "Okonomiyaki").await;
    let drinks = menu.category("お飲みもの", "Drinks").await;
    let (size, [regular, large]) = menu.group("サイズ", (1, 1), [("並", 0), ("大", 200)]).await;
    let (extra, toppings) = menu.group("トッピング", (0, 2), [("チーズ", 150), ("玉子", 100), ("餅", 180)]).await;
    let pork = menu.item(food, "豚玉", "Pork okonomiyaki", (980, Some(950))).await;
    menu.link(pork, size).await;
    menu.link(pork, extra).await;
    Shop {
        id,
        code,
        seat: (seat.label, token),
        owner: key.to_owned(),
        kitchen: format!("{key}-kitchen"),
        provider: ProviderName::Paypay,
        noodles: menu.item(food, "焼きそば", "Fried noodles", (780, None)).await,
        tea: menu.item(drinks, "お茶", "Tea", (300, Some(300))).await,
        beer: menu.item(drinks, "生ビール", "Draught beer", (600, None)).await,
        crab: menu.item(food, "蟹玉", "Crab okonomiyaki", (1_200, None)).await,
        pork,
        regular,
        large,
        toppings,
    }
}

fn facility(
    app: &App,
    id: FacilityId,
    key: &str,
    consortium: ConsortiumId,
    state: FacilityState,
) -> store::register::Facility {
    store::register::Facility {
        id,
        consortium,
        municipality: "271004".into(),
        state,
        name: text(&format!("お好み焼き {key}"), key),
        kana: "おこのみやき".into(),
        kind: "okonomiyaki".into(),
        address: text("大阪市北区梅田一丁目", "Umeda 1, Kita-ku, Osaka"),
        phone: "06-0000-0000".into(),
        opens: "11:00".into(),
        closes: "22:00".into(),
        invoice_number: None,
        rounding: Rounding::Floor,
        wait_minutes: 15,
        day_starts_at: 5 * HOUR,
        taking_orders: true,
        closed_by_silence: false,
        menu_version: 1,
        created_at: app.clock.now(),
    }
}

struct Menu<'m, 't> {
    tx: &'m mut Tx<'t>,
    app: &'m App,
    facility: FacilityId,
    position: i64,
}

impl Menu<'_, '_> {
    fn next(&mut self) -> i64 {
        self.position += 1;
        self.position
    }

    async fn category(&mut self, ja: &str, en: &str) -> CategoryId {
        let row = store::menu::Category { id: CategoryId::from_uuid(self.app.ids.uuid()), name: text(ja, en) };
        let position = self.next();
        store::menu::insert_category(self.tx.conn(), self.facility, &row, position).await.unwrap();
        row.id
    }

    async fn group<const N: usize>(
        &mut self,
        name: &str,
        (fewest, most): (i64, i64),
        options: [(&str, i64); N],
    ) -> (GroupId, [Choice; N]) {
        let id = GroupId::from_uuid(self.app.ids.uuid());
        let row = store::menu::Group { id, name: Text::japanese(name), fewest, most };
        store::menu::insert_group(self.tx.conn(), self.facility, &row).await.unwrap();
        let mut choices = options.map(|(_, price)| Choice { id: OptionId::from_uuid(self.app.ids.uuid()), price });
        for (choice, (name, price)) in choices.iter_mut().zip(options) {
            let row = store::menu::MenuOption {
                id: choice.id,
                group: id,
                name: Text::japanese(name),
                price: Yen::new(price),
                contains: Vec::new(),
                sold_out: false,
            };
            let position = self.next();
            store::menu::insert_option(self.tx.conn(), self.facility, &row, position).await.unwrap();
        }
        (id, choices)
    }

    async fn item(&mut self, category: CategoryId, ja: &str, en: &str, (price, takeout): (i64, Option<i64>)) -> Dish {
        let alcohol = ja == "生ビール";
        let row = store::menu::Item {
            id: ItemId::from_uuid(self.app.ids.uuid()),
            category,
            name: text(ja, en),
            description: None,
            label: None,
            price: Yen::new(price),
            takeout_price: takeout.map(Yen::new),
            tax: if alcohol { TaxClass::Standard } else { TaxClass::Food },
            alcohol,
            allergens: Allergens { contains: vec![Allergen::Wheat], unchecked: vec![Allergen::Crab] },
            picture: None,
            sold_out: None,
            portions: (ja == "蟹玉").then_some(3),
        };
        let position = self.next();
        store::menu::insert_item(self.tx.conn(), self.facility, &row, position).await.unwrap();
        Dish { id: row.id, price, takeout }
    }

    async fn link(&mut self, item: Dish, group: GroupId) {
        let position = self.next();
        store::menu::link_group(self.tx.conn(), self.facility, item.id, group, position).await.unwrap();
    }
}
