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
            fn value(&self) -> (u8, $crate::typed::Value<'_>) {
                (0, $crate::typed::Value::Node(self))
            }

            fn blank(_: u8, _: $crate::schema::TypeId) -> Option<Self> {
                Some(Self::default())
            }

            fn node(&mut self) -> Option<&mut dyn $crate::typed::Fields> {
                Some(self)
            }
        }

        impl Clone for $name {
            fn clone(&self) -> Self {
                let mut copy = Self::default();
                $crate::typed::erased::copy(self, &mut copy);
                copy
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::typed::erased::equal(self, other)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::typed::erased::debug(self, f)
            }
        }

        impl $crate::typed::FhirType for $name {
            const TYPE: $crate::schema::TypeId = $crate::schema::TypeId::new($number);

            fn blank(_: $crate::schema::TypeId) -> Option<Self> {
                Some(Self::default())
            }

            fn fields(&self) -> Option<&dyn $crate::typed::Fields> {
                Some(self)
            }

            fn fields_mut(&mut self) -> Option<&mut dyn $crate::typed::Fields> {
                Some(self)
            }
        }
    };
}

/// The alternatives of a choice, in the order of the schema.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($number:literal $variant:ident($ty:ty),)* }) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", stringify!($variant), "`.")]
                $variant($ty),
            )*
        }

        impl $crate::typed::fields::Item for $name {
            fn value(&self) -> (u8, $crate::typed::Value<'_>) {
                match self {
                    $(Self::$variant(one) => ($number, $crate::typed::fields::Item::value(one).1),)*
                }
            }

            fn read(variant: u8, raw: $crate::typed::Raw<'_>) -> Option<Self> {
                match variant {
                    $($number => <$ty as $crate::typed::fields::Item>::read(0, raw).map(Self::$variant),)*
                    _ => None,
                }
            }

            fn blank(variant: u8, ty: $crate::schema::TypeId) -> Option<Self> {
                match variant {
                    $($number => <$ty as $crate::typed::fields::Item>::blank(0, ty).map(Self::$variant),)*
                    _ => None,
                }
            }

            fn node(&mut self) -> Option<&mut dyn $crate::typed::Fields> {
                match self {
                    $(Self::$variant(one) => $crate::typed::fields::Item::node(one),)*
                }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                use $crate::typed::fields::Item;
                let (a, b) = (Item::value(self), Item::value(other));
                a.0 == b.0 && $crate::typed::erased::equal_values(a.1, b.1)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&$crate::typed::fields::Item::value(self).1, f)
            }
        }
    };
}

/// The codes of a required binding, and room for any other.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal,)* }) => {
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
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Unlisted(other.into()),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("code")
            }
        }

        impl $crate::typed::fields::Item for $name {
            fn value(&self) -> (u8, $crate::typed::Value<'_>) {
                (0, $crate::typed::Value::Leaf($crate::typed::Leaf::Code(self.as_str())))
            }

            fn read(_: u8, raw: $crate::typed::Raw<'_>) -> Option<Self> {
                $crate::typed::leaf::code(raw).map(|code| Self::from(&*code))
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
                    $($(#[$cfg])* $number => Some(Self::$name(Box::default())),)*
                    _ => None,
                }
            }
        }

        $(
            $(#[$cfg])*
            impl From<$name> for Resource {
                fn from(resource: $name) -> Self {
                    Self::$name(Box::new(resource))
                }
            }
        )*
    };
}

pub(crate) use {choice, codes, resources, typed};
