//! The sounds of the board, made by the browser itself: a bell for new orders, a low tone for a lost line.
//! A browser lets a page sound only after somebody has touched it; whether it does is always visible.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioContextState, Element, OscillatorType};

use crate::browser::{document, listen, storage};

const REMEMBERED: &str = "okini.console.sound";

thread_local! {
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Whether the device makes sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hearing {
    On,
    /// Switched off by staff.
    Off,
    /// Wanted, but the browser waits for a touch.
    Waiting,
}

/// What is to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tune {
    /// A new order: two high notes.
    Order,
    /// The line is lost: two low notes.
    Lost,
}

impl Tune {
    /// Frequency in hertz and begin in seconds of each note.
    const fn notes(self) -> [(f32, f64); 2] {
        match self {
            Self::Order => [(880.0, 0.0), (1174.7, 0.22)],
            Self::Lost => [(330.0, 0.0), (247.0, 0.35)],
        }
    }
}

/// The device's sound, shared by all screens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sound {
    wanted: RwSignal<bool>,
    running: RwSignal<bool>,
}

impl Sound {
    /// Silent until the first touch of the page, then as staff left it the last time.
    pub(crate) fn begin() -> Self {
        let wanted = storage::load(REMEMBERED).unwrap_or(true);
        let sound = Self { wanted: RwSignal::new(wanted), running: RwSignal::new(false) };
        for touch in ["pointerdown", "keydown"] {
            listen(&document(), touch, move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                let on_the_switch = target.is_some_and(|target| matches!(target.closest("[data-sound]"), Ok(Some(_))));
                if !on_the_switch && !sound.running.get_untracked() {
                    sound.wake();
                }
            });
        }
        sound
    }

    /// Whether the device makes sounds.
    pub(crate) fn hearing(self) -> Hearing {
        match (self.wanted.get(), self.running.get()) {
            (false, _) => Hearing::Off,
            (true, true) => Hearing::On,
            (true, false) => Hearing::Waiting,
        }
    }

    /// The switch was pressed: off when it sounds, else on.
    pub(crate) fn switch(self) {
        let on = self.hearing() != Hearing::On;
        self.wanted.set(on);
        storage::save(REMEMBERED, &on);
        if on {
            self.wake();
        }
    }

    /// Plays a tune, if the device may.
    pub(crate) fn play(self, tune: Tune) {
        let Some(context) = CONTEXT.with_borrow(Clone::clone) else { return };
        let running = context.state() == AudioContextState::Running;
        if running != self.running.get_untracked() {
            self.running.set(running);
        }
        if running && self.wanted.get_untracked() {
            for (frequency, begin) in tune.notes() {
                // A note that cannot be made is not heard; the visible alarm stands.
                drop(note(&context, frequency, begin));
            }
        }
    }

    fn wake(self) {
        let context = CONTEXT.with_borrow_mut(|kept| {
            if kept.is_none() {
                *kept = AudioContext::new().ok();
            }
            kept.clone()
        });
        let Some(context) = context else { return };
        let Ok(resumed) = context.resume() else { return };
        leptos::task::spawn_local(async move {
            let running = JsFuture::from(resumed).await.is_ok() && context.state() == AudioContextState::Running;
            self.running.try_set(running);
        });
    }
}

#[expect(clippy::float_arithmetic, reason = "the browser's audio clock counts seconds in floats")]
fn note(context: &AudioContext, frequency: f32, begin: f64) -> Result<(), JsValue> {
    let at = context.current_time() + begin;
    let (tone, volume) = (context.create_oscillator()?, context.create_gain()?);
    tone.set_type(OscillatorType::Triangle);
    tone.frequency().set_value(frequency);
    // Faded in and out, so that it does not crack.
    volume.gain().set_value_at_time(0.0001, at)?;
    volume.gain().exponential_ramp_to_value_at_time(0.5, at + 0.02)?;
    volume.gain().exponential_ramp_to_value_at_time(0.0001, at + 0.32)?;
    tone.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&context.destination())?;
    tone.start_with_when(at)?;
    tone.stop_with_when(at + 0.35)
}
