//! A server that records requests byte for byte and gives canned answers, well-formed or not: one connection, one
//! request, one answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Received {
    /// `POST /v2/codes`
    pub line: String,
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// What to answer.
pub enum Reply {
    Json(u16, String),
    /// `{}` with whatever status is there by then.
    Status(Arc<AtomicU16>),
    /// These bytes, then the connection closes.
    Bytes(String),
    /// These bytes, then nothing more, and the connection stays open.
    Hang(String),
}

/// Answers in order; what comes after the last answer is not accepted.
pub struct Raw {
    pub url: String,
    received: watch::Sender<Vec<Received>>,
}

impl Raw {
    pub async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::serve(replies.into_iter().collect::<Vec<_>>().into_iter()).await
    }

    /// Answers everything with the status that is there by then.
    pub async fn always(status: &Arc<AtomicU16>) -> Self {
        let status = Arc::clone(status);
        Self::serve(std::iter::repeat_with(move || Reply::Status(Arc::clone(&status)))).await
    }

    async fn serve(replies: impl Iterator<Item = Reply> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = watch::Sender::new(Vec::new());
        let log = received.clone();
        tokio::spawn(async move {
            let mut open = Vec::new();
            for reply in replies {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read(&mut stream).await;
                log.send_modify(|all| all.push(request));
                write(&mut stream, &reply).await;
                if matches!(reply, Reply::Hang(_)) {
                    open.push(stream);
                }
            }
            // Keeps what hangs open until the test ends and its runtime drops this task.
            std::future::pending::<()>().await;
            drop(open);
        });
        Self { url, received }
    }

    /// One answer of that status.
    pub async fn json(status: u16, body: impl Into<String>) -> Self {
        Self::answering([Reply::Json(status, body.into())]).await
    }

    /// All requests so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// Waits until so many requests came in.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        self.received.subscribe().wait_for(|all| all.len() >= count).await.unwrap().clone()
    }

    /// The only request.
    pub fn request(&self) -> Received {
        let [request] = self.received().try_into().unwrap();
        request
    }
}

async fn read(stream: &mut TcpStream) -> Received {
    let mut bytes = Vec::new();
    let head = loop {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "the request ended early");
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break String::from_utf8(bytes.drain(..end + 4).collect()).unwrap();
        }
    };
    let (line, headers) = head.split_once("\r\n").unwrap();
    let headers = headers.lines().filter_map(|header| header.split_once(": "));
    let headers: HashMap<_, _> = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < length {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "the body ended early");
    }
    let line = line.strip_suffix(" HTTP/1.1").unwrap().to_owned();
    Received { line, headers, body: String::from_utf8(bytes).unwrap() }
}

async fn write(stream: &mut TcpStream, reply: &Reply) {
    let bytes = match reply {
        Reply::Json(status, body) => head(*status, body.len()) + body,
        Reply::Status(status) => head(status.load(Ordering::SeqCst), 2) + "{}",
        Reply::Bytes(bytes) | Reply::Hang(bytes) => bytes.clone(),
    };
    // The other side may have hung up already, on an answer that is too long for it.
    let _ = stream.write_all(bytes.as_bytes()).await;
}

/// The beginning of an answer, its length promised.
pub fn head(status: u16, length: usize) -> String {
    format!(
        "HTTP/1.1 {status} Told\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}
