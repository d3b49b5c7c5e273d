//! The board's bar: whose shop, whether it takes orders, sound, sold out, other screens, the time.
//! Not here: alarms.

use leptos::prelude::*;

use super::proof::TillProof;
use super::{Kitchen, Open};
use crate::console::frame::Ways;
use crate::console::parts::{Sign, clock};
use crate::console::shop::{OpenSwitch, ShopFlag};
use crate::console::sound::{Hearing, Sound};
use crate::console::texts::Key;
use crate::ui::Icon;

/// The bar at the top.
#[component]
pub(crate) fn Bar(kitchen: Kitchen, sound: Sound) -> impl IntoView {
    let live = kitchen.live;
    let t = live.t;
    let name = move || live.shop.with(|shop| shop.as_ref().map(|shop| shop.name.clone()));
    view! {
        <header class="board__bar">
            <h1 class="board__name" lang="ja">{name}</h1>
            <ShopFlag live/>
            <TillProof kitchen/>
            <div class="board__tools">
                <SoundSwitch sound texts=t/>
                <button type="button" class="btn btn--line btn--compact" data-testid="stock-open"
                    on:click=move |_| { live.said.set(None); kitchen.open.set(Open::Stock); }>{Icon::Close.small()}{t.say(Key::BoardStock)}</button>
                <OpenSwitch live class="btn btn--line btn--compact"/>
                <button type="button" class="btn btn--line btn--compact" popovertarget="ways" data-testid="ways-open">
                    {Sign::List.small()}{t.say(Key::NavMenu)}
                </button>
                <div id="ways" class="ways" popover="">
                    <Ways live/>
                    <button type="button" data-testid="help-open" on:click=move |_| kitchen.open.set(Open::Help)>
                        {Sign::Keys.small()}{t.say(Key::BoardKeys)}<kbd>"?"</kbd>
                    </button>
                </div>
            </div>
            <span class="board__clock" aria-hidden="true">{move || clock(live.now.get())}</span>
        </header>
    }
}

/// Whether the device sounds, in words; pressing changes it.
#[component]
fn SoundSwitch(sound: Sound, texts: crate::console::texts::Texts) -> impl IntoView {
    let t = texts;
    let hearing = Memo::new(move |_| sound.hearing());
    let words = move || {
        t.say(match hearing.get() {
            Hearing::On => Key::BoardSoundOn,
            Hearing::Off => Key::BoardSoundOff,
            Hearing::Waiting => Key::BoardSoundWanted,
        })
    };
    view! {
        <button type="button" class="btn btn--line btn--compact" data-sound="" data-testid="sound"
            data-attention=move || (hearing.get() != Hearing::On).then_some("")
            title=move || (hearing.get() == Hearing::Waiting).then(|| t.say(Key::BoardSoundHelp))
            on:click=move |_| sound.switch()>
            {move || if hearing.get() == Hearing::On { Sign::Sound.small().into_any() } else { Sign::Mute.small().into_any() }}
            {words}
        </button>
    }
}
