//! The OpenAPI document, made from the endpoint types that also make the routes.

use super::assets;
use super::body::Schema;
use super::reply::PROBLEM;
use crate::error::Error;
use actix_web::{HttpRequest, HttpResponse};
use okini_shared::api::{Caller, Content, Endpoint, Method};
use okini_shared::problem::{Code, Problem};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Info, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required, ResponseBuilder, Schema as Shape,
};

/// An endpoint's part of the document.
pub struct Operation {
    path: &'static str,
    method: HttpMethod,
    operation: utoipa::openapi::path::Operation,
    schemas: Vec<(String, RefOr<Shape>)>,
}

/// Problems that any operation can answer with.
const COMMON: [Code; 1] = [Code::RateLimited];

impl Operation {
    /// Made from the type.
    pub fn of<E: Endpoint>() -> Self
    where
        E::Request: Schema,
        E::Response: Schema,
    {
        let mut schemas = Vec::new();
        E::Request::collect(&mut schemas);
        E::Response::collect(&mut schemas);
        let doc: String = E::DOC.trim().to_owned();
        let summary = doc.split_inclusive(['.', ':']).next().unwrap_or(&doc).trim().trim_end_matches('.').to_owned();
        let mut operation = OperationBuilder::new()
            .operation_id(Some(E::NAME))
            .tag(E::PATH.split('/').nth(3).unwrap_or("server"))
            .summary(Some(summary))
            .description(Some(doc))
            .response(E::STATUS.to_string(), success::<E>());
        for parameter in E::PATH.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            operation = operation.parameter(text_parameter(parameter, ParameterIn::Path, true, "Part of the path."));
        }
        if E::KEYED {
            let what = "1 to 255 characters; the same key and body are answered with the same answer.";
            operation = operation.parameter(text_parameter("Idempotency-Key", ParameterIn::Header, true, what));
        }
        if let Some(schema) = E::Request::schema() {
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
            operation = operation.request_body(Some(body.build()));
        }
        if E::CALLER == Caller::Shop {
            operation = operation.security(SecurityRequirement::new::<_, _, String>("bearer", []));
        }
        let body_codes: &[Code] = match E::Request::schema() {
            Some(_) => &[Code::InvalidRequest, Code::TooLarge, Code::UnsupportedMediaType],
            None => &[],
        };
        for (status, codes) in by_status(E::PROBLEMS.iter().chain(&COMMON).chain(body_codes)) {
            operation = operation.response(status.to_string(), problem(&codes));
        }
        Self { path: E::PATH, method: method(E::METHOD), operation: operation.build(), schemas }
    }
}

fn text_parameter(name: &str, place: ParameterIn, required: bool, what: &str) -> utoipa::openapi::path::Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(if required { Required::True } else { Required::False })
        .description(Some(what))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn success<E: Endpoint>() -> utoipa::openapi::Response
where
    E::Response: Schema,
{
    let kind = match E::CONTENT {
        Content::Json => "application/json",
        Content::Events => "text/event-stream",
        Content::Other(kind) => kind,
        Content::Empty => return ResponseBuilder::new().description("Done.").build(),
    };
    let content = match E::Response::schema() {
        Some(schema) => ContentBuilder::new().schema(Some(schema)).build(),
        None => ContentBuilder::new().schema(Some(ObjectBuilder::new())).build(),
    };
    ResponseBuilder::new().description("Success.").content(kind, content).build()
}

fn problem(codes: &[Code]) -> utoipa::openapi::Response {
    let names: Vec<String> = codes.iter().map(|code| format!("`{}`: {}", code.name(), code.title())).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(names.join("; ")).content(PROBLEM, content).build()
}

fn by_status<'c>(codes: impl Iterator<Item = &'c Code>) -> Vec<(u16, Vec<Code>)> {
    let mut out: Vec<(u16, Vec<Code>)> = Vec::new();
    for code in codes {
        match out.iter_mut().find(|(status, _)| *status == code.status()) {
            Some((_, codes)) if !codes.contains(code) => codes.push(*code),
            Some(_) => {}
            None => out.push((code.status(), vec![*code])),
        }
    }
    out.sort_by_key(|(status, _)| *status);
    out
}

const fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Delete => HttpMethod::Delete,
    }
}

/// The whole document.
pub fn document() -> OpenApi {
    let all = super::routes();
    let mut paths = Paths::new();
    let mut components = Components::new();
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let mut schemas = Vec::new();
    Problem::collect(&mut schemas);
    for operation in all.operations() {
        schemas.extend(operation.schemas.iter().cloned());
        let item = PathItem::new(operation.method.clone(), operation.operation.clone());
        match paths.paths.get_mut(operation.path) {
            Some(existing) => existing.merge_operations(item),
            None => {
                paths.paths.insert(operation.path.to_owned(), item);
            }
        }
    }
    components.schemas.extend(schemas);
    let mut info = Info::new("okini", env!("CARGO_PKG_VERSION"));
    info.description = Some("Ordering, paying and running a shop. Problems are RFC 9457 documents.".to_owned());
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build()
}

pub(super) async fn serve(request: HttpRequest) -> Result<HttpResponse, Error> {
    Ok(assets::compressed(&request, "application/json", serde_json::to_vec(&document())?))
}
