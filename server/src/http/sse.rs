//! Server-sent events: a first frame, then one for each wake that concerns the watcher, and a beat in between so that a
//! dead line is noticed. A watcher that fell behind reads everything anew.

use crate::error::Error;
use crate::events::stream::Wake;
use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use std::future::Future;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

/// Seconds between signs of life; a board calls a line dead after fifteen.
const BEAT: Duration = Duration::from_secs(5);

/// Why a frame is wanted.
#[derive(Debug, Clone, Copy)]
pub enum Reason {
    Wake,
    /// Wakes were missed: say everything.
    Behind,
    /// Nothing happened for a while.
    Beat,
}

/// What a watcher of ready frames has to say something about itself.
#[derive(Debug, Clone, Copy)]
pub enum News {
    /// Frames were missed: say everything.
    Behind,
    /// Nothing happened for a while.
    Beat,
}

/// One event in wire form.
pub fn frame<T: Serialize>(name: &str, data: &T) -> Result<Bytes, Error> {
    Ok(Bytes::from(format!("event: {name}\ndata: {}\n\n", serde_json::to_string(data)?)))
}

/// A line that only shows life.
fn beat() -> Bytes {
    Bytes::from_static(b": beat\n\n")
}

/// A stream that begins with `first` and then says what `next` makes of each wake that concerns it. `next` ends the
/// stream with an error; nothing to say becomes a beat.
pub fn watch<C, N, F>(
    first: Bytes,
    wakes: Receiver<Wake>,
    concerns: C,
    next: N,
) -> impl Stream<Item = Result<Bytes, Error>>
where
    C: Fn(Wake) -> bool,
    N: FnMut(Reason) -> F,
    F: Future<Output = Result<Option<Bytes>, Error>>,
{
    let state = (Some(first), wakes, concerns, next);
    stream::unfold(state, |(first, mut wakes, concerns, mut next)| async move {
        if let Some(first) = first {
            return Some((Ok(first), (None, wakes, concerns, next)));
        }
        let reason = wait(&mut wakes, &concerns).await?;
        let frame = match next(reason).await {
            Ok(Some(frame)) => frame,
            Ok(None) => beat(),
            Err(error) => {
                tracing::debug!(%error, "a stream ends");
                return None;
            }
        };
        Some((Ok(frame), (None, wakes, concerns, next)))
    })
}

/// A stream that begins with `first` and then passes ready frames on, with what `other` says in between. Ends with an error
/// of it, or when the frames end.
pub fn pass_on<N, F>(first: Bytes, frames: Receiver<Bytes>, other: N) -> impl Stream<Item = Result<Bytes, Error>>
where
    N: FnMut(News) -> F,
    F: Future<Output = Result<Bytes, Error>>,
{
    let state = (Some(first), frames, other, Instant::now() + BEAT);
    stream::unfold(state, |(first, mut frames, mut other, mut beat)| async move {
        if let Some(first) = first {
            return Some((Ok(first), (None, frames, other, beat)));
        }
        // The beat comes however much there is to say: it also asks whether the watcher may still watch.
        let news = match tokio::time::timeout_at(beat, frames.recv()).await {
            Ok(Ok(frame)) => return Some((Ok(frame), (None, frames, other, beat))),
            Ok(Err(RecvError::Lagged(_))) => News::Behind,
            Ok(Err(RecvError::Closed)) => return None,
            Err(_) => News::Beat,
        };
        if matches!(news, News::Beat) {
            beat = Instant::now() + BEAT;
        }
        match other(news).await {
            Ok(frame) => Some((Ok(frame), (None, frames, other, beat))),
            Err(error) => {
                tracing::debug!(%error, "a stream ends");
                None
            }
        }
    })
}

/// The next thing that matters; nothing when the server ends.
async fn wait(wakes: &mut Receiver<Wake>, concerns: &impl Fn(Wake) -> bool) -> Option<Reason> {
    let deadline = tokio::time::sleep(BEAT);
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            () = &mut deadline => return Some(Reason::Beat),
            wake = wakes.recv() => match wake {
                Ok(Wake::Everything) => return Some(Reason::Behind),
                Ok(wake) if concerns(wake) => return Some(Reason::Wake),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some(Reason::Behind),
                Err(RecvError::Closed) => return None,
            },
        }
    }
}

/// The response that carries a stream.
pub fn response(stream: impl Stream<Item = Result<Bytes, Error>> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream)
}
