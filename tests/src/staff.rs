//! What people in shops and their consortium do, in the words of tests: sign in, answer orders, mark dishes sold out.

use crate::client::Client;
use crate::fixture::{OFFICER, PASSWORD, STRANGER, Shop};
use crate::stage::Stage;
use okini_shared::api::order::Order;
use okini_shared::api::redress::{
    Concern, DecidedPayment, ListConcerns, ListRefunds, NewRefund, PaymentDecision, PaymentWay, RefundDecision,
    RefundOrder, RefundWay, ResolvePayment, ResolveRefund, ShopRefund,
};
use okini_shared::api::session::{Credentials, Session, SignIn};
use okini_shared::api::shop::{
    Accept, AcceptOrder, Board, BoardOrder, GetBoard, Move, MoveOrder, Refuse, RefuseOrder, SetItemStock, SetStock,
    StockItem,
};
use okini_shared::id::{FacilityId, ItemId, PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::problem::Problem;
use okini_shared::rules::order::{OrderState, RefusalReason};

/// Why staff move money in tests.
pub const REASON: &str = "お客さまと話しました";

/// Somebody who is signed in.
pub struct Staff {
    pub client: Client,
    pub session: Session,
    /// The facility in the paths.
    pub facility: FacilityId,
}

impl Client {
    /// Signs in and sends the token from now on.
    pub async fn sign_in(&self, user: &str, password: &str) -> Result<Session, Problem> {
        let credentials = Credentials { user: user.to_owned(), password: password.to_owned() };
        let session = self.call::<SignIn>(&[], &credentials).await?;
        self.set_bearer(Some(&session.access_token));
        Ok(session)
    }
}

impl Stage {
    /// The owner of a shop.
    pub async fn owner(&self, shop: &Shop) -> Staff {
        self.staff(&shop.owner, shop).await
    }

    /// An officer of the shops' consortium, at a shop.
    pub async fn officer(&self, shop: &Shop) -> Staff {
        self.staff(OFFICER, shop).await
    }

    /// An officer of another consortium, at a shop.
    pub async fn stranger(&self, shop: &Shop) -> Staff {
        self.staff(STRANGER, shop).await
    }

    /// Somebody in the kitchen of a shop.
    pub async fn kitchen(&self, shop: &Shop) -> Staff {
        self.staff(&shop.kitchen, shop).await
    }

    async fn staff(&self, user: &str, shop: &Shop) -> Staff {
        let client = self.client();
        let session = client.sign_in(user, PASSWORD).await.unwrap();
        Staff { client, session, facility: shop.id }
    }
}

impl Staff {
    /// The board.
    pub async fn board(&self) -> Board {
        self.client.call::<GetBoard>(&[&self.facility.to_string()], &()).await.unwrap()
    }

    /// Takes an order for the shop's usual wait.
    pub async fn accept(&self, order: &Order) -> Result<BoardOrder, Problem> {
        self.client.call::<AcceptOrder>(&self.about(order).each(), &Accept { minutes: None }).await
    }

    /// Refuses an order.
    pub async fn refuse(
        &self,
        order: &Order,
        reason: RefusalReason,
        text: Option<&str>,
    ) -> Result<BoardOrder, Problem> {
        let refuse = Refuse { reason, text: text.map(str::to_owned), sold_out: Vec::new() };
        self.client.call::<RefuseOrder>(&self.about(order).each(), &refuse).await
    }

    /// Moves an order on.
    pub async fn advance(&self, order: &Order, to: OrderState) -> Result<BoardOrder, Problem> {
        self.client.call::<MoveOrder>(&self.about(order).each(), &Move { to }).await
    }

    /// Changes what is on sale.
    pub async fn stock(&self, item: ItemId, set: SetItemStock) -> Result<StockItem, Problem> {
        self.client.call::<SetStock>(&[&self.facility.to_string(), &item.to_string()], &set).await
    }

    /// Gives back so many yen of what was paid, or all that is left.
    pub async fn give_back(&self, order: &Order, yen: Option<i64>) -> Result<ShopRefund, Problem> {
        let refund = NewRefund { amount: yen.map(Yen::new), reason: REASON.into() };
        self.client.call::<RefundOrder>(&self.about(order).each(), &refund).await
    }

    /// All refunds of an order.
    pub async fn refunds(&self, order: &Order) -> Vec<ShopRefund> {
        self.client.call::<ListRefunds>(&self.about(order).each(), &()).await.unwrap().refunds
    }

    /// What waits for somebody.
    pub async fn concerns(&self) -> Vec<Concern> {
        self.client.call::<ListConcerns>(&[&self.facility.to_string()], &()).await.unwrap().concerns
    }

    /// Decides about a stranded payment.
    pub async fn resolve_payment(&self, id: PaymentId, way: PaymentWay) -> Result<DecidedPayment, Problem> {
        let decision = PaymentDecision { way, reason: REASON.into() };
        self.client.call::<ResolvePayment>(&[&self.facility.to_string(), &id.to_string()], &decision).await
    }

    /// Decides about a refused refund.
    pub async fn resolve_refund(&self, id: RefundId, way: RefundWay) -> Result<ShopRefund, Problem> {
        let decision = RefundDecision { way, reason: REASON.into() };
        self.client.call::<ResolveRefund>(&[&self.facility.to_string(), &id.to_string()], &decision).await
    }

    /// A path below the shop's.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/shops/{}/{rest}", self.facility)
    }

    /// The parts of an order's path.
    pub fn about(&self, order: &Order) -> About {
        About(self.facility.to_string(), order.id.to_string())
    }
}

/// A facility and an order, as they stand in a path.
pub struct About(String, String);

impl About {
    /// Both.
    pub fn each(&self) -> [&str; 2] {
        [&self.0, &self.1]
    }
}
