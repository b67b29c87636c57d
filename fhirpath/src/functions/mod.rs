//! The built-in functions: their names, their arguments, and where each is answered.
//!
//! One file holds the functions of one chapter of the specification. Each opens with a list of them, which the tests
//! read: an expression on the left of `=>`, what it gives on the right.

mod boundary;
mod combining;
mod conversion;
mod existence;
mod fhir;
mod filtering;
mod math;
mod strings;
mod subsetting;
mod tree;
mod utility;

use crate::eval::{Call, Out, Run, Scope, Step};
use crate::node::Node;

/// What a name followed by arguments means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    pub(crate) function: Function,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

macro_rules! functions {
    ($($chapter:ident { $($variant:ident $name:literal $min:literal..=$max:literal)* })*) => {
        /// A built-in function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Function { $($($variant,)*)* }

        /// The chapter, and so the file, of a function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Chapter { $($chapter,)* }

        /// The built-in function of a name.
        pub(crate) fn named(name: &str) -> Option<Definition> {
            let (function, min, max) = match name {
                $($($name => (Function::$variant, $min, $max),)*)*
                _ => return None,
            };
            Some(Definition { function, min, max })
        }

        /// The names of all functions.
        pub(crate) fn names() -> impl Iterator<Item = &'static str> {
            [$($($name,)*)* "is", "as", "ofType", "defineVariable"].into_iter()
        }

        impl Function {
            /// The name as it is written.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $name,)*)* }
            }

            /// True if it asks nothing of the tree and of the program around the evaluation, quantities of several
            /// units apart.
            pub(crate) fn is_pure(self) -> bool {
                !matches!(self.chapter(), Chapter::Tree | Chapter::Utility | Chapter::Fhir)
            }

            fn chapter(self) -> Chapter {
                match self { $($(Self::$variant => Chapter::$chapter,)*)* }
            }
        }
    };
}

functions! {
    Existence {
        Empty "empty" 0..=0
        Exists "exists" 0..=1
        All "all" 1..=1
        AllTrue "allTrue" 0..=0
        AnyTrue "anyTrue" 0..=0
        AllFalse "allFalse" 0..=0
        AnyFalse "anyFalse" 0..=0
        SubsetOf "subsetOf" 1..=1
        SupersetOf "supersetOf" 1..=1
        Count "count" 0..=0
        Distinct "distinct" 0..=0
        IsDistinct "isDistinct" 0..=0
        Not "not" 0..=0
    }
    Filtering {
        Where "where" 1..=1
        Select "select" 1..=1
        Repeat "repeat" 1..=1
    }
    Subsetting {
        Single "single" 0..=0
        First "first" 0..=0
        Last "last" 0..=0
        Tail "tail" 0..=0
        Skip "skip" 1..=1
        Take "take" 1..=1
        Intersect "intersect" 1..=1
        Exclude "exclude" 1..=1
    }
    Combining {
        Union "union" 1..=1
        Combine "combine" 1..=1
    }
    Conversion {
        Iif "iif" 2..=3
        ToBoolean "toBoolean" 0..=0
        ConvertsToBoolean "convertsToBoolean" 0..=0
        ToInteger "toInteger" 0..=0
        ConvertsToInteger "convertsToInteger" 0..=0
        ToDecimal "toDecimal" 0..=0
        ConvertsToDecimal "convertsToDecimal" 0..=0
        ToDate "toDate" 0..=0
        ConvertsToDate "convertsToDate" 0..=0
        ToDateTime "toDateTime" 0..=0
        ConvertsToDateTime "convertsToDateTime" 0..=0
        ToTime "toTime" 0..=0
        ConvertsToTime "convertsToTime" 0..=0
        ToQuantity "toQuantity" 0..=1
        ConvertsToQuantity "convertsToQuantity" 0..=1
        ToString "toString" 0..=0
        ConvertsToString "convertsToString" 0..=0
    }
    Strings {
        IndexOf "indexOf" 1..=1
        LastIndexOf "lastIndexOf" 1..=1
        Substring "substring" 1..=2
        StartsWith "startsWith" 1..=1
        EndsWith "endsWith" 1..=1
        Contains "contains" 1..=1
        Upper "upper" 0..=0
        Lower "lower" 0..=0
        Replace "replace" 2..=2
        Matches "matches" 1..=1
        MatchesFull "matchesFull" 1..=1
        ReplaceMatches "replaceMatches" 2..=2
        Length "length" 0..=0
        ToChars "toChars" 0..=0
        Encode "encode" 1..=1
        Decode "decode" 1..=1
        Escape "escape" 1..=1
        Unescape "unescape" 1..=1
        Trim "trim" 0..=0
        Split "split" 1..=1
        Join "join" 0..=1
    }
    Math {
        Abs "abs" 0..=0
        Ceiling "ceiling" 0..=0
        Exp "exp" 0..=0
        Floor "floor" 0..=0
        Ln "ln" 0..=0
        Log "log" 1..=1
        Power "power" 1..=1
        Round "round" 0..=1
        Sqrt "sqrt" 0..=0
        Truncate "truncate" 0..=0
    }
    Tree {
        Children "children" 0..=0
        Descendants "descendants" 0..=0
    }
    Utility {
        Trace "trace" 1..=2
        Now "now" 0..=0
        TimeOfDay "timeOfDay" 0..=0
        Today "today" 0..=0
        Sort "sort" 0..=9
        Type "type" 0..=0
        Aggregate "aggregate" 1..=2
        Comparable "comparable" 1..=1
    }
    Boundary {
        LowBoundary "lowBoundary" 0..=1
        HighBoundary "highBoundary" 0..=1
        Precision "precision" 0..=0
    }
    Fhir {
        Extension "extension" 1..=1
        HasValue "hasValue" 0..=0
        GetValue "getValue" 0..=0
        Resolve "resolve" 0..=0
        MemberOf "memberOf" 1..=1
        Subsumes "subsumes" 1..=1
        SubsumedBy "subsumedBy" 1..=1
        ConformsTo "conformsTo" 1..=1
        HtmlChecks "htmlChecks" 0..=0
        ElementDefinition "elementDefinition" 0..=0
        Slice "slice" 2..=2
        CheckModifiers "checkModifiers" 0..=99
    }
}

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    /// Calls a built-in function.
    pub(crate) fn call(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        match call.function.chapter() {
            Chapter::Existence => self.existence(call, scope, out),
            Chapter::Filtering => self.filtering(call, scope, out),
            Chapter::Subsetting => self.subsetting(call, scope, out),
            Chapter::Combining => self.combining(call, scope, out),
            Chapter::Conversion => self.conversion(call, scope, out),
            Chapter::Strings => self.strings(call, scope, out),
            Chapter::Math => self.math(call, scope, out),
            Chapter::Tree => self.tree(call, scope, out),
            Chapter::Utility => self.utility(call, scope, out),
            Chapter::Boundary => self.boundary(call, scope, out),
            Chapter::Fhir => self.fhir(call, scope, out),
        }
    }
}
