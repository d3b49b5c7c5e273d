//! Callers who only have to know a company's key. Who must sign as well is not looked at here.

use crate::desk::{Desk, Keys};
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use std::future::{Ready, ready};
use std::marker::PhantomData;

/// A company with a key.
pub(crate) trait Keyed {
    /// The `Authorization` of a caller who knows the key.
    fn authorization(keys: &Keys) -> String;

    /// The answer to others.
    fn refusal() -> HttpResponse;
}

/// A caller who knows the key.
pub(crate) struct Caller<K>(PhantomData<K>);

impl<K: Keyed> FromRequest for Caller<K> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let desk = request.app_data::<Data<Desk>>();
        let known = desk.is_some_and(|desk| shown == Some(K::authorization(&desk.keys).as_str()));
        let refused = || InternalError::from_response("not the key", K::refusal()).into();
        ready(if known { Ok(Self(PhantomData)) } else { Err(refused()) })
    }
}
