//! What the generated shapes have in common, as macros over their tables.

/// A data type, backbone element or resource: its number in the schema, how many of its first elements are in
/// `extra`, and the number and name of every other field.
macro_rules! typed {
    ($name:ident = $number:literal, $rare:literal { $($element:literal $field:ident,)* }) => {
        impl Default for $name {
            #[inline(never)]
            fn default() -> Self {
                Self {
                    $($field: Default::default(),)*
                    extra: Default::default(),
                }
            }
        }

        impl $crate::typed::Fields for $name {
            fn fhir_type(&self) -> $crate::schema::TypeId {
                $crate::schema::TypeId::new($number)
            }

            fn slot(&mut self, element: u8) -> Option<&mut dyn $crate::typed::Slot> {
                match element {
                    $($element => Some(&mut self.$field),)*
                    _ => self.extra.element_mut(element, $rare),
                }
            }

            fn visit<'a>(&'a self, visit: &mut dyn $crate::typed::Visit<'a>) {
                $($crate::typed::fields::Show::show(&self.$field, $element, visit);)*
            }

            fn extra(&self) -> &$crate::typed::Extra {
                self.extra.all()
            }

            fn extra_mut(&mut self) -> &mut $crate::typed::Extra {
                self.extra.all_mut()
            }
        }

        #[cfg(feature = "serde")]
        $crate::serde::bridge!($name);

        impl $crate::typed::fields::Item for $name {
            #[inline]
            fn value(&self) -> (u8, $crate::typed::Value<'_>) {
                (0, $crate::typed::Value::Node(self))
            }

            #[inline]
            fn nodes(
                into: &mut $crate::typed::Items<Self>,
                _: $crate::schema::TypeId,
                hint: usize,
            ) -> Result<&mut dyn $crate::typed::Fields, $crate::typed::fields::Refused> {
                match into.grow(hint) {
                    Some(one) => Ok(one),
                    None => Err($crate::typed::fields::Refused::Misfit),
                }
            }
        }

        // What is inlined here is compiled where it is used, not with the type.
        impl Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                let mut copy = Self::default();
                $crate::typed::erased::copy(self, &mut copy);
                copy
            }
        }

        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::typed::erased::equal(self, other)
            }
        }

        impl core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::typed::erased::debug(self, f)
            }
        }

        impl $crate::typed::FhirType for $name {
            const TYPE: $crate::schema::TypeId = $crate::schema::TypeId::new($number);

            #[inline]
            fn blank(_: $crate::schema::TypeId) -> Option<Self> {
                Some(Self::default())
            }

            #[inline]
            fn fields(&self) -> Option<&dyn $crate::typed::Fields> {
                Some(self)
            }

            #[inline]
            fn fields_mut(&mut self) -> Option<&mut dyn $crate::typed::Fields> {
                Some(self)
            }
        }
    };
}

/// The alternatives of a choice, by their places in the schema: primitives, then what has elements of its own.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident {
        $(leaves { $($leaf_number:literal $leaf:ident($leaf_type:ty),)+ })?
        $(nodes { $($number:literal $node:ident($ty:ident),)+ })?
    }) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(
                #[doc = concat!("`", stringify!($leaf), "`.")]
                $leaf($leaf_type),
            )+)?
            $($(
                #[doc = concat!("`", stringify!($node), "`.")]
                $node(Box<$ty>),
            )+)?
        }

        impl $crate::typed::fields::Item for $name {
            fn value(&self) -> (u8, $crate::typed::Value<'_>) {
                match self {
                    $($(Self::$leaf(one) => ($leaf_number, $crate::typed::fields::Item::value(one).1),)+)?
                    $($(Self::$node(one) => ($number, $crate::typed::Value::Node(&**one)),)+)?
                }
            }

            $(
                #[inline]
                fn leaf(
                    into: &mut Option<Self>,
                    variant: u8,
                    raw: $crate::typed::Raw<'_>,
                ) -> Result<(), $crate::typed::fields::Refused> {
                    $crate::typed::fields::put(into, || match variant {
                        $($leaf_number => $crate::typed::leaf::Primitive::read(raw).map(Self::$leaf),)+
                        _ => None,
                    })
                }
            )?

            $(
                #[inline]
                fn node(
                    into: &mut Option<Self>,
                    variant: u8,
                    _: $crate::schema::TypeId,
                ) -> Result<&mut dyn $crate::typed::Fields, $crate::typed::fields::Refused> {
                    $crate::typed::fields::put(into, || match variant {
                        $($number => Some(Self::$node($crate::typed::fields::blank())),)+
                        _ => None,
                    })?;
                    match into {
                        $(Some(Self::$node(one)) => Ok(&mut **one),)+
                        _ => Err($crate::typed::fields::Refused::Misfit),
                    }
                }
            )?
        }

        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                use $crate::typed::fields::Item;
                $crate::typed::erased::equal_choices(Item::value(self), Item::value(other))
            }
        }

        impl core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&$crate::typed::fields::Item::value(self).1, f)
            }
        }
    };
}

/// The codes of a required binding, and room for any other.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($at:literal $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[allow(non_camel_case_types, reason = "versions: V4_0_1")]
        pub enum $name {
            $(
                #[doc = concat!("`", $code, "`.")]
                $variant,
            )*
            /// A code that the value set does not have.
            Unlisted($crate::typed::FhirString),
        }

        impl $name {
            /// The code.
            #[inline(never)]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Unlisted(code) => code,
                }
            }

            fn of(listed: $crate::typed::leaf::Listed) -> Self {
                match listed {
                    $($crate::typed::leaf::Listed::At($at) => Self::$variant,)*
                    $crate::typed::leaf::Listed::At(_) => Self::Unlisted($crate::typed::FhirString::new()),
                    $crate::typed::leaf::Listed::Not(code) => Self::Unlisted(code),
                }
            }

            const CODES: &[&str] = &[$($code),*];
        }

        impl From<&str> for $name {
            #[inline]
            fn from(code: &str) -> Self {
                Self::of($crate::typed::leaf::listed(code, Self::CODES))
            }
        }

        impl core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("code")
            }
        }

        impl $crate::typed::fields::Item for $name {
            #[inline]
            fn value(&self) -> (u8, $crate::typed::Value<'_>) {
                (0, $crate::typed::Value::Leaf($crate::typed::Leaf::Code(self.as_str())))
            }

            #[inline(always)]
            fn show<'a>(&'a self, element: u8, visit: &mut dyn $crate::typed::Visit<'a>) {
                visit.code(element, self.as_str());
            }

            $crate::typed::leaf::primitive!();
        }

        impl $crate::typed::leaf::Primitive for $name {
            #[inline]
            fn read(raw: $crate::typed::Raw<'_>) -> Option<Self> {
                $crate::typed::leaf::code(raw, Self::CODES).map(Self::of)
            }
        }
    };
}

/// Any resource.
macro_rules! resources {
    ($($(#[$cfg:meta])* $number:literal $name:ident,)*) => {
        /// Any resource.
        ///
        /// # Examples
        ///
        /// ```
        /// # use carewire_fhir_model::r4::{Patient, Resource};
        /// let json = br#"{"resourceType": "Patient", "active": true}"#;
        /// let resource: Resource = carewire_fhir_model::from_json(json)?.value;
        /// assert_eq!(resource.get::<Patient>().and_then(|patient| patient.active), Some(true));
        /// # Ok::<(), carewire_fhir_model::Error>(())
        /// ```
        ///
        /// Spec: <https://hl7.org/fhir/R4/resourcelist.html>
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum Resource {
            $(
                $(#[$cfg])*
                #[doc = concat!("[`", stringify!($name), "`].")]
                $name(Box<$name>),
            )*
            /// A resource that has no type here: see [`Other`].
            Other(Box<Other>),
        }

        impl Resource {
            /// The resource by its fields. `None` if it has no type here.
            pub fn fields(&self) -> Option<&dyn $crate::typed::Fields> {
                match self {
                    $($(#[$cfg])* Self::$name(one) => Some(&**one),)*
                    Self::Other(_) => None,
                }
            }

            /// As [`Resource::fields`], to be changed.
            pub fn fields_mut(&mut self) -> Option<&mut dyn $crate::typed::Fields> {
                match self {
                    $($(#[$cfg])* Self::$name(one) => Some(&mut **one),)*
                    Self::Other(_) => None,
                }
            }

            /// An empty resource of a type. `None` if the type is no resource or has no type here.
            pub fn empty(ty: $crate::schema::TypeId) -> Option<Self> {
                match ty.index() {
                    $($(#[$cfg])* $number => Some(Self::$name($crate::typed::fields::blank())),)*
                    _ => None,
                }
            }
        }

        $(
            $(#[$cfg])*
            impl From<$name> for Resource {
                #[inline]
                fn from(resource: $name) -> Self {
                    Self::$name(Box::new(resource))
                }
            }
        )*
    };
}

pub(crate) use {choice, codes, resources, typed};
