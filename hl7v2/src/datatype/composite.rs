//! What the generated views are made of: a handle, and an accessor a component.

/// Views: `Name "ID" "title" "versions" "example" "SEG" field { n accessor: View "documentation"; .. }`.
macro_rules! composites {
    ($($name:ident $id:literal $title:literal $versions:literal $example:literal $segment:literal $field:literal {
        $first:literal $of_first:ident: $view_of_first:ident $doc_of_first:literal;
        $($n:literal $accessor:ident: $view:ident $doc:literal;)*
    })*) => {$(
        #[doc = concat!("`", $id, "`: ", $title, ", ", $versions, ".")]
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use carewire_hl7v2::datatype::{Datatype, ", stringify!($name), "};")]
        /// use carewire_hl7v2::Message;
        ///
        #[doc = concat!("let msg = Message::parse(b\"MSH|^~\\\\&|||||||ADT^A01|1|T|2.5.1\\r", $example, "\\r\")?;")]
        #[doc = concat!("let segment = msg.segment(\"", $segment, "\").expect(\"a segment\");")]
        #[doc = concat!("let value = segment.value::<", stringify!($name), "<'_>>(", $field, ");")]
        #[doc = concat!("let first = value.", stringify!($of_first), "().place().map(|part| part.text());")]
        #[doc = concat!("assert_eq!(first.as_deref(), Some(\"one\"));")]
        /// # Ok::<(), carewire_hl7v2::Error>(())
        /// ```
        #[doc(alias = $id)]
        #[derive(Clone, Copy)]
        pub struct $name<'m>(pub(crate) Option<$crate::Place<'m>>);

        impl<'m> $name<'m> {
            #[doc = concat!("`", $id, ".", $first, "`: ", $doc_of_first, ".")]
            #[inline]
            pub fn $of_first(&self) -> $view_of_first<'m> {
                $view_of_first($crate::datatype::component(self.0, $first))
            }

            $(
                #[doc = concat!("`", $id, ".", $n, "`: ", $doc, ".")]
                #[inline]
                pub fn $accessor(&self) -> $view<'m> {
                    $view($crate::datatype::component(self.0, $n))
                }
            )*
        }

        impl<'m> $crate::datatype::Datatype<'m> for $name<'m> {
            const ID: &'static str = $id;

            #[inline]
            fn of(part: impl $crate::datatype::Part<'m>) -> Self {
                Self(part.into_place())
            }

            #[inline]
            fn place(&self) -> Option<$crate::Place<'m>> {
                self.0
            }
        }

        impl ::core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::datatype::debug($id, self.0, f)
            }
        }
    )*};
}

pub(crate) use composites;
