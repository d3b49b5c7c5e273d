//! The kitchen board: bar, alarms, three lanes, the last result, sums and the line to the server.
//! Not here: what is known of the shop (`live`), the pieces (one file each).

mod actions;
mod bar;
mod card;
mod finished;
mod foot;
mod help;
mod keys;
mod lane;
mod late;
pub(crate) mod orders;
mod proof;
mod refuse;
mod steps;

use leptos::prelude::*;
use okini_shared::id::OrderId;

use self::bar::Bar;
pub(crate) use self::card::place_word;
pub(crate) use self::finished::ending;
use self::foot::Foot;
use self::help::Help;
use self::lane::Lanes;
use self::orders::Lane;
use self::refuse::RefuseDialog;
use super::alarm::Alarms;
use super::live::Live;
use super::parts::Dialog;
use super::said::LastSaid;
use super::sound::Sound;
use super::stock::StockList;
use super::texts::Key;
use crate::browser::storage;

/// The dialog that lies over the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Refuse(OrderId),
    Stock,
    Help,
}

/// What the pieces of the board share beside the shop itself.
#[derive(Debug, Clone, Copy)]
struct Kitchen {
    live: Live,
    open: RwSignal<Open>,
    /// The card that the keys act on.
    picked: RwSignal<Option<OrderId>>,
    /// Takes the focus when it appears in its new lane.
    follow: RwSignal<Option<OrderId>>,
    /// The lane shown where there is room for one only.
    tab: RwSignal<Lane>,
    /// Somebody uses the keyboard: cards show their number.
    typing: RwSignal<bool>,
    /// Letter keys are switched on.
    keys: RwSignal<bool>,
}

/// The name under which the device remembers whether letter keys are on.
const KEYS: &str = "okini.console.keys";

/// The kitchen's screen.
#[component]
pub(crate) fn Board(live: Live, sound: Sound) -> impl IntoView {
    let kitchen = Kitchen {
        live,
        open: RwSignal::new(Open::Nothing),
        picked: RwSignal::new(None),
        follow: RwSignal::new(None),
        tab: RwSignal::new(Lane::New),
        typing: RwSignal::new(false),
        keys: RwSignal::new(storage::load(KEYS).unwrap_or(true)),
    };
    keys::begin(kitchen);
    let close = Callback::new(move |()| kitchen.open.set(Open::Nothing));
    let t = live.t;
    view! {
        <div class="board" data-theme="board" data-testid="board" data-keys=move || kitchen.typing.get().then_some("")>
            <Bar kitchen sound/>
            <Alarms live sound/>
            <Lanes kitchen/>
            <div class="board__said"><LastSaid live/></div>
            <Foot live/>
            {move || match kitchen.open.get() {
                Open::Nothing => ().into_any(),
                Open::Refuse(id) => view! { <RefuseDialog kitchen id/> }.into_any(),
                Open::Help => view! { <Help kitchen/> }.into_any(),
                Open::Stock => view! {
                    <Dialog texts=t title=t.say(Key::StockTitle) on_close=close><StockList live/><LastSaid live/></Dialog>
                }.into_any(),
            }}
        </div>
    }
}
