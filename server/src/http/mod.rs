//! The route table: one line an endpoint, grouped by who calls it. Handlers only extract, call the domain and answer;
//! what every request goes through (pace, headers, logging) is in `middleware`.

mod assets;
mod body;
mod caller;
mod campaigns;
mod consortia;
mod coupons;
mod feeds;
mod hooks;
mod kept;
mod menus;
mod middleware;
mod openapi;
mod orders;
mod pace;
mod pages;
mod policy;
mod qr;
mod receipts;
mod redress;
mod reply;
mod routes;
mod sessions;
mod settlements;
mod shops;
mod sse;
mod system;
mod wallets;
mod webhooks;

pub use assets::Assets;
pub use body::{json_limits, query_limits};
pub use feeds::Feeds;
pub use kept::Kept;
pub use middleware::observe;
pub use openapi::document;
pub use pace::Paces;
pub use system::install_metrics;

use caller::{Officer, Owner, Steward};
use okini_shared::api::{
    campaign, consortium, coupon, menu, order, proof, receipt, redress as money, session, settlement, shop, webhook,
};
use routes::Routes;

/// Everything the server answers.
pub(crate) fn routes() -> Routes {
    let mut routes = Routes::default();
    guests(&mut routes);
    staff(&mut routes);
    systems(&mut routes);
    routes
}

fn guests(routes: &mut Routes) {
    // Everybody: menus and QR codes.
    routes.stream::<menu::GetMenu, _, _>(menus::get);
    routes.stream::<menu::WatchMenu, _, _>(menus::watch);
    routes.stream::<menu::FacilityQrSvg, _, _>(qr::facility_svg);
    routes.stream::<menu::FacilityQrPng, _, _>(qr::facility_png);
    routes.stream::<menu::SeatQrSvg, _, _>(qr::seat_svg);
    routes.stream::<menu::SeatQrPng, _, _>(qr::seat_png);
    // Diners: ordering and paying.
    routes.add::<order::PlaceOrder, _, _>(orders::place);
    routes.add::<order::ListMyOrders, _, _>(orders::mine);
    routes.add::<order::GetOrder, _, _>(orders::get);
    routes.add::<proof::GetProof, _, _>(orders::proof);
    routes.stream::<order::WatchOrder, _, _>(orders::watch);
    routes.add::<order::StartPayment, _, _>(orders::pay);
    routes.add::<order::CancelOrder, _, _>(orders::cancel);
    // Papers of what was paid.
    routes.add::<receipt::GetReceipt, _, _>(receipts::get);
    routes.stream::<receipt::ReceiptPdf, _, _>(receipts::pdf);
    routes.add::<receipt::ListReceipts, _, _>(receipts::list);
    // Diners: coupons.
    routes.add::<coupon::GetWallet, _, _>(coupons::wallet);
    routes.add::<coupon::ListPastCoupons, _, _>(coupons::past);
    routes.add::<coupon::ClaimCoupon, _, _>(coupons::claim);
    routes.add::<coupon::EnterCode, _, _>(coupons::enter);
    routes.add::<coupon::StartTransfer, _, _>(coupons::start_transfer);
}

fn staff(routes: &mut Routes) {
    // People who sign in.
    routes.add::<session::SignIn, _, _>(sessions::sign_in);
    routes.add::<session::RefreshSession, _, _>(sessions::refresh);
    routes.add::<session::SignOut, _, _>(sessions::sign_out);
    // Shops: the board, orders, what is on sale.
    routes.add::<shop::GetBoard, _, _>(shops::board);
    routes.stream::<shop::WatchBoard, _, _>(shops::watch);
    routes.add::<proof::GetShopProof, _, _>(shops::proof);
    routes.add::<shop::AcceptOrder, _, _>(shops::accept);
    routes.add::<shop::RefuseOrder, _, _>(shops::refuse);
    routes.add::<shop::MoveOrder, _, _>(shops::advance);
    routes.add::<shop::PromiseOrder, _, _>(shops::promise);
    routes.add::<shop::ListOrders, _, _>(shops::orders);
    routes.add::<shop::ListStock, _, _>(shops::stock);
    routes.add::<shop::SetStock, _, _>(shops::set_stock);
    routes.add::<shop::EditItem, _, _>(shops::edit_item);
    routes.add::<shop::SetOpen, _, _>(shops::set_open);
    routes.add::<shop::RotateSeat, _, _>(shops::rotate_seat);
    // Shops: money that has to be put right.
    routes.add::<money::RefundOrder, _, _>(redress::refund);
    routes.add::<money::ListRefunds, _, _>(redress::refunds);
    routes.add::<money::ListConcerns, _, _>(redress::concerns);
    routes.add::<money::ResolvePayment, _, _>(redress::resolve_payment);
    routes.add::<money::ResolveRefund, _, _>(redress::resolve_refund);
    issuers(routes);
    // Consortia: all their facilities together.
    routes.add::<consortium::ListFacilities, _, _>(consortia::facilities);
    routes.add::<consortium::ListAllConcerns, _, _>(consortia::concerns);
    routes.add::<consortium::ListAccounts, _, _>(consortia::accounts);
    // Shops and consortia: what is left of what came in.
    routes.add::<settlement::GetSettlement, _, _>(settlements::sums::<_, Steward>);
    routes.add::<settlement::ListSettlementLines, _, _>(settlements::lines::<_, Steward>);
    routes.stream::<settlement::SettlementFile, _, _>(settlements::file::<settlement::SettlementFile, Steward>);
    routes.add::<consortium::GetConsortiumSettlement, _, _>(settlements::sums::<_, Officer>);
    routes.add::<consortium::ListConsortiumSettlementLines, _, _>(settlements::lines::<_, Officer>);
    routes.stream::<consortium::ConsortiumSettlementFile, _, _>(
        settlements::file::<consortium::ConsortiumSettlementFile, Officer>,
    );
}

/// Shops and consortia: what they promise.
fn issuers(routes: &mut Routes) {
    routes.add::<campaign::ListCampaigns, _, _>(campaigns::list::<_, Owner>);
    routes.add::<campaign::AddCampaign, _, _>(campaigns::add::<_, Owner>);
    routes.add::<campaign::GetCampaign, _, _>(campaigns::get::<_, Owner>);
    routes.add::<campaign::ChangeCampaign, _, _>(campaigns::change::<_, Owner>);
    routes.add::<campaign::RehearseCampaign, _, _>(campaigns::rehearse::<_, Owner>);
    routes.add::<campaign::PublishCampaign, _, _>(campaigns::publish::<_, Owner>);
    routes.add::<campaign::PauseCampaign, _, _>(campaigns::pause::<_, Owner>);
    routes.add::<campaign::ResumeCampaign, _, _>(campaigns::resume::<_, Owner>);
    routes.add::<campaign::EndCampaign, _, _>(campaigns::end::<_, Owner>);
    routes.add::<campaign::ReplaceCampaign, _, _>(campaigns::replace::<_, Owner>);
    routes.add::<campaign::GetCampaignFigures, _, _>(campaigns::figures::<_, Owner>);
    routes.add::<campaign::CheckLedger, _, _>(campaigns::check_ledger::<_, Owner>);
    routes.stream::<campaign::MakeCodes, _, _>(campaigns::codes::<campaign::MakeCodes, Owner>);
    routes.add::<campaign::ListConsortiumCampaigns, _, _>(campaigns::list::<_, Officer>);
    routes.add::<campaign::AddConsortiumCampaign, _, _>(campaigns::add::<_, Officer>);
    routes.add::<campaign::GetConsortiumCampaign, _, _>(campaigns::get::<_, Officer>);
    routes.add::<campaign::ChangeConsortiumCampaign, _, _>(campaigns::change::<_, Officer>);
    routes.add::<campaign::RehearseConsortiumCampaign, _, _>(campaigns::rehearse::<_, Officer>);
    routes.add::<campaign::PublishConsortiumCampaign, _, _>(campaigns::publish::<_, Officer>);
    routes.add::<campaign::PauseConsortiumCampaign, _, _>(campaigns::pause::<_, Officer>);
    routes.add::<campaign::ResumeConsortiumCampaign, _, _>(campaigns::resume::<_, Officer>);
    routes.add::<campaign::EndConsortiumCampaign, _, _>(campaigns::end::<_, Officer>);
    routes.add::<campaign::ReplaceConsortiumCampaign, _, _>(campaigns::replace::<_, Officer>);
    routes.add::<campaign::GetConsortiumCampaignFigures, _, _>(campaigns::figures::<_, Officer>);
    routes.add::<campaign::CheckConsortiumLedger, _, _>(campaigns::check_ledger::<_, Officer>);
    routes.stream::<campaign::MakeConsortiumCodes, _, _>(campaigns::codes::<campaign::MakeConsortiumCodes, Officer>);
}

fn systems(routes: &mut Routes) {
    // Other systems that are told what happens.
    routes.add::<webhook::ListWebhooks, _, _>(webhooks::list::<_, Owner>);
    routes.add::<webhook::AddWebhook, _, _>(webhooks::add::<_, Owner>);
    routes.add::<webhook::ChangeWebhook, _, _>(webhooks::change::<_, Owner>);
    routes.add::<webhook::RemoveWebhook, _, _>(webhooks::remove::<_, Owner>);
    routes.add::<webhook::RotateWebhook, _, _>(webhooks::rotate::<_, Owner>);
    routes.add::<webhook::TestWebhook, _, _>(webhooks::test::<_, Owner>);
    routes.add::<webhook::ListDeliveries, _, _>(webhooks::deliveries::<_, Owner>);
    routes.add::<webhook::ReplayDelivery, _, _>(webhooks::replay::<_, Owner>);
    routes.add::<consortium::ListConsortiumWebhooks, _, _>(webhooks::list::<_, Officer>);
    routes.add::<consortium::AddConsortiumWebhook, _, _>(webhooks::add::<_, Officer>);
    routes.add::<consortium::ChangeConsortiumWebhook, _, _>(webhooks::change::<_, Officer>);
    routes.add::<consortium::RemoveConsortiumWebhook, _, _>(webhooks::remove::<_, Officer>);
    routes.add::<consortium::RotateConsortiumWebhook, _, _>(webhooks::rotate::<_, Officer>);
    routes.add::<consortium::TestConsortiumWebhook, _, _>(webhooks::test::<_, Officer>);
    routes.add::<consortium::ListConsortiumDeliveries, _, _>(webhooks::deliveries::<_, Officer>);
    routes.add::<consortium::ReplayConsortiumDelivery, _, _>(webhooks::replay::<_, Officer>);
    routes.add::<webhook::ListMessageKinds, _, _>(webhooks::kinds);
    // Providers.
    routes.stream::<system::Notify, _, _>(hooks::notify);
    // The server itself.
    routes.stream::<system::Health, _, _>(system::health);
    routes.stream::<system::Metrics, _, _>(system::metrics);
    routes.stream::<system::OpenApi, _, _>(openapi::serve);
    routes.stream::<system::ProblemPage, _, _>(system::problem_page);
}
