//! Receivers of webhooks: a healthy one, one that never answers, and one that refuses each message once. What they should
//! have received belongs to `hooks.rs`.

use actix_web::dev::ServerHandle;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use okini_server::clock::Clock;
use okini_shared::time::Millis;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Takes,
    Hangs,
    RefusesOnce,
}

/// A message as it came in.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub id: String,
    pub body: String,
    pub at: Millis,
}

#[derive(Default)]
struct Mailbox {
    arrivals: Vec<Arrival>,
    known: HashSet<String>,
}

/// A running receiver.
pub struct Receiver {
    pub url: String,
    mailbox: Arc<Mutex<Mailbox>>,
    handle: ServerHandle,
}

async fn take(request: HttpRequest, body: Bytes, manner: Data<Manner>, mailbox: Data<Mutex<Mailbox>>) -> HttpResponse {
    let id = request.headers().get("webhook-id").unwrap().to_str().unwrap().to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let is_new = {
        let mut mailbox = mailbox.lock().unwrap();
        mailbox.arrivals.push(Arrival { id: id.clone(), body, at: Clock::System.now() });
        mailbox.known.insert(id)
    };
    match **manner {
        Manner::Hangs => std::future::pending().await,
        Manner::RefusesOnce if is_new => HttpResponse::InternalServerError().finish(),
        Manner::Takes | Manner::RefusesOnce => HttpResponse::NoContent().finish(),
    }
}

impl Receiver {
    pub fn open(manner: Manner) -> Self {
        let mailbox = Arc::new(Mutex::new(Mailbox::default()));
        let data = Data::from(Arc::clone(&mailbox));
        let app =
            move || App::new().app_data(data.clone()).app_data(Data::new(manner)).route("/", web::post().to(take));
        let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, mailbox, handle }
    }

    /// All that came in so far.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.mailbox.lock().unwrap().arrivals.clone()
    }

    /// The ids of all that came in so far.
    pub fn ids(&self) -> HashSet<String> {
        self.mailbox.lock().unwrap().known.clone()
    }

    pub async fn close(self) {
        self.handle.stop(false).await;
    }
}
