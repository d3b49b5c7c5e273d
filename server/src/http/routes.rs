//! From endpoint types to actix routes and OpenAPI operations. A path that exists answers other methods with 405 and
//! `Allow`; a path that does not exist answers 404.

use super::openapi::Operation;
use super::pace::Paced;
use super::reply::Reply;
use super::{assets, pages};
use crate::error::Error;
use actix_web::dev::Payload;
use actix_web::guard::{self, Guard};
use actix_web::http::Method as HttpMethod;
use actix_web::http::header::ALLOW;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, ResponseError, Route, web};
use okini_shared::api::{Content, Endpoint, Method};
use okini_shared::problem::Code;
use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// The endpoints of the server, by path.
#[derive(Default)]
pub struct Routes {
    resources: BTreeMap<&'static str, Vec<(Method, Route)>>,
    operations: Vec<Operation>,
}

impl Routes {
    /// An endpoint that answers with its response as JSON.
    pub fn add<E, F, Args>(&mut self, handler: F)
    where
        E: Endpoint + 'static,
        E::Request: super::body::Schema,
        E::Response: super::body::Schema + serde::Serialize,
        F: Handler<Args, Output = Result<Reply<E>, Error>>,
        Args: FromRequest + 'static,
    {
        debug_assert!(matches!(E::CONTENT, Content::Json | Content::Empty), "{} is not JSON", E::NAME);
        self.route::<E, F, Args>(handler);
    }

    /// An endpoint that answers with something else: a stream, a picture, a page.
    pub fn stream<E, F, Args>(&mut self, handler: F)
    where
        E: Endpoint + 'static,
        E::Request: super::body::Schema,
        E::Response: super::body::Schema,
        F: Handler<Args, Output = Result<HttpResponse, Error>>,
        Args: FromRequest + 'static,
    {
        self.route::<E, F, Args>(handler);
    }

    fn route<E, F, Args>(&mut self, handler: F)
    where
        E: Endpoint + 'static,
        E::Request: super::body::Schema,
        E::Response: super::body::Schema,
        F: Handler<Args>,
        F::Output: actix_web::Responder + 'static,
        Args: FromRequest + 'static,
    {
        let paced = PacedHandler::<E, F> { handler, endpoint: PhantomData };
        let route = web::route().guard(answers(http_method(E::METHOD))).to(paced);
        self.resources.entry(E::PATH).or_default().push((E::METHOD, route));
        self.operations.push(Operation::of::<E>());
    }

    /// The OpenAPI operations of all endpoints.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Puts everything into an actix application.
    pub fn configure(self, config: &mut web::ServiceConfig) {
        // Paths are tried in this order: what phones open most comes first.
        pages::configure(config);
        for (path, routes) in self.resources {
            let allow = routes.iter().map(|(method, _)| method.name()).collect::<Vec<_>>().join(", ");
            let mut resource = web::resource(path);
            for (_, route) in routes {
                resource = resource.route(route);
            }
            config.service(resource.default_service(web::to(move || refuse_method(allow.clone()))));
        }
        assets::configure(config);
    }
}

/// A page with a form that is sent to itself.
pub(super) fn form_page<G, GetArgs, P, PostArgs>(path: &str, get: G, post: P) -> actix_web::Resource
where
    G: Handler<GetArgs>,
    G::Output: actix_web::Responder + 'static,
    GetArgs: FromRequest + 'static,
    P: Handler<PostArgs>,
    P::Output: actix_web::Responder + 'static,
    PostArgs: FromRequest + 'static,
{
    web::resource(path)
        .route(web::route().guard(answers(HttpMethod::GET)).to(get))
        .route(web::post().to(post))
        .default_service(web::to(|| refuse_method("GET, POST".to_owned())))
}

/// A path that can only be read: a page or a file. Other methods are refused like everywhere.
pub(super) fn page<F, Args>(path: &str, handler: F) -> actix_web::Resource
where
    F: Handler<Args>,
    F::Output: actix_web::Responder + 'static,
    Args: FromRequest + 'static,
{
    let other = web::to(|| refuse_method(Method::Get.name().to_owned()));
    web::resource(path).route(web::route().guard(answers(HttpMethod::GET)).to(handler)).default_service(other)
}

/// HEAD is GET without the body, which actix leaves out by itself.
fn answers(method: HttpMethod) -> impl Guard {
    guard::fn_guard(move |context| {
        let asked = &context.head().method;
        *asked == method || (*asked == HttpMethod::HEAD && method == HttpMethod::GET)
    })
}

async fn refuse_method(allow: String) -> HttpResponse {
    let mut response = Error::from(Code::MethodNotAllowed).error_response();
    if let Ok(value) = allow.try_into() {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

const fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
        Method::Delete => HttpMethod::DELETE,
    }
}

/// A handler behind its endpoint's pace: the limit is looked at before anything else is read.
struct PacedHandler<E, F> {
    handler: F,
    endpoint: PhantomData<fn() -> E>,
}

impl<E, F: Clone> Clone for PacedHandler<E, F> {
    fn clone(&self) -> Self {
        Self { handler: self.handler.clone(), endpoint: PhantomData }
    }
}

impl<E, F, Args> Handler<PacedArgs<E, Args>> for PacedHandler<E, F>
where
    E: Endpoint + 'static,
    F: Handler<Args>,
{
    type Output = F::Output;
    type Future = F::Future;

    fn call(&self, arguments: PacedArgs<E, Args>) -> F::Future {
        self.handler.call(arguments.inner)
    }
}

struct PacedArgs<E, Args> {
    inner: Args,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint + 'static, Args: FromRequest + 'static> FromRequest for PacedArgs<E, Args> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Err(refused) = Paced::check(request, E::PACE) {
            return Box::pin(std::future::ready(Err(refused.into())));
        }
        let inner = Args::from_request(request, payload);
        Box::pin(async move {
            let inner = inner.await.map_err(Into::into)?;
            Ok(Self { inner, endpoint: PhantomData })
        })
    }
}
