use alloc::boxed::Box;
use alloc::vec::{self, Vec};
use core::fmt;
use core::mem::{self, ManuallyDrop};
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
///
/// What it holds is dropped by hand: see `release` below.
pub struct Items<T>(ManuallyDrop<Repr<T>>);

/// `Many` has two values or more once it is filled, so that `Empty` is the one way to be empty.
enum Repr<T> {
    Empty,
    /// As an array, for what it holds is dropped in one way with what `Many` holds.
    One(Box<[T; 1]>),
    #[expect(clippy::box_collection, reason = "sixteen bytes for the list, not thirty-two")]
    Many(Box<Vec<T>>),
}

impl<T> Items<T> {
    /// No value.
    pub const fn new() -> Self {
        Self::of(Repr::Empty)
    }

    const fn of(repr: Repr<T>) -> Self {
        Self(ManuallyDrop::new(repr))
    }

    /// The values.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        match &*self.0 {
            Repr::Empty => &[],
            Repr::One(one) => &**one,
            Repr::Many(many) => many,
        }
    }

    /// The values, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match &mut *self.0 {
            Repr::Empty => &mut [],
            Repr::One(one) => &mut **one,
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
        matches!(*self.0, Repr::Empty)
    }

    /// As [`Items::as_slice`], compiled once a type.
    #[inline(never)]
    pub(crate) fn shared_slice(&self) -> &[T] {
        self.as_slice()
    }

    /// Appends a value of as many as `hint` in all.
    pub(crate) fn put(&mut self, value: T, hint: usize) {
        if let Repr::Many(many) = &mut *self.0 {
            return many.push(value);
        }
        if hint <= 1 && self.is_blank() {
            *self = value.into();
            return;
        }
        let mut many = Vec::with_capacity(hint.max(2));
        many.extend(mem::take(self));
        many.push(value);
        self.0 = ManuallyDrop::new(Repr::Many(Box::new(many)));
    }

    /// Gives back room that is not needed.
    pub(crate) fn fit(&mut self) {
        if let Repr::Many(many) = &mut *self.0 {
            many.shrink_to_fit();
        }
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
        *self = Self::new();
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
        self.take()
    }

    /// Takes out what it holds.
    #[inline]
    fn take(&mut self) -> Vec<T> {
        match ManuallyDrop::into_inner(mem::replace(&mut self.0, ManuallyDrop::new(Repr::Empty))) {
            Repr::Empty => Vec::new(),
            Repr::One(one) => (one as Box<[T]>).into_vec(),
            Repr::Many(many) => *many,
        }
    }

    fn edit<R>(&mut self, change: impl FnOnce(&mut Vec<T>) -> R) -> R {
        let mut all = mem::take(self).into_vec();
        let result = change(&mut all);
        *self = all.into();
        result
    }
}

impl<T: Default> Items<T> {
    /// Appends a blank value of as many as `hint` in all, or so far, and gives it. `None` if there are more than there were
    /// to be.
    /// It cannot unwind: see [`release`].
    #[inline(never)]
    pub(crate) extern "C" fn grow(&mut self, hint: usize) -> Option<&mut T> {
        // What is replaced here is nothing, and is not dropped.
        if hint <= 1 {
            if !self.is_blank() {
                return None;
            }
            self.0 = ManuallyDrop::new(Repr::One(blank_one()));
            return self.as_mut_slice().first_mut();
        }
        if !matches!(*self.0, Repr::Many(_)) {
            let mut many = self.take();
            many.reserve_exact(hint - many.len());
            self.0 = ManuallyDrop::new(Repr::Many(Box::new(many)));
        }
        let Repr::Many(many) = &mut *self.0 else {
            return None;
        };
        many.push(T::default());
        many.last_mut()
    }
}

/// As [`blank`](super::fields::blank).
#[inline(never)]
extern "C" fn blank_one<T: Default>() -> Box<[T; 1]> {
    Box::write(Box::new_uninit(), [T::default()])
}

impl<T> Drop for Items<T> {
    #[inline]
    fn drop(&mut self) {
        release(self);
    }
}

/// Drops what a list holds. It cannot unwind, as its ABI says: otherwise what holds a list is compiled twice, for the
/// case that dropping it panics and for the other. And it is one call, whether there is something to drop or not: to drop
/// values is half of what the typed structs are compiled to.
#[inline(never)]
extern "C" fn release<T>(items: &mut Items<T>) {
    if !items.is_blank() {
        drop(items.take());
    }
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
            return Self::of(Repr::Many(Box::new(values)));
        }
        match values.pop() {
            Some(one) => one.into(),
            None => Self::new(),
        }
    }
}

impl<T> From<T> for Items<T> {
    fn from(value: T) -> Self {
        Self::of(Repr::One(Box::new([value])))
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
