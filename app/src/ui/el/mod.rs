//! One element type for all elements of the diner's screens. Leptos gives every element, attribute and closure a type
//! of its own, which costs a phone about 700 bytes of program an element; here an element is data and the program is
//! written once (ARCHITECTURE.md, "First load"). It is a Leptos view like any other and mixes with them.
//! Not here: what it does in a browser (`browser`) and as text (`html`).

mod browser;
mod html;

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use leptos::tachys::reactive_graph::SharedReactiveFunction;
use send_wrapper::SendWrapper;
use web_sys::Event;

/// An element with its attributes, handlers and children.
pub struct El(Box<Parts>);

/// Behind a pointer, because a phone's program is short when an element moves as one number.
struct Parts {
    tag: &'static str,
    attributes: Vec<(&'static str, Attribute)>,
    handlers: Vec<(&'static str, Handler)>,
    children: Vec<Child>,
}

/// What stands in an element.
pub enum Child {
    El(El),
    Text(Cow<'static, str>),
    /// Any other view of Leptos.
    View(AnyView),
    Several(Vec<Self>),
}

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The attribute is not there.
    None,
    Text(Cow<'static, str>),
    /// There without a value, or not there; for a property, true or false.
    Flag(bool),
}

enum Attribute {
    Fixed(Value),
    Live(Box<dyn Fn() -> Value + Send>),
}

/// Handlers are called in the browser's one thread only.
type Handler = SendWrapper<Box<dyn FnMut(Event)>>;

/// A new element.
#[inline(never)]
pub fn el(tag: &'static str) -> El {
    El(Box::new(Parts { tag, attributes: Vec::new(), handlers: Vec::new(), children: Vec::new() }))
}

/// A view that is made again whenever what it reads changes.
pub fn live<V: Kid>(view: impl Fn() -> V + Send + 'static) -> AnyView {
    live_boxed(Box::new(move || view().child()))
}

#[inline(never)]
fn live_boxed(view: Box<dyn Fn() -> Child + Send>) -> AnyView {
    let view: SharedReactiveFunction<AnyView> = Arc::new(Mutex::new(move || view().view()));
    view.into_any()
}

/// Does something now and again whenever what it reads changes, until the current owner goes away. In a browser only.
pub fn follow(change: impl FnMut() + 'static) {
    follow_boxed(Box::new(change));
}

#[inline(never)]
fn follow_boxed(mut change: Box<dyn FnMut()>) {
    Effect::new(move |_| change());
}

/// Several views side by side.
macro_rules! together {
    ($($view:expr),* $(,)?) => {
        $crate::ui::side_by_side(vec![$($crate::ui::Kid::child($view)),*])
    };
}
pub(crate) use together;

/// Several views side by side.
pub fn side_by_side(children: Vec<Child>) -> AnyView {
    Child::Several(children).view()
}

/// No view.
pub fn nothing() -> AnyView {
    side_by_side(Vec::new())
}

// Not inlined: each is a call of a few bytes, several hundred times.
impl El {
    /// Its classes.
    #[must_use]
    #[inline(never)]
    pub fn class(self, classes: &'static str) -> Self {
        self.set("class", classes)
    }

    /// An attribute. A name with a dot before it is a property of the element.
    #[must_use]
    #[inline(never)]
    pub fn set<V: Into<Value>>(self, name: &'static str, value: V) -> Self {
        self.attribute(name, Attribute::Fixed(value.into()))
    }

    /// An attribute or property that follows what its closure reads.
    #[must_use]
    pub fn live<V: Into<Value>>(self, name: &'static str, value: impl Fn() -> V + Send + 'static) -> Self {
        self.attribute(name, Attribute::Live(Box::new(move || value().into())))
    }

    /// The name by which tests find it.
    #[must_use]
    #[inline(never)]
    pub fn test<V: Into<Value>>(self, name: V) -> Self {
        self.set("data-testid", name)
    }

    /// A handler. A server's page has none.
    #[must_use]
    pub fn on(self, event: &'static str, handler: impl FnMut(Event) + 'static) -> Self {
        if cfg!(feature = "ssr") { self } else { self.handler(event, Box::new(handler)) }
    }

    /// A child.
    #[must_use]
    #[inline(never)]
    pub fn kid<K: Kid>(mut self, child: K) -> Self {
        self.0.children.push(child.child());
        self
    }

    /// A child that is made again whenever what it reads changes.
    #[must_use]
    pub fn live_kid<V: Kid>(self, child: impl Fn() -> V + Send + 'static) -> Self {
        self.kid(live(child))
    }

    /// As a view of any kind.
    #[inline(never)]
    pub fn into_any(self) -> AnyView {
        IntoAny::into_any(self)
    }

    #[inline(never)]
    fn attribute(mut self, name: &'static str, attribute: Attribute) -> Self {
        self.0.attributes.push((name, attribute));
        self
    }

    #[inline(never)]
    fn handler(mut self, event: &'static str, handler: Box<dyn FnMut(Event)>) -> Self {
        self.0.handlers.push((event, SendWrapper::new(handler)));
        self
    }
}

impl Child {
    #[inline(never)]
    fn view(self) -> AnyView {
        match self {
            Self::El(element) => element.into_any(),
            Self::Text(text) => text.into_any(),
            Self::View(view) => view,
            Self::Several(children) => children.into_iter().map(Self::view).collect::<Vec<_>>().into_any(),
        }
    }
}

/// What can stand in an element. Closures cannot: `live_kid` writes their program once.
pub trait Kid {
    /// As a child.
    fn child(self) -> Child;
}

impl Kid for El {
    fn child(self) -> Child {
        Child::El(self)
    }
}

impl Kid for AnyView {
    fn child(self) -> Child {
        Child::View(self)
    }
}

impl Kid for &'static str {
    fn child(self) -> Child {
        Child::Text(Cow::Borrowed(self))
    }
}

impl Kid for String {
    fn child(self) -> Child {
        Child::Text(Cow::Owned(self))
    }
}

impl Kid for i64 {
    fn child(self) -> Child {
        self.to_string().child()
    }
}

impl<K: Kid> Kid for Option<K> {
    fn child(self) -> Child {
        self.map_or_else(|| Child::Several(Vec::new()), Kid::child)
    }
}

impl<K: Kid> Kid for Vec<K> {
    fn child(self) -> Child {
        Child::Several(self.into_iter().map(Kid::child).collect())
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<V: Into<Self>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}
