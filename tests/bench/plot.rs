//! Throughput and latency against clients as one small SVG, without a library.

use crate::figures::{Cell, Pair};
use std::fmt::Write;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 200.0;

/// Two pictures side by side, ours drawn through, bare dashed.
pub fn svg(title: &str, pairs: &[Pair]) -> String {
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 290\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"800\" height=\"290\" fill=\"#fff\"/>\n",
    );
    picture(&mut out, 60.0, &format!("{title}: per second"), pairs, |cell| cell.per_s);
    picture(&mut out, 460.0, &format!("{title}: p99 in ms"), pairs, |cell| cell.p99_ms);
    out.push_str("</svg>\n");
    out
}

fn picture(out: &mut String, left: f64, title: &str, pairs: &[Pair], figure: fn(&Cell) -> f64) {
    let values = pairs.iter().flat_map(|pair| [figure(&pair.ours), figure(&pair.bare)]);
    let most = values.fold(f64::MIN_POSITIVE, f64::max);
    let steps = pairs.len().saturating_sub(1).max(1) as f64;
    let (top, bottom) = (40.0, 40.0 + HEIGHT);
    let x = |index: usize| left + WIDTH * index as f64 / steps;
    let y = |value: f64| bottom - HEIGHT * value / most;
    let _ = writeln!(out, "<text x=\"{left}\" y=\"24\" font-weight=\"bold\">{title}</text>");
    let _ = writeln!(out, "<path d=\"M{left} {top}V{bottom}h{WIDTH}\" fill=\"none\" stroke=\"#888\"/>");
    let _ = writeln!(out, "<text x=\"{}\" y=\"{top}\" text-anchor=\"end\">{most:.0}</text>", left - 4.0);
    for (index, pair) in pairs.iter().enumerate() {
        let at = x(index);
        let _ =
            writeln!(out, "<text x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + 18.0, pair.clients);
    }
    for (name, style, of) in [
        ("okini", "stroke=\"#0017c1\"", (|pair| &pair.ours) as fn(&Pair) -> &Cell),
        ("bare", "stroke=\"#666\" stroke-dasharray=\"5 4\"", |pair| &pair.bare),
    ] {
        let points =
            pairs.iter().enumerate().map(|(index, pair)| format!("{:.1},{:.1}", x(index), y(figure(of(pair)))));
        let points = points.collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "<polyline points=\"{points}\" fill=\"none\" stroke-width=\"2\" {style}/>");
        let last = pairs.last().map_or(0.0, |pair| y(figure(of(pair))));
        let _ = writeln!(out, "<text x=\"{}\" y=\"{last:.1}\">{name}</text>", left + WIDTH + 4.0);
    }
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">clients</text>",
        left + WIDTH / 2.0,
        bottom + 36.0
    );
}
