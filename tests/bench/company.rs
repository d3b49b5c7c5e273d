//! PayPay, played inside the bench over its real wire format, so that the server is what is measured. Only what a paid
//! order needs: making a code and asking after its payment. Signatures are not checked; the sandbox does that.

use crate::client::extent;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

struct Payment {
    amount: i64,
    paid: bool,
}

/// The company.
pub struct Company {
    pub address: SocketAddr,
    payments: Mutex<HashMap<String, Payment>>,
}

impl Company {
    /// Opens it, on a thread of its own.
    pub fn open() -> Arc<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let company = Arc::new(Self { address: listener.local_addr().unwrap(), payments: Mutex::default() });
        let open = Arc::clone(&company);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    tokio::spawn(Arc::clone(&open).serve(stream));
                }
            });
        });
        company
    }

    /// A diner pays.
    pub fn pay(&self, id: &str) {
        self.payments.lock().unwrap().get_mut(id).unwrap().paid = true;
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        let mut bytes = Vec::with_capacity(8 * 1024);
        loop {
            match stream.read_buf(&mut bytes).await {
                Ok(read) if read > 0 => {}
                _ => return,
            }
            if let Some((head, end)) = extent(&bytes)
                && bytes.len() >= end
            {
                let answer = self.answer(std::str::from_utf8(&bytes[..head]).unwrap(), &bytes[head..end]);
                bytes.clear();
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }

    fn answer(&self, head: &str, body: &[u8]) -> String {
        let path = head.split(' ').nth(1).unwrap();
        let (status, data) = match path.strip_prefix("/v2/codes/payments/") {
            Some(id) => ("200 OK", self.details(id)),
            None => ("201 Created", self.create(&serde_json::from_slice(body).unwrap())),
        };
        let info = json!({"code": "SUCCESS", "message": "Success", "codeId": "08100001"});
        let body = json!({"resultInfo": info, "data": data}).to_string();
        let length = body.len();
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
    }

    /// `POST /v2/codes`
    fn create(&self, request: &Value) -> Value {
        let id = request["merchantPaymentId"].as_str().unwrap();
        let amount = request["amount"]["amount"].as_i64().unwrap();
        self.payments.lock().unwrap().insert(id.to_owned(), Payment { amount, paid: false });
        let mut data = request.clone();
        data["codeId"] = json!(id);
        data["url"] = json!(format!("http://{}/{id}", self.address));
        data["expiryDate"] = json!(request["requestedAt"].as_i64().unwrap() + 300);
        data
    }

    /// `GET /v2/codes/payments/{merchantPaymentId}`
    fn details(&self, id: &str) -> Value {
        let payments = self.payments.lock().unwrap();
        match payments.get(id) {
            Some(Payment { amount, paid: true }) => json!({
                "paymentId": "04123456789012345678",
                "status": "COMPLETED",
                "acceptedAt": 1_795_343_222,
                "merchantPaymentId": id,
                "amount": {"amount": amount, "currency": "JPY"},
            }),
            _ => json!({"status": "CREATED", "acceptedAt": 0, "requestedAt": 0}),
        }
    }
}
