//! What the diner has chosen in a dish's sheet, and putting it into the cart.
//! Not here: the views of it (`options`).

use okini_shared::api::menu::{Menu, OptionGroup};
use okini_shared::api::order::CartLine;
use okini_shared::id::{GroupId, ItemId, OptionId};
use okini_shared::money::Yen;
use okini_shared::rules::cart::{MAX_QUANTITY, fits};
use okini_shared::rules::tax::Place;

use super::unit;
use crate::browser::element;
use crate::diner::state::Diner;
use crate::ui::State;

/// The choice in an open sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    item: ItemId,
    pub(super) options: State<Vec<OptionId>>,
    pub(super) quantity: State<i64>,
    pub(super) place: State<Place>,
    /// The first group whose answer is missing, once the diner tried to go on.
    pub(super) missing: State<Option<GroupId>>,
}

impl Choice {
    /// A required either-or begins with its first answer; everything else begins empty.
    pub(super) fn new(d: Diner, item: ItemId) -> Self {
        let now = d.now.get_untracked();
        let (options, takeout) = d.menu.with_untracked(|menu| {
            let first = |group: &OptionGroup| {
                let either_or = group.min == 1 && group.max == 1;
                group.options.iter().find(|option| either_or && !option.is_sold_out(now)).map(|option| option.id)
            };
            let takeout = menu.item(item).is_some_and(|item| item.takeout_price.is_some());
            (groups(menu, item).filter_map(first).collect(), takeout)
        });
        let place = if takeout { d.cart.with_untracked(|cart| cart.place) } else { Place::EatIn };
        Self {
            item,
            options: State::new(options),
            quantity: State::new(1),
            place: State::new(place),
            missing: State::new(None),
        }
    }

    /// Picks an answer, or takes it back.
    pub(super) fn pick(self, d: Diner, group: GroupId, option: OptionId, on: bool) {
        self.missing.set(None);
        d.menu.with_untracked(|menu| {
            let rivals = menu.group(group).filter(|group| group.max == 1).map(|group| &group.options);
            self.options.update(|options| {
                let rival = |id: &OptionId| rivals.is_some_and(|rivals| rivals.iter().any(|other| other.id == *id));
                options.retain(|one| *one != option && !rival(one));
                if on {
                    options.push(option);
                }
            });
        });
    }

    /// How many answers of a group are picked.
    pub(super) fn picks(self, group: &OptionGroup) -> usize {
        self.options.with(|options| group.options.iter().filter(|option| options.contains(&option.id)).count())
    }

    /// What all pieces cost.
    pub(super) fn amount(self, d: Diner) -> Option<Yen> {
        let unit = d.menu.with(|menu| self.options.with(|options| unit(menu, self.item, self.place.get(), options)));
        unit?.checked_mul(self.quantity.get())
    }

    /// Puts the choice into the cart and closes the sheet; or shows what is still to be chosen.
    pub(super) fn add(self, d: Diner) {
        let missing = d.menu.with_untracked(|menu| {
            groups(menu, self.item).find(|group| !fits(group, self.picks(group))).map(|group| group.id)
        });
        self.missing.set(missing);
        if let Some(group) = missing {
            if let Some(legend) = element(&group.to_string()) {
                drop(legend.focus());
            }
            return;
        }
        let (options, place) = (self.options.get_untracked(), self.place.get_untracked());
        let seen = d.menu.with_untracked(|menu| unit(menu, self.item, place, &options));
        let Some(seen) = seen else { return };
        let quantity = self.quantity.get_untracked().clamp(1, MAX_QUANTITY);
        d.refused.set(Vec::new());
        d.cart.update(|cart| cart.add(CartLine { item: self.item, options, quantity, place, seen }));
        d.spoken.set(d.t.cart_added(&d.name_of(self.item)));
        d.back_to_menu();
    }
}

fn groups(menu: &Menu, item: ItemId) -> impl Iterator<Item = &OptionGroup> {
    menu.item(item).into_iter().flat_map(|item| item.groups.iter().filter_map(|id| menu.group(*id)))
}
