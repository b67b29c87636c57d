//! The shapes of the generated rows. Names are numbers into one list of names.

use super::ConformanceLength;

/// A field of a segment.
pub(crate) struct FieldRow {
    pub(crate) name: u16,
    pub(crate) datatype: u16,
    pub(crate) usage: u8,
    /// 0: no bound.
    pub(crate) max: u16,
    /// The smallest length; 0: not given.
    pub(crate) least: u8,
    pub(crate) length: LengthRow,
    /// 0: none.
    pub(crate) table: u16,
    pub(crate) item: u16,
}

pub(crate) const fn f(
    name: u16,
    datatype: u16,
    usage: u8,
    max: u16,
    (least, length): (u8, u32),
    table: u16,
    item: u16,
) -> FieldRow {
    FieldRow {
        name,
        datatype,
        usage,
        max,
        least,
        length: LengthRow(length),
        table,
        item,
    }
}

/// The most, 17 bits; what a receiver has to take, 14; `#` behind that, 1. 0: not given.
#[derive(Clone, Copy)]
pub(crate) struct LengthRow(u32);

impl LengthRow {
    fn bits(self, from: u32, count: u32) -> Option<u32> {
        Some(self.0 >> from & ((1 << count) - 1)).filter(|number| *number > 0)
    }

    pub(crate) fn most(self) -> Option<u32> {
        self.bits(0, 17)
    }

    pub(crate) fn conformance(self) -> Option<ConformanceLength> {
        self.bits(17, 14).map(|length| ConformanceLength {
            length,
            truncation: self.bits(31, 1).is_some(),
        })
    }
}

/// A component of a data type.
pub(crate) struct ComponentRow {
    pub(crate) name: u16,
    pub(crate) datatype: u16,
    pub(crate) usage: u8,
    /// The smallest length; 0: not given.
    pub(crate) least: u8,
    pub(crate) length: LengthRow,
    pub(crate) table: u16,
}

pub(crate) const fn c(
    name: u16,
    datatype: u16,
    usage: u8,
    (least, length): (u8, u32),
    table: u16,
) -> ComponentRow {
    ComponentRow {
        name,
        datatype,
        usage,
        least,
        length: LengthRow(length),
        table,
    }
}

/// A segment or data type: its parts are `PARTS[start..start + length]`.
pub(crate) struct DefinitionRow {
    pub(crate) id: u16,
    pub(crate) name: u16,
    pub(crate) primitive: bool,
    pub(crate) start: u16,
    pub(crate) length: u16,
}

pub(crate) const fn d(id: u16, name: u16, primitive: bool, start: u16, length: u16) -> DefinitionRow {
    DefinitionRow {
        id,
        name,
        primitive,
        start,
        length,
    }
}

/// A message structure: its nodes are `nodes::ROWS[start..start + length]`.
pub(crate) struct StructureRow {
    pub(crate) name: u16,
    pub(crate) start: u16,
    pub(crate) length: u16,
}

pub(crate) const fn s(name: u16, start: u16, length: u16) -> StructureRow {
    StructureRow { name, start, length }
}

/// A trigger event: its structures are `EVENT_STRUCTURES[start..start + length]`.
pub(crate) struct EventRow {
    pub(crate) id: u16,
    pub(crate) name: u16,
    pub(crate) start: u16,
    pub(crate) length: u16,
}

pub(crate) const fn e(id: u16, name: u16, start: u16, length: u16) -> EventRow {
    EventRow {
        id,
        name,
        start,
        length,
    }
}

/// Stands in a list of parts where the numbers of the standard leave a gap.
pub(crate) const GAP: u16 = u16::MAX;

/// A table in some versions: its codes are `CODES[start..start + count]`, its name `TEXT[name..name + length]`.
#[cfg(feature = "tables")]
pub(crate) struct TableRow {
    pub(crate) number: u16,
    /// One bit a version, the oldest lowest.
    pub(crate) versions: u16,
    pub(crate) kind: u8,
    pub(crate) length: u8,
    pub(crate) name: u32,
    pub(crate) start: u16,
    pub(crate) count: u16,
}

#[cfg(feature = "tables")]
pub(crate) const fn t(
    number: u16,
    versions: u16,
    kind: u8,
    name: u32,
    length: u8,
    start: u16,
    count: u16,
) -> TableRow {
    TableRow {
        number,
        versions,
        kind,
        length,
        name,
        start,
        count,
    }
}

/// A code: `TEXT[at..at + code]`, its display the `display` bytes after that.
#[cfg(feature = "tables")]
pub(crate) struct CodeRow {
    pub(crate) at: u32,
    pub(crate) code: u8,
    pub(crate) display: u8,
    /// One bit a version, the oldest lowest.
    pub(crate) versions: u16,
}

#[cfg(feature = "tables")]
pub(crate) const fn k(at: u32, code: u8, display: u8, versions: u16) -> CodeRow {
    CodeRow {
        at,
        code,
        display,
        versions,
    }
}
