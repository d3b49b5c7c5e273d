//! Running a shop: the board and what is done on it. Each handler names the permission it needs as an argument.

use super::body::Body;
use super::caller::{self, Owner, Staff, Viewer};
use super::feeds::{self, Feeds};
use super::orders::After;
use super::reply::Reply;
use super::sse::{self, News};
use crate::domain::{board, kitchen, proof, stock};
use crate::error::Error;
use crate::state::App;
use actix_web::{HttpResponse, web};
use okini_shared::api::proof::GetShopProof;
use okini_shared::api::shop::{
    Accept, AcceptOrder, BoardEvent, EditItem, GetBoard, ItemEdit, ListOrders, ListStock, Move, MoveOrder, OpenShop,
    Promise, PromiseOrder, Refuse, RefuseOrder, RotateSeat, SetItemStock, SetOpen, SetStock,
};
use okini_shared::id::{ItemId, OrderId};
use okini_shared::problem::Code;
use std::sync::Arc;

/// Beats between looks whether the session goes on: a quarter of a minute.
const LOOK_EVERY: u32 = 3;

type OrderPath = web::Path<(String, String)>;

pub(super) async fn board(app: web::Data<App>, staff: Staff) -> Result<Reply<GetBoard>, Error> {
    Ok(Reply::new(board::board(&app, staff.facility).await?))
}

pub(super) async fn proof(app: web::Data<App>, staff: Staff) -> Result<Reply<GetShopProof>, Error> {
    Ok(Reply::new(proof::of_shop(&app, staff.facility)))
}

pub(super) async fn watch(app: web::Data<App>, feeds: web::Data<Feeds>, staff: Staff) -> Result<HttpResponse, Error> {
    let app = app.into_inner();
    let feed = feeds.of(&app, staff.facility);
    let frames = feed.watch();
    let first = feed.whole().await?;
    let Staff { session, facility, .. } = staff;
    let mut beats = 0_u32;
    Ok(sse::response(sse::pass_on(first, frames, move |news| {
        let (app, feed) = (Arc::clone(&app), Arc::clone(&feed));
        beats = beats.wrapping_add(u32::from(matches!(news, News::Beat)));
        let look = beats.is_multiple_of(LOOK_EVERY);
        async move {
            match news {
                News::Behind => feed.whole().await,
                News::Beat if look && !caller::still_signed_in(&app, session, facility).await? => {
                    Err(Code::SignInNeeded.into())
                }
                News::Beat => feeds::frame(&BoardEvent::Beat { now: app.clock.now() }),
            }
        }
    })))
}

fn target(staff: &Staff, path: &OrderPath) -> Result<kitchen::Target, Error> {
    let order: OrderId = path.1.parse().map_err(|_| Error::from(Code::NotFound))?;
    Ok(kitchen::Target { facility: staff.facility, order, account: staff.account })
}

pub(super) async fn accept(
    app: web::Data<App>,
    staff: Staff,
    path: OrderPath,
    Body(accept): Body<Accept>,
) -> Result<Reply<AcceptOrder>, Error> {
    let target = target(&staff, &path)?;
    Ok(Reply::new(kitchen::act(&app.into_inner(), target, kitchen::Act::Accept(accept)).await?))
}

pub(super) async fn refuse(
    app: web::Data<App>,
    staff: Staff,
    path: OrderPath,
    Body(refuse): Body<Refuse>,
) -> Result<Reply<RefuseOrder>, Error> {
    let target = target(&staff, &path)?;
    Ok(Reply::new(kitchen::act(&app.into_inner(), target, kitchen::Act::Refuse(refuse)).await?))
}

pub(super) async fn advance(
    app: web::Data<App>,
    staff: Staff,
    path: OrderPath,
    Body(to): Body<Move>,
) -> Result<Reply<MoveOrder>, Error> {
    let target = target(&staff, &path)?;
    Ok(Reply::new(kitchen::act(&app.into_inner(), target, kitchen::Act::Move(to)).await?))
}

pub(super) async fn promise(
    app: web::Data<App>,
    staff: Staff,
    path: OrderPath,
    Body(promise): Body<Promise>,
) -> Result<Reply<PromiseOrder>, Error> {
    let target = target(&staff, &path)?;
    Ok(Reply::new(kitchen::act(&app.into_inner(), target, kitchen::Act::Promise(promise)).await?))
}

pub(super) async fn orders(
    app: web::Data<App>,
    viewer: Viewer,
    page: web::Query<After>,
) -> Result<Reply<ListOrders>, Error> {
    Ok(Reply::new(board::list(&app, viewer.facility, page.after.as_deref()).await?))
}

pub(super) async fn stock(app: web::Data<App>, staff: Staff) -> Result<Reply<ListStock>, Error> {
    Ok(Reply::new(stock::list(&app, staff.facility).await?))
}

fn item(path: &web::Path<(String, String)>) -> Result<ItemId, Error> {
    path.1.parse().map_err(|_| Code::NotFound.into())
}

pub(super) async fn set_stock(
    app: web::Data<App>,
    staff: Staff,
    path: web::Path<(String, String)>,
    Body(set): Body<SetItemStock>,
) -> Result<Reply<SetStock>, Error> {
    let target = stock::Target { facility: staff.facility, item: item(&path)?, account: staff.account };
    Ok(Reply::new(stock::change(&app.into_inner(), target, stock::Change::Stock(set)).await?))
}

pub(super) async fn edit_item(
    app: web::Data<App>,
    owner: Owner,
    path: web::Path<(String, String)>,
    Body(edit): Body<ItemEdit>,
) -> Result<Reply<EditItem>, Error> {
    let target = stock::Target { facility: owner.facility, item: item(&path)?, account: owner.account };
    Ok(Reply::new(stock::change(&app.into_inner(), target, stock::Change::Edit(edit)).await?))
}

pub(super) async fn set_open(
    app: web::Data<App>,
    staff: Staff,
    Body(open): Body<OpenShop>,
) -> Result<Reply<SetOpen>, Error> {
    let app = app.into_inner();
    Ok(Reply::new(board::set_open(&app, staff.facility, staff.account, open.taking_orders).await?))
}

pub(super) async fn rotate_seat(
    app: web::Data<App>,
    owner: Owner,
    path: web::Path<(String, String)>,
) -> Result<Reply<RotateSeat>, Error> {
    let (_, label) = path.into_inner();
    Ok(Reply::new(stock::rotate_seat(&app.into_inner(), owner.facility, label, owner.account).await?))
}
