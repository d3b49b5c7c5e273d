//! A lean HTTP/1.1 client on one kept connection, so that the machine is left to what is measured; and driving many of
//! them at once. What they ask belongs to the parts.

use crate::figures::Cell;
use crate::machine::Watch;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A kept connection.
pub struct Line {
    stream: TcpStream,
    bytes: Vec<u8>,
}

/// An answer with its body.
pub struct Answer<'l> {
    pub status: u16,
    pub head: &'l str,
    pub body: &'l [u8],
}

impl Answer<'_> {
    /// The text of a JSON member, found without reading the rest.
    pub fn text(&self, name: &str) -> String {
        let body = std::str::from_utf8(self.body).unwrap();
        let from = body.find(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name}: {} {body}", self.head));
        let rest = &body[from + name.len() + 4..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    /// Stops the program unless it went well.
    pub fn well(self) -> Self {
        let said = || String::from_utf8_lossy(self.body).into_owned();
        assert!((200..300).contains(&self.status), "{} {}", self.head, said());
        self
    }
}

impl Line {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, bytes: Vec::with_capacity(64 * 1024) }
    }

    /// Sends a request and reads the whole answer, which has to say its length.
    pub async fn ask(&mut self, request: &[u8]) -> Answer<'_> {
        self.stream.write_all(request).await.unwrap();
        self.bytes.clear();
        let (head, end) = loop {
            let read = self.stream.read_buf(&mut self.bytes).await.unwrap();
            assert!(read > 0, "the server closed the connection: {}", String::from_utf8_lossy(&self.bytes));
            if let Some((head, end)) = extent(&self.bytes)
                && self.bytes.len() >= end
            {
                break (head, end);
            }
        };
        let text = std::str::from_utf8(&self.bytes[..head]).unwrap();
        Answer { status: text[9..12].parse().unwrap(), head: text, body: &self.bytes[head..end] }
    }

    /// Sends a request whose answer is a stream.
    pub async fn begin(mut self, request: &[u8]) -> TcpStream {
        self.stream.write_all(request).await.unwrap();
        self.stream
    }
}

/// Where the head ends and where the body ends, once the head is there.
pub fn extent(bytes: &[u8]) -> Option<(usize, usize)> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let at = bytes[..head].windows(LENGTH.len()).position(|name| name.eq_ignore_ascii_case(LENGTH));
    let digits = bytes[at.map_or(head, |at| at + LENGTH.len())..head].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    Some((head, head + length))
}

/// A GET as a phone sends it.
pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: okini.test\r\n{headers}\r\n").into_bytes()
}

/// A POST of JSON.
pub fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: okini.test\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         {headers}\r\n{body}"
    )
    .into_bytes()
}

/// Somebody who does the same thing again and again.
pub trait Client: Send + 'static {
    fn operation(&mut self) -> impl Future<Output = ()> + Send;
}

/// Lets all of them work for a while, each as fast as it is answered, and watches a process meanwhile.
pub async fn drive<C: Client>(clients: Vec<C>, time: Duration, pid: u32) -> Cell {
    let watch = Watch::begin(pid);
    let begun = Instant::now();
    let working: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            tokio::spawn(async move {
                let mut took = Vec::with_capacity(4_096);
                while begun.elapsed() < time {
                    let started = Instant::now();
                    client.operation().await;
                    took.push(started.elapsed());
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for client in working {
        took.append(&mut client.await.unwrap());
    }
    watch.end(took, begun.elapsed())
}
