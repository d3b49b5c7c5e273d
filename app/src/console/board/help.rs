//! The list of keys, and the switch that turns letter keys off for people who type by speech.
//! Not here: what the keys do (`keys`).

use leptos::prelude::*;

use super::{KEYS, Kitchen, Open};
use crate::browser::storage;
use crate::console::parts::Dialog;
use crate::console::texts::Key;

/// The dialog.
#[component]
pub(crate) fn Help(kitchen: Kitchen) -> impl IntoView {
    let t = kitchen.live.t;
    let keys = [
        ("1–9", Key::HelpPick),
        ("A", Key::HelpAccept),
        ("R", Key::HelpRefuse),
        ("D", Key::HelpDone),
        ("M", Key::HelpAck),
        ("?", Key::HelpHelp),
        ("Esc", Key::HelpClose),
    ];
    let change = move |_| {
        kitchen.keys.update(|on| *on = !*on);
        storage::save(KEYS, &kitchen.keys.get_untracked());
    };
    view! {
        <Dialog texts=t title=t.say(Key::HelpTitle) on_close=Callback::new(move |()| kitchen.open.set(Open::Nothing))>
            <div class="dialog__b">
                <dl class="keys">
                    {keys.map(|(key, what)| view! { <dt><kbd>{key}</kbd></dt><dd>{t.say(what)}</dd> })}
                </dl>
                <label class="switch">
                    <span>{t.say(Key::HelpSwitch)}<small>{t.say(Key::HelpSwitchHint)}</small></span>
                    <input type="checkbox" role="switch" prop:checked=move || kitchen.keys.get() on:change=change/>
                </label>
            </div>
        </Dialog>
    }
}
