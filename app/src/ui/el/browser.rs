//! An element in the browser: built, changed in place, put in and taken out.
//! Not here: the text form (`html`).

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Reflect;
use leptos::prelude::*;
use leptos::tachys::renderer::types;
use leptos::tachys::view::Mountable;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::iterators::VecState;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event};

use super::{Attribute, Child, El, Value};
use crate::browser::document;

type Listener = Rc<RefCell<Box<dyn FnMut(Event)>>>;

/// An element that stands in the page.
pub struct ElState {
    tag: &'static str,
    element: Element,
    attributes: Vec<(&'static str, Held)>,
    handlers: Vec<(&'static str, Listener)>,
    children: VecState<AnyViewState>,
}

/// What keeps an attribute as it should be.
enum Held {
    Fixed(Value),
    Live { _effect: RenderEffect<Value> },
}

impl Render for El {
    type State = ElState;

    fn build(self) -> ElState {
        let parts = *self.0;
        let element = create(parts.tag);
        let attributes =
            parts.attributes.into_iter().map(|(name, value)| (name, hold(&element, name, value))).collect();
        let mut handlers = Vec::with_capacity(parts.handlers.len());
        for (event, handler) in parts.handlers {
            handlers.push((event, listen(&element, event, handler.take())));
        }
        let mut children = views(parts.children).build();
        children.mount(&element, None);
        ElState { tag: parts.tag, element, attributes, handlers, children }
    }

    fn rebuild(self, state: &mut ElState) {
        let same = self.0.tag == state.tag
            && self.0.handlers.iter().map(|(event, _)| event).eq(state.handlers.iter().map(|(event, _)| event));
        if !same {
            let mut new = self.build();
            state.insert_before_this(&mut new);
            state.unmount();
            *state = new;
            return;
        }
        let mut old = std::mem::take(&mut state.attributes);
        for (name, value) in self.0.attributes {
            let before = old.iter().position(|(other, _)| *other == name).map(|at| old.swap_remove(at).1);
            let held = match (before, value) {
                (Some(Held::Fixed(before)), Attribute::Fixed(now)) if before == now => Held::Fixed(now),
                (_, value) => hold(&state.element, name, value),
            };
            state.attributes.push((name, held));
        }
        for (name, _) in old {
            apply(&state.element, name, &Value::None);
        }
        for ((_, slot), (_, handler)) in state.handlers.iter().zip(self.0.handlers) {
            *slot.borrow_mut() = handler.take();
        }
        views(self.0.children).rebuild(&mut state.children);
    }
}

impl Mountable for ElState {
    fn unmount(&mut self) {
        self.element.remove();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        // Refused only when the marker is not the parent's: then the end of the parent is as good a place.
        if parent.insert_before(&self.element, marker).is_err() {
            drop(parent.append_child(&self.element));
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let Some(parent) = self.element.parent_element() else { return false };
        child.mount(&parent, Some(&self.element));
        true
    }

    fn elements(&self) -> Vec<types::Element> {
        vec![self.element.clone()]
    }
}

fn views(children: Vec<Child>) -> Vec<AnyView> {
    children.into_iter().map(Child::view).collect()
}

fn create(tag: &str) -> Element {
    let drawing = matches!(tag, "svg" | "path");
    let element = if drawing {
        document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag)
    } else {
        document().create_element(tag)
    };
    // The tags are ours, and every browser makes elements of them.
    element.expect_throw("an element")
}

fn hold(element: &Element, name: &'static str, attribute: Attribute) -> Held {
    match attribute {
        Attribute::Fixed(value) => {
            apply(element, name, &value);
            Held::Fixed(value)
        }
        Attribute::Live(value) => {
            let element = element.clone();
            let effect = RenderEffect::new(move |before: Option<Value>| {
                let now = value();
                if before.as_ref() != Some(&now) {
                    apply(&element, name, &now);
                }
                now
            });
            Held::Live { _effect: effect }
        }
    }
}

fn apply(element: &Element, name: &str, value: &Value) {
    let done = match (name.strip_prefix('.'), value) {
        (Some(property), value) => {
            let value = match value {
                Value::None => JsValue::UNDEFINED,
                Value::Flag(flag) => JsValue::from_bool(*flag),
                Value::Text(text) => JsValue::from_str(text),
            };
            Reflect::set(element, &JsValue::from_str(property), &value).map(|_| ())
        }
        (None, Value::None | Value::Flag(false)) => element.remove_attribute(name),
        (None, Value::Flag(true)) => element.set_attribute(name, ""),
        (None, Value::Text(text)) => element.set_attribute(name, text),
    };
    debug_assert!(done.is_ok(), "{name} can be set");
}

/// The handler lies in a place of its own, so that a changed view can put another one there.
fn listen(element: &Element, event: &str, handler: Box<dyn FnMut(Event)>) -> Listener {
    let slot = Rc::new(RefCell::new(handler));
    let call = Rc::clone(&slot);
    let closure = Closure::<dyn FnMut(Event)>::new(move |event| {
        // Busy only when a handler's own change fires it again.
        if let Ok(mut handler) = call.try_borrow_mut() {
            handler(event);
        }
    });
    // The browser lets the closure go with the element.
    drop(element.add_event_listener_with_callback(event, closure.into_js_value().unchecked_ref()));
    slot
}
