//! QR codes: drawn by the server, read back by a decoder; tokens that were replaced.

use okini_shared::api::shop::{RotateSeat, SeatCode};
use okini_shared::problem::Code;
use okini_tests::client::Answer;
use okini_tests::diner::refusal;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { read_back nowhere rotated }

/// Level Q in the two bits of the format information.
const LEVEL_Q: u16 = 3;

async fn read_back(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let facility = format!("https://okini.example/f/{}", shop.code).to_uppercase();
    let seat = format!("{facility}/T/{}", shop.seat.1);
    assert_eq!(seat.len(), 43);
    let path = format!("/api/v1/facilities/{}", shop.code.to_lowercase());
    for (path, wanted) in [(path.clone(), facility), (format!("{path}/seats/{}", shop.seat.1.to_lowercase()), seat)] {
        let drawn: [(&str, Reader); 2] = [("svg", svg), ("png", png)];
        for (kind, drawn) in drawn {
            let picture = client.get(&format!("{path}/qr.{kind}")).await;
            assert_eq!((picture.status, picture.header("cache-control")), (200, "no-cache"));
            let (version, level, text) = read(&drawn(&picture));
            assert_eq!(text, wanted);
            assert!(version <= 4, "version {version}");
            assert_eq!(level, LEVEL_Q);
        }
    }
}

async fn nowhere(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let (other, suspended) = (stage.other(), stage.suspended());
    for (path, code) in [
        ("22222222/qr.svg".to_owned(), Code::CodeUnknown),
        ("x/qr.png".into(), Code::CodeUnknown),
        (format!("{}/seats/22222222/qr.svg", shop.code), Code::CodeUnknown),
        (format!("{}/seats/{}/qr.svg", shop.code, other.seat.1), Code::CodeUnknown),
        (format!("{}/seats/{}/qr.png", shop.code, shop.code), Code::CodeUnknown),
        (format!("{}/qr.svg", suspended.code), Code::FacilitySuspended),
    ] {
        assert_eq!(refusal(&client.get(&format!("/api/v1/facilities/{path}")).await), code, "{path}");
    }
}

async fn rotated(stage: &Stage) {
    let (client, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let new: SeatCode = owner.client.call::<RotateSeat>(&[&shop.path(), &shop.seat.0], &()).await.unwrap();
    assert_ne!(new.token, shop.seat.1);
    assert_eq!(new.url, format!("https://okini.example/f/{}/t/{}", shop.code, new.token));
    let poster = |token: &str| format!("/api/v1/facilities/{}/seats/{token}/qr.svg", shop.code);
    assert_eq!(refusal(&client.get(&poster(&shop.seat.1)).await), Code::CodeRetired);
    assert_eq!(client.get(&poster(&new.token)).await.status, 200);

    let order = |token: &str| okini_shared::api::order::NewOrder { seat: Some(token.into()), ..shop.noodles() };
    assert_eq!(client.refused(&order(&shop.seat.1)).await.code, Code::CodeRetired);
    assert_eq!(client.refused(&order(&stage.other().seat.1)).await.code, Code::CodeUnknown);
    assert_eq!(client.place(&order(&new.token.to_lowercase())).await.seat.as_deref(), Some("7"));

    let unknown = owner.client.call::<RotateSeat>(&[&shop.path(), "99"], &()).await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
}

/// Reads a picture from an answer.
type Reader = fn(&Answer) -> Picture;

/// Grey pixels, row by row.
struct Picture {
    side: usize,
    pixels: Vec<u8>,
}

fn read(picture: &Picture) -> (usize, u16, String) {
    let pixel = |x: usize, y: usize| picture.pixels[y * picture.side + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(picture.side, picture.side, pixel);
    let grids = prepared.detect_grids();
    assert_eq!(grids.len(), 1);
    let (meta, text) = grids[0].decode().unwrap();
    (meta.version.0, meta.ecc_level, text)
}

fn png(answer: &Answer) -> Picture {
    assert_eq!(answer.header("content-type"), "image/png");
    let mut reader = png::Decoder::new(std::io::Cursor::new(&answer.body)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.color_type), (info.height, png::ColorType::Grayscale));
    Picture { side: usize::try_from(info.width).unwrap(), pixels }
}

/// The drawing is one path of squares: `M8 16h8v8H8V16`.
fn svg(answer: &Answer) -> Picture {
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    let text = answer.text();
    let between = |from: &str, to: char| text.split_once(from).unwrap().1.split(to).next().unwrap().to_owned();
    let side: usize = between("width=\"", '"').parse().unwrap();
    let mut pixels = vec![255; side * side];
    for square in between(" d=\"", '"').split('M').skip(1) {
        let mut numbers = square.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
        let mut next = || numbers.next().unwrap().parse::<usize>().unwrap();
        let (x, y, width, height) = (next(), next(), next(), next());
        for row in y..y + height {
            pixels[row * side + x..row * side + x + width].fill(0);
        }
    }
    Picture { side, pixels }
}
