//! A list that mostly has one item.

use std::fmt;
use std::iter::Chain;
use std::ops::{Deref, DerefMut};
use std::{option, slice, vec};

/// Items in order, of which there mostly is one: that one lies in the list itself and needs no memory of its own.
///
/// It reads as a slice does.
///
/// ```
/// use carewire_mapping::syntax::Few;
///
/// let mut words = Few::from(["name"]);
/// words.push("given");
/// assert_eq!(words.join("."), "name.given");
/// ```
#[derive(Clone)]
pub struct Few<T>(Items<T>);

#[derive(Clone)]
enum Items<T> {
    One([T; 1]),
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// Adds an item behind the others.
    pub fn push(&mut self, item: T) {
        match &mut self.0 {
            Items::Many(all) if all.capacity() == 0 => self.0 = Items::One([item]),
            Items::Many(all) => all.push(item),
            Items::One(_) => {
                if let Items::One([first]) = std::mem::replace(&mut self.0, Items::Many(Vec::new())) {
                    self.0 = Items::Many(vec![first, item]);
                }
            }
        }
    }
}

impl<T> Few<T> {
    /// Gives each item away, in order.
    pub(crate) fn each(self, mut take: impl FnMut(T)) {
        match self.0 {
            Items::One([one]) => take(one),
            Items::Many(all) => all.into_iter().for_each(take),
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Items::Many(Vec::new()))
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.0 {
            Items::One(one) => one,
            Items::Many(all) => all,
        }
    }
}

impl<T> DerefMut for Few<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Items::One(one) => one,
            Items::Many(all) => all,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&**self).finish()
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T> From<[T; 1]> for Few<T> {
    fn from(one: [T; 1]) -> Self {
        Self(Items::One(one))
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(all: Vec<T>) -> Self {
        Self(Items::Many(all))
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut few = Self::default();
        few.extend(items);
        few
    }
}

impl<T> Extend<T> for Few<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = Chain<option::IntoIter<T>, vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        let (one, all) = match self.0 {
            Items::One([one]) => (Some(one), Vec::new()),
            Items::Many(all) => (None, all),
        };
        one.into_iter().chain(all)
    }
}

impl<'f, T> IntoIterator for &'f Few<T> {
    type Item = &'f T;
    type IntoIter = slice::Iter<'f, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Few;

    #[test]
    fn items_keep_their_order_however_many_they_are() {
        for count in 0..4 {
            let few: Few<usize> = (0..count).collect();
            let all: Vec<usize> = (0..count).collect();
            assert_eq!(*few, *all);
            assert_eq!(few, Few::from(all.clone()));
            assert_eq!(few.into_iter().collect::<Vec<_>>(), all);
        }
        let mut one = Few::from([1]);
        one.iter_mut().for_each(|item| *item += 1);
        one.push(3);
        assert_eq!(format!("{one:?}"), "[2, 3]");
    }
}
