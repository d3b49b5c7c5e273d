//! The least that serves the same bytes: one actix-web handler that knows its answer. A process of its own, so that its CPU
//! time can be told from ours.

use crate::client::Line;
use crate::plan::Plan;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use okini_tests::program::Program;
use std::collections::HashMap;
use std::path::Path;

/// Names the folder of what is to be served, and makes this program the server.
pub const FOLDER: &str = "OKINI_BENCH_MINIMAL";

struct Page {
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

type Pages = HashMap<String, Page>;

/// Serves the files `N.path`, `N.head` and `N.body`.
pub fn serve(folder: &str) {
    let pages: Data<Pages> = Data::new((0..).map_while(|index| read(Path::new(folder), index)).collect());
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(move || App::new().app_data(pages.clone()).default_service(web::to(page)));
        let server = server.workers(2).bind(("127.0.0.1", 0)).unwrap();
        println!("{{\"url\":\"http://{}\"}}", server.addrs()[0]);
        server.run().await.unwrap();
    });
}

async fn page(request: HttpRequest, pages: Data<Pages>) -> HttpResponse {
    let page = &pages[request.path()];
    let mut response = HttpResponse::Ok();
    for header in &page.headers {
        response.insert_header(header.clone());
    }
    response.body(page.body.clone())
}

fn read(folder: &Path, index: usize) -> Option<(String, Page)> {
    let file = |ending: &str| std::fs::read(folder.join(format!("{index}.{ending}"))).ok();
    let head = String::from_utf8(file("head")?).unwrap();
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let headers = headers.filter(|(name, _)| !["content-length", "date"].contains(name));
    let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    Some((String::from_utf8(file("path")?).unwrap(), Page { headers, body: file("body")?.into() }))
}

/// Asks the server for what these requests get, and starts the program that gives the same.
pub async fn start(plan: &Plan, line: &mut Line, requests: &[(String, Vec<u8>)]) -> Program {
    let folder = plan.folder.join("minimal");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (index, (path, request)) in requests.iter().enumerate() {
        let answer = line.ask(request).await.well();
        for (ending, bytes) in [("path", path.as_bytes()), ("head", answer.head.as_bytes()), ("body", answer.body)] {
            std::fs::write(folder.join(format!("{index}.{ending}")), bytes).unwrap();
        }
    }
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.env(FOLDER, &folder);
    Program::start(command).await.unwrap()
}
