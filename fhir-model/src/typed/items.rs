use alloc::boxed::Box;
use alloc::vec::{self, Vec};
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::slice;

/// The values of an element that repeats: as a `Vec`, in 16 bytes, and none or one of them without its slack.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::{FhirString, HumanName, Items};
/// let mut name = HumanName { given: ["Peter".into()].into(), ..Default::default() };
/// name.given.push("James".into());
/// assert_eq!(name.given, [FhirString::from("Peter"), "James".into()]);
/// let none: Items<HumanName> = Items::new();
/// assert!(none.first().is_none());
/// ```
pub struct Items<T>(Repr<T>);

/// `Many` has two values or more once it is filled, so that `Empty` is the one way to be empty.
enum Repr<T> {
    Empty,
    One(Box<T>),
    #[expect(clippy::box_collection, reason = "sixteen bytes for the list, not thirty-two")]
    Many(Box<Vec<T>>),
}

impl<T> Items<T> {
    /// No value.
    pub const fn new() -> Self {
        Self(Repr::Empty)
    }

    /// The values.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        match &self.0 {
            Repr::Empty => &[],
            Repr::One(one) => slice::from_ref(one),
            Repr::Many(many) => many,
        }
    }

    /// The values, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match &mut self.0 {
            Repr::Empty => &mut [],
            Repr::One(one) => slice::from_mut(one),
            Repr::Many(many) => many,
        }
    }

    /// Appends a value.
    pub fn push(&mut self, value: T) {
        self.put(value, 1);
    }

    /// Whether there are none, told without looking at them.
    #[inline]
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self.0, Repr::Empty)
    }

    /// Appends a value of as many as `hint` in all, and gives it.
    #[inline(never)]
    pub(crate) fn put(&mut self, value: T, hint: usize) -> Option<&mut T> {
        match &mut self.0 {
            Repr::Many(many) => many.push(value),
            Repr::Empty if hint <= 1 => self.0 = Repr::One(Box::new(value)),
            before => {
                let mut many = Vec::with_capacity(hint.max(2));
                if let Repr::One(one) = core::mem::replace(before, Repr::Empty) {
                    many.push(*one);
                }
                many.push(value);
                self.0 = Repr::Many(Box::new(many));
            }
        }
        self.as_mut_slice().last_mut()
    }

    /// Puts a value before the one at `index`; at the end if there are not as many.
    pub fn insert(&mut self, index: usize, value: T) {
        self.edit(|all| all.insert(index.min(all.len()), value));
    }

    /// Takes out the value at `index`.
    pub fn remove(&mut self, index: usize) -> Option<T> {
        self.edit(|all| (index < all.len()).then(|| all.remove(index)))
    }

    /// Takes out the last value.
    pub fn pop(&mut self) -> Option<T> {
        self.edit(Vec::pop)
    }

    /// Takes out all values.
    pub fn clear(&mut self) {
        self.0 = Repr::Empty;
    }

    /// Keeps the first `length` values.
    pub fn truncate(&mut self, length: usize) {
        self.edit(|all| all.truncate(length));
    }

    /// Keeps the values that `keep` says yes to.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.edit(|all| all.retain(keep));
    }

    /// The values as a `Vec`.
    pub fn into_vec(mut self) -> Vec<T> {
        match core::mem::replace(&mut self.0, Repr::Empty) {
            Repr::Empty => Vec::new(),
            Repr::One(one) => vec![*one],
            Repr::Many(many) => *many,
        }
    }

    fn edit<R>(&mut self, change: impl FnOnce(&mut Vec<T>) -> R) -> R {
        let mut all = core::mem::take(self).into_vec();
        let result = change(&mut all);
        *self = all.into();
        result
    }
}

impl<T> Drop for Items<T> {
    #[inline]
    fn drop(&mut self) {
        if !matches!(self.0, Repr::Empty) {
            release(core::mem::replace(&mut self.0, Repr::Empty));
        }
    }
}

/// Drops a value. It cannot unwind, as its ABI says: otherwise what holds a list is compiled twice, for the case
/// that dropping it panics and for the other. That is a third of what the typed structs take to compile.
#[inline(never)]
pub(super) extern "C" fn release<T>(value: T) {
    drop(value);
}

impl<T: Clone> Clone for Items<T> {
    fn clone(&self) -> Self {
        self.as_slice().to_vec().into()
    }
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for Items<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T> DerefMut for Items<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.as_mut_slice()
    }
}

impl<T> From<Vec<T>> for Items<T> {
    fn from(mut values: Vec<T>) -> Self {
        if values.len() > 1 {
            return Self(Repr::Many(Box::new(values)));
        }
        let one = values.pop().map(Box::new);
        Self(one.map_or(Repr::Empty, Repr::One))
    }
}

impl<T> From<T> for Items<T> {
    fn from(value: T) -> Self {
        Self(Repr::One(Box::new(value)))
    }
}

impl<T, const N: usize> From<[T; N]> for Items<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<T> FromIterator<T> for Items<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Extend<T> for Items<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        self.edit(|all| all.extend(values));
    }
}

impl<T> IntoIterator for Items<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Items<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Items<T> {
    type Item = &'a mut T;
    type IntoIter = slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: PartialEq> PartialEq for Items<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Eq> Eq for Items<T> {}

impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for Items<T> {
    fn eq(&self, other: &[T; N]) -> bool {
        self.as_slice() == other
    }
}

impl<T: fmt::Debug> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_what_a_vec_does() {
        let mut items: Items<u32> = Items::new();
        let mut vec = Vec::new();
        for step in 0..200_u32 {
            let at = (step as usize * 7) % (vec.len() + 1);
            match step % 7 {
                0..=2 => {
                    items.push(step);
                    vec.push(step);
                }
                3 => {
                    items.insert(at, step);
                    vec.insert(at, step);
                }
                4 => {
                    let taken = (at < vec.len()).then(|| vec.remove(at));
                    assert_eq!(items.remove(at), taken);
                }
                5 if step % 3 == 0 => assert_eq!(items.pop(), vec.pop()),
                _ if step % 29 == 0 => {
                    items.clear();
                    vec.clear();
                }
                _ => {
                    items.retain(|one| one % 5 != 0);
                    vec.retain(|one| one % 5 != 0);
                }
            }
            assert_eq!(items.as_slice(), vec);
            assert_eq!(items.clone().into_vec(), vec);
        }
        assert_eq!(items.remove(10_000), None);
        items.extend([1, 2]);
        items.truncate(1);
        assert_eq!(items.len(), 1);
    }

    #[test]
    fn it_takes_sixteen_bytes() {
        assert_eq!(size_of::<Items<[u8; 400]>>(), 16);
    }
}
