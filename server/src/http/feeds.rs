//! One feed for each facility whose board is open: it makes every frame once, and all its boards send the same bytes.
//! What a frame says belongs to `domain::board`.

use super::sse;
use crate::domain::board;
use crate::error::Error;
use crate::events::stream::Wake;
use crate::state::App;
use actix_web::web::Bytes;
use okini_shared::api::shop::BoardEvent;
use okini_shared::id::FacilityId;
use okini_shared::time::{Millis, SECOND};
use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, PoisonError, Weak};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, broadcast};

/// Frames that a slow board may be behind; beyond it gets the whole board.
const BEHIND: usize = 256;
/// The whole board says what time it is, so it is not kept for longer.
const OLDEST: i64 = SECOND;

/// The feeds of boards that are open.
#[derive(Default)]
pub struct Feeds(Lock<HashMap<FacilityId, Weak<Feed>>>);

/// What the boards of one facility are sent.
pub(super) struct Feed {
    app: Arc<App>,
    facility: FacilityId,
    frames: broadcast::Sender<Bytes>,
    whole: Mutex<Option<(Millis, Bytes)>>,
}

/// A board's event in wire form.
pub(super) fn frame(event: &BoardEvent) -> Result<Bytes, Error> {
    let name = match event {
        BoardEvent::Board(_) => "board",
        BoardEvent::Order(_) => "order",
        BoardEvent::Shop(_) => "shop",
        BoardEvent::Beat { .. } => "beat",
    };
    sse::frame(name, event)
}

impl Feeds {
    /// The feed of a facility; it ends when the last board lets go of it.
    pub(super) fn of(&self, app: &Arc<App>, facility: FacilityId) -> Arc<Feed> {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&facility).and_then(Weak::upgrade) {
            return feed;
        }
        feeds.retain(|_, feed| feed.strong_count() > 0);
        let feed = Arc::new(Feed {
            app: Arc::clone(app),
            facility,
            frames: broadcast::channel(BEHIND).0,
            whole: Mutex::default(),
        });
        feeds.insert(facility, Arc::downgrade(&feed));
        tokio::spawn(run(Arc::downgrade(&feed), app.hub.watch(), facility));
        feed
    }
}

impl Feed {
    /// From now on all frames.
    pub(super) fn watch(&self) -> broadcast::Receiver<Bytes> {
        self.frames.subscribe()
    }

    /// The whole board, read once for all who ask before it changes. Ask after `watch`, so that nothing falls in between.
    pub(super) async fn whole(&self) -> Result<Bytes, Error> {
        let mut whole = self.whole.lock().await;
        let now = self.app.clock.now();
        if let Some((read_at, frame)) = &*whole
            && (0..OLDEST).contains(&now.since(*read_at))
        {
            return Ok(frame.clone());
        }
        let frame = frame(&BoardEvent::Board(board::board(&self.app, self.facility).await?))?;
        *whole = Some((now, frame.clone()));
        Ok(frame)
    }

    async fn pass_on(&self, wake: Option<Wake>) -> Result<(), Error> {
        *self.whole.lock().await = None;
        let frame = match wake {
            Some(Wake::Order { order, .. }) => match board::board_order(&self.app, self.facility, order).await? {
                Some(order) => frame(&BoardEvent::Order(order))?,
                None => return Ok(()),
            },
            Some(_) => frame(&BoardEvent::Shop(board::state(&self.app, self.facility).await?))?,
            None => self.whole().await?,
        };
        // Nobody there is no error.
        let _ = self.frames.send(frame);
        Ok(())
    }
}

/// Makes frames of wakes until the last board is gone or the server ends.
async fn run(feed: Weak<Feed>, mut wakes: broadcast::Receiver<Wake>, facility: FacilityId) {
    loop {
        let wake = match wakes.recv().await {
            Ok(Wake::Everything) | Err(RecvError::Lagged(_)) => None,
            Ok(wake) if wake.facility() == Some(facility) && !matches!(wake, Wake::Menu { .. }) => Some(wake),
            Ok(_) if feed.strong_count() > 0 => continue,
            Ok(_) | Err(RecvError::Closed) => return,
        };
        let Some(feed) = feed.upgrade() else { return };
        if let Err(error) = feed.pass_on(wake).await {
            tracing::error!(%error, "a board was not told");
        }
    }
}
