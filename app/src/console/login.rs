//! The sign-in form. Not here: what a sign-in is (`session`).

use leptos::prelude::*;
use okini_shared::api::session::Credentials;
use okini_shared::problem::Code;

use super::parts::Sign;
use super::session::{Out, Phase, Session};
use super::texts::{self, Key, Texts};
use crate::browser::element;
use crate::net::{Failure, task};
use crate::ui::Icon;

/// Shown as long as nobody is signed in.
#[component]
pub(crate) fn Login(texts: Texts, session: Session) -> impl IntoView {
    let t = texts;
    view! {
        <main class="login">
            <p class="login__brand">{Sign::Noren.small()}{t.say(Key::AppName)}</p>
            {move || match session.phase() {
                Phase::Out(why) => view! { <Form texts session why/> }.into_any(),
                Phase::Unreachable => view! { <p role="status">{t.say(Key::FailureNoAnswer)}" "{t.say(Key::BoardLostAgain)}</p> }.into_any(),
                _ => view! { <p role="status" aria-busy="true">{t.say(Key::LoginChecking)}</p> }.into_any(),
            }}
            <button type="button" class="btn btn--text" on:click=move |_| texts::switch(t.lang())>
                {Icon::Globe.small()}<span lang=super::other_lang(t)>{t.say(Key::LangSwitch)}</span>
            </button>
        </main>
    }
}

#[component]
fn Form(texts: Texts, session: Session, why: Out) -> impl IntoView {
    let t = texts;
    let (user, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (busy, wrong, shown) = (RwSignal::new(false), RwSignal::new(None::<&'static str>), RwSignal::new(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let credentials =
            Credentials { user: user.get_untracked().trim().to_owned(), password: password.get_untracked() };
        if busy.get_untracked() {
            return;
        }
        if credentials.user.is_empty() || credentials.password.is_empty() {
            wrong.set(Some(t.say(Key::LoginMissing)));
            focus(if credentials.user.is_empty() { "user" } else { "password" });
            return;
        }
        busy.set(true);
        wrong.set(None);
        task(async move {
            if let Err(failure) = session.sign_in(&credentials).await {
                let refused = matches!(&failure, Failure::Refused(problem) if problem.code == Code::SignInRefused);
                wrong.set(Some(if refused { t.say(Key::LoginWrong) } else { t.failure(&failure) }));
                busy.set(false);
                focus("password");
            }
        });
    };
    let bad = move || wrong.get().map(|_| "true");
    view! {
        <form class="card login__card" novalidate on:submit=submit>
            <h1>{t.say(Key::LoginTitle)}</h1>
            {said(t, why)}
            <div class="field">
                <label for="user">{t.say(Key::LoginUser)}</label>
                <input id="user" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required
                    aria-invalid=bad aria-describedby="login-wrong" data-testid="login-user" bind:value=user/>
            </div>
            <div class="field">
                <label for="password">{t.say(Key::LoginPassword)}</label>
                <input id="password" name="password" autocomplete="current-password" required
                    type=move || if shown.get() { "text" } else { "password" }
                    aria-invalid=bad aria-describedby="login-wrong" data-testid="login-password" bind:value=password/>
            </div>
            <label class="row"><input type="checkbox" class="tick" bind:checked=shown/>{t.say(Key::LoginShow)}</label>
            <p id="login-wrong" class="field__bad" role="alert" hidden=move || wrong.get().is_none()>{move || wrong.get()}</p>
            <button class="btn btn--solid btn--main btn--block" data-testid="login-submit"
                aria-disabled=move || busy.get().then_some("true")>
                {move || t.say(if busy.get() { Key::LoginBusy } else { Key::LoginSubmit })}
            </button>
            <p class="t-14 quiet">{t.say(Key::LoginHelp)}</p>
        </form>
    }
}

/// Why the form is shown to somebody who was signed in.
fn said(t: Texts, why: Out) -> Option<impl IntoView> {
    let key = match why {
        Out::Never => return None,
        Out::Ended => Key::LoginEnded,
        Out::Left => Key::LoginLeft,
    };
    Some(view! { <p class="notice notice--info" role="status"><span>{t.say(key)}</span></p> })
}

fn focus(id: &str) {
    if let Some(element) = element(id) {
        drop(element.focus());
    }
}
