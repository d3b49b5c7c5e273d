//! Running a shop: the board and what is done on it. Each handler names the permission it needs as an argument.

use super::body::Body;
use super::caller::{self, Owner, Staff};
use super::orders::After;
use super::reply::Reply;
use super::sse::{self, Reason};
use crate::domain::{board, kitchen, stock};
use crate::error::Error;
use crate::events::stream::Wake;
use crate::state::App;
use actix_web::{HttpRequest, HttpResponse, web};
use okini_shared::api::shop::{
    Accept, AcceptOrder, BoardEvent, EditItem, GetBoard, ItemEdit, ListOrders, ListStock, Move, MoveOrder, OpenShop,
    Promise, PromiseOrder, Refuse, RefuseOrder, RotateSeat, SetItemStock, SetOpen, SetStock,
};
use okini_shared::id::{FacilityId, ItemId, OrderId};
use okini_shared::problem::Code;

type OrderPath = web::Path<(String, String)>;

pub(super) async fn board(app: web::Data<App>, staff: Staff) -> Result<Reply<GetBoard>, Error> {
    Ok(Reply::new(board::board(&app, staff.facility).await?))
}

pub(super) async fn watch(request: HttpRequest, app: web::Data<App>, staff: Staff) -> Result<HttpResponse, Error> {
    let facility = staff.facility;
    let wakes = app.hub.watch();
    let first = frame(&BoardEvent::Board(board::board(&app, facility).await?))?;
    let concerns = move |wake: Wake| wake.facility() == Some(facility) && !matches!(wake, Wake::Menu { .. });
    Ok(sse::response(sse::watch(first, wakes, concerns, move |reason| {
        let (app, request) = (app.clone(), request.clone());
        async move { next(&app, &request, facility, reason).await }
    })))
}

fn frame(event: &BoardEvent) -> Result<web::Bytes, Error> {
    let name = match event {
        BoardEvent::Board(_) => "board",
        BoardEvent::Order(_) => "order",
        BoardEvent::Shop(_) => "shop",
        BoardEvent::Beat { .. } => "beat",
    };
    sse::frame(name, event)
}

async fn next(
    app: &App,
    request: &HttpRequest,
    facility: FacilityId,
    reason: Reason,
) -> Result<Option<web::Bytes>, Error> {
    let event = match reason {
        Reason::Wake(Wake::Order { order, .. }) => match board::board_order(app, facility, order).await? {
            Some(order) => BoardEvent::Order(order),
            None => return Ok(None),
        },
        Reason::Wake(_) => BoardEvent::Shop(board::state(app, facility).await?),
        Reason::Behind => BoardEvent::Board(board::board(app, facility).await?),
        Reason::Beat if caller::still_signed_in(request).await => BoardEvent::Beat { now: app.clock.now() },
        Reason::Beat => return Err(Code::SignInNeeded.into()),
    };
    frame(&event).map(Some)
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
    staff: Staff,
    page: web::Query<After>,
) -> Result<Reply<ListOrders>, Error> {
    Ok(Reply::new(board::list(&app, staff.facility, page.after.as_deref()).await?))
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
