//! Reading and changing the dishes: sold out, counted, renamed, priced anew.
//! Not here: for how long a dish is off sale (`hours`), the rows.

use leptos::prelude::*;
use okini_shared::api::shop::{BoardLine, EditItem, ItemEdit, ListStock, SetItemStock, SetStock, StockItem};
use okini_shared::id::ItemId;
use okini_shared::time::{MINUTE, Millis};

use super::super::live::Live;

impl Live {
    /// Reads the dishes anew; the old list stays until then.
    ///
    /// # Errors
    /// What to tell.
    pub(crate) async fn load_stock(self) -> Result<(), String> {
        let answer = self.session.call::<ListStock>(&[&self.facility.to_string()], &(), "").await;
        let stock = answer.map_err(|failure| self.t.failure(&failure).to_owned())?;
        self.stock.set(Some(stock.items));
        Ok(())
    }

    /// Marks a dish sold out, on sale, or counted.
    ///
    /// # Errors
    /// What to tell.
    pub(crate) async fn set_stock(self, item: ItemId, to: SetItemStock) -> Result<StockItem, String> {
        let path = [self.facility.to_string(), item.to_string()];
        let answer = self.session.call::<SetStock>(&path.each_ref().map(String::as_str), &to, "").await;
        answer.map(|item| self.keep(item)).map_err(|failure| self.t.failure(&failure).to_owned())
    }

    /// Changes a dish's words or prices.
    ///
    /// # Errors
    /// What to tell.
    pub(crate) async fn edit_item(self, item: ItemId, edit: &ItemEdit) -> Result<StockItem, String> {
        let path = [self.facility.to_string(), item.to_string()];
        let answer = self.session.call::<EditItem>(&path.each_ref().map(String::as_str), edit, "").await;
        answer.map(|item| self.keep(item)).map_err(|failure| self.t.failure(&failure).to_owned())
    }

    fn keep(self, item: StockItem) -> StockItem {
        self.stock.update(|stock| {
            if let Some(kept) = stock.iter_mut().flatten().find(|kept| kept.id == item.id) {
                kept.clone_from(&item);
            }
        });
        item
    }
}

/// The dishes of an order that can be marked sold out, each once.
pub(crate) fn dishes_of<'a>(lines: &[BoardLine], stock: &'a [StockItem]) -> Vec<&'a StockItem> {
    stock.iter().filter(|item| !item.sold_out && lines.iter().any(|line| line.item == item.id)).collect()
}

/// The mark of a dish as a request that brings it back.
pub(crate) fn mark_as_it_is(item: &StockItem, now: Millis) -> SetItemStock {
    let minutes = item.until.map(|until| (until.since(now) / MINUTE).clamp(1, 1440));
    SetItemStock { sold_out: Some(item.sold_out), minutes: minutes.filter(|_| item.sold_out), count: None }
}
