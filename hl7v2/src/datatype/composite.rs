//! What the generated views are made of: a handle, and an accessor a component.

/// Views: `Name "ID" "title" "versions" { n accessor: View "documentation"; .. }`.
macro_rules! composites {
    ($($name:ident $id:literal $title:literal $versions:literal {
        $($n:literal $accessor:ident: $view:ident $doc:literal;)*
    })*) => {$(
        #[doc = concat!("`", $id, "`: ", $title, ", ", $versions, ".")]
        #[doc(alias = $id)]
        #[derive(Clone, Copy)]
        pub struct $name<'m>(pub(crate) Option<$crate::Place<'m>>);

        impl<'m> $name<'m> {
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
