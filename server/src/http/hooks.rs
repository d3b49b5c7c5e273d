//! Notifications of providers: checked where they are signed, kept, acknowledged at once. What they say is not
//! believed; the provider is asked.

use super::body::Raw;
use crate::domain::{account, reconcile};
use crate::error::Error;
use crate::providers::NotificationError;
use crate::state::App;
use actix_web::{HttpRequest, HttpResponse, web};
use okini_shared::problem::Code;
use okini_shared::rules::payment::ProviderName;

pub(super) async fn notify(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: Result<Raw, Error>,
) -> Result<HttpResponse, Error> {
    let (provider, secret) = path.into_inner();
    let name = ProviderName::from_name(&provider).ok_or(Code::NotFound)?;
    let account = account::notified(&app, name, &secret).ok_or(Code::NotFound)?;
    let Raw(body) = body?;
    let provider = app.providers.get(account).ok_or(Code::NotFound)?;
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let hint = provider.parse_notification(&header, &body).map_err(|error| match error {
        NotificationError::Forged => Error::from(Code::Forbidden),
        NotificationError::Unreadable => Code::InvalidRequest.into(),
    })?;
    // A NUL cannot be stored as text; nothing we read has one.
    let text = String::from_utf8_lossy(&body).replace('\0', " ");
    reconcile::notified(&app.clone().into_inner(), (name, account), hint.payment, text).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({})))
}
