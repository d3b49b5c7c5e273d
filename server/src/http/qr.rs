//! QR codes: an https address in upper case, so that it fits the alphanumeric mode and a small code; level Q, quiet zone of
//! four modules, black on white.

use crate::domain::menu;
use crate::error::Error;
use crate::state::App;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// Pixels of a module in a PNG.
const PIXELS: usize = 8;
const QUIET: usize = 4;

pub(super) async fn facility_svg(app: web::Data<App>, code: web::Path<String>) -> Result<HttpResponse, Error> {
    svg(&address(&app, &code, None).await?)
}

pub(super) async fn facility_png(app: web::Data<App>, code: web::Path<String>) -> Result<HttpResponse, Error> {
    png(&address(&app, &code, None).await?)
}

pub(super) async fn seat_svg(app: web::Data<App>, path: web::Path<(String, String)>) -> Result<HttpResponse, Error> {
    svg(&address(&app, &path.0, Some(&path.1)).await?)
}

pub(super) async fn seat_png(app: web::Data<App>, path: web::Path<(String, String)>) -> Result<HttpResponse, Error> {
    png(&address(&app, &path.0, Some(&path.1)).await?)
}

/// What the code holds. Only codes that lead somewhere are drawn.
async fn address(app: &App, code: &str, token: Option<&str>) -> Result<String, Error> {
    let entry = menu::enter(app, code, token).await?;
    let mut path = format!("/f/{}", entry.shop.code);
    if let Some(seat) = entry.seat {
        path = format!("{path}/t/{}", seat.token);
    }
    Ok(app.url(&path).to_uppercase())
}

fn code(address: &str) -> Result<QrCode, Error> {
    QrCode::with_error_correction_level(address, EcLevel::Q).map_err(Error::unexpected)
}

fn picture(kind: &'static str, bytes: Vec<u8>) -> HttpResponse {
    // A rotated code must not live on in a cache.
    HttpResponse::Ok().content_type(kind).insert_header((CACHE_CONTROL, "no-cache")).body(bytes)
}

fn svg(address: &str) -> Result<HttpResponse, Error> {
    let drawn = code(address)?.render::<svg::Color<'_>>().quiet_zone(true).min_dimensions(320, 320).build();
    Ok(picture("image/svg+xml", drawn.into_bytes()))
}

fn png(address: &str) -> Result<HttpResponse, Error> {
    let code = code(address)?;
    let modules = code.width();
    let colors = code.into_colors();
    let side = (modules + 2 * QUIET) * PIXELS;
    let dark = |x: usize, y: usize| {
        let (column, row) = ((x / PIXELS).checked_sub(QUIET), (y / PIXELS).checked_sub(QUIET));
        let (Some(column), Some(row)) = (column, row) else { return false };
        column < modules && colors.get(row * modules + column) == Some(&qrcode::Color::Dark)
    };
    let mut pixels = Vec::with_capacity(side * side);
    for y in 0..side {
        pixels.extend((0..side).map(|x| if dark(x, y) { 0_u8 } else { 255 }));
    }
    let size = u32::try_from(side).map_err(Error::unexpected)?;
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size, size);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(Error::unexpected)?;
    writer.write_image_data(&pixels).map_err(Error::unexpected)?;
    writer.finish().map_err(Error::unexpected)?;
    Ok(picture("image/png", out))
}
