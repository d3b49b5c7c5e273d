//! Small pieces that all console screens use: staff's icons, times of day, a dialog.
//! Not here: anything that knows orders or dishes; icons that diners see as well (`crate::ui`).

use leptos::prelude::*;
use okini_shared::time::Millis;

use super::texts::{Key, Texts};
use crate::ui::Icon;

/// An icon that only staff see; phones do not carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Keys,
    Link,
    List,
    Mute,
    Noren,
    Out,
    Pause,
    Pen,
    Person,
    Play,
    Sound,
    Undo,
}

impl Sign {
    const fn path(self) -> &'static str {
        match self {
            Self::Keys => "M3 6h18v12H3zM7 10v.2M11 10v.2M15 10v.2M8 14.5h8",
            Self::Link => {
                "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7l1.3-1.3"
            }
            Self::List => "M8 6h12M8 12h12M8 18h12M4 6v.2M4 12v.2M4 18v.2",
            Self::Mute => "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
            Self::Noren => "M2 5h20M4 5v12M10 5v14M15 5v14M20 5v12M4 17c2 1.5 4 2 6 2M15 19c2 0 3.5-.5 5-2",
            Self::Out => "M14 5H5v14h9M10 12h11M17 8l4 4-4 4",
            Self::Pause => "M8 5v14M16 5v14",
            Self::Pen => "M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3",
            Self::Person => "M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
            Self::Play => "M7 5l12 7-12 7z",
            Self::Sound => "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
            Self::Undo => "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6",
        }
    }

    /// The icon at the height of a line of body text, hidden from screen readers: a word stands beside it.
    pub(crate) fn small(self) -> impl IntoView {
        view! { <svg class="icon icon--s" viewBox="0 0 24 24" aria-hidden="true"><path d=self.path()></path></svg> }
    }
}

/// `12:38`, in Japan.
pub(crate) fn clock(at: Millis) -> String {
    at.in_japan().clock()
}

/// `12:38:04`, in Japan.
pub(crate) fn clock_seconds(at: Millis) -> String {
    format!("{}:{:02}", clock(at), at.in_japan().second)
}

/// A dialog over the page: the browser keeps the focus inside, closes it on Escape and gives the focus back.
#[component]
pub(crate) fn Dialog(
    texts: Texts,
    #[prop(into)] title: String,
    /// Called when the dialog was closed by any way.
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Dialog>::new();
    let heading = NodeRef::<leptos::html::H2>::new();
    Effect::new(move || {
        if let (Some(dialog), Some(heading)) = (node.get(), heading.get())
            && !dialog.open()
            && dialog.show_modal().is_ok()
        {
            drop(heading.focus());
        }
    });
    view! {
        <dialog class="dialog" node_ref=node aria-labelledby="dialog-title" on:close=move |_| on_close.run(())>
            <div class="dialog__h">
                <h2 id="dialog-title" tabindex="-1" node_ref=heading>{title}</h2>
                <button type="button" class="icon-btn" aria-label=texts.say(Key::Close) data-testid="dialog-close"
                    on:click=move |_| if let Some(dialog) = node.get() { dialog.close() }>{Icon::Close.small()}</button>
            </div>
            {children()}
        </dialog>
    }
}
