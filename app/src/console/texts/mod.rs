//! Which language the console speaks on this device, and the words for failures and payments.
//! Not here: the texts themselves (`locales/console`).

pub mod generated;

use okini_shared::rules::payment::PaymentState;
use okini_shared::text::Lang;

use crate::browser::{document, storage, window};
use crate::net::Failure;

pub(crate) use self::generated::Key;
use self::generated::{LANGS, texts};

/// The texts of the console in one language.
pub type Texts = crate::l10n::L10n<Key>;

const REMEMBERED: &str = "okini.console.lang";

/// The texts in the language that was chosen on this device, else in the browser's; the page is marked with it.
pub fn for_device() -> Texts {
    let chosen = storage::load::<Lang>(REMEMBERED);
    let browser = || window().navigator().language().map(|range| Lang::accept(&range)).unwrap_or_default();
    let lang = Some(chosen.unwrap_or_else(browser)).filter(|lang| LANGS.contains(lang)).unwrap_or_default();
    if let Some(root) = document().document_element() {
        // A plain attribute of our own page cannot be refused.
        drop(root.set_attribute("lang", lang.html()));
    }
    let texts = texts(lang);
    document().set_title(texts.say(Key::AppName));
    texts
}

/// Begins the console anew in the other language; the sign-in survives by its cookie.
pub fn switch(from: Lang) {
    let other = if from == Lang::Ja { Lang::En } else { Lang::Ja };
    storage::save(REMEMBERED, &other);
    drop(window().location().reload());
}

impl Texts {
    /// What went wrong, and what to do.
    pub fn failure(self, failure: &Failure) -> &'static str {
        self.say(match failure {
            Failure::Refused(problem) => Key::problem(problem.code),
            Failure::NoAnswer => Key::FailureNoAnswer,
            Failure::Unreadable => Key::FailureUnreadable,
        })
    }

    /// Where an attempt to pay stands.
    pub fn payment(self, state: PaymentState) -> &'static str {
        use PaymentState as S;
        self.say(match state {
            S::Created => Key::PaymentCreated,
            S::Redirected => Key::PaymentRedirected,
            S::Succeeded => Key::PaymentSucceeded,
            S::Failed => Key::PaymentFailed,
            S::Cancelled => Key::PaymentCancelled,
            S::Expired => Key::PaymentExpired,
            S::Unknown => Key::PaymentUnknown,
            S::Stranded => Key::PaymentStranded,
            S::Closed => Key::PaymentClosed,
            S::Refunding => Key::PaymentRefunding,
            S::Refunded => Key::PaymentRefunded,
        })
    }
}
