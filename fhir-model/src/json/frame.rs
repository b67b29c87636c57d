//! What a reader knows of the object it is in.

use crate::document::tape::{NO_TYPE, UNKNOWN};
use crate::schema::{JsonForm, Property, TypeId, TypeKind};

/// What the value of a property is expected to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    String,
    Number,
    Boolean,
    Object,
    /// Nothing is known: an unknown key, an array that is a node.
    Anything,
    /// `resourceType`: a string that is no element.
    ResourceType,
}

/// An object that is being read, or an array that is a node.
pub(super) struct Frame {
    pub(super) slot: u32,
    /// The type of the object.
    pub(super) owner: TypeId,
    pub(super) first_property: u16,
    /// The property being read.
    pub(super) field: u16,
    pub(super) value_type: TypeId,
    pub(super) expect: Expect,
    pub(super) is_list: bool,
    pub(super) in_array: bool,
    /// The flags of the next value.
    pub(super) flags: u8,
    pub(super) is_array_node: bool,
    pub(super) is_resource: bool,
    /// Whether `resourceType` was read.
    pub(super) has_type: bool,
    pub(super) is_abstract_value: bool,
    pub(super) has_companions: bool,
    pub(super) has_nulls: bool,
    pub(super) has_unknown: bool,
    /// The key read last, for the guess.
    pub(super) last: u16,
    pub(super) key_offset: u32,
    pub(super) key_length: u32,
    pub(super) seen: [u64; 4],
}

impl Frame {
    pub(super) fn new(slot: u32, owner: TypeId) -> Self {
        let first_property = if owner == NO_TYPE {
            0
        } else {
            owner.row().first_property
        };
        Self {
            slot,
            owner,
            first_property,
            field: UNKNOWN,
            value_type: NO_TYPE,
            expect: Expect::Anything,
            is_list: false,
            in_array: false,
            flags: 0,
            is_array_node: false,
            is_resource: false,
            has_type: false,
            is_abstract_value: false,
            has_companions: false,
            has_nulls: false,
            has_unknown: false,
            last: first_property,
            key_offset: 0,
            key_length: 0,
            seen: [0; 4],
        }
    }

    #[inline]
    pub(super) fn expect_property(&mut self, id: u16, property: &Property) {
        self.field = id;
        self.value_type = property.ty;
        self.is_list = property.is_list;
        self.is_abstract_value = property.kind == TypeKind::Resource;
        self.expect = match property.form {
            None => Expect::Object,
            Some(JsonForm::String) => Expect::String,
            Some(JsonForm::Number) => Expect::Number,
            Some(JsonForm::Boolean) => Expect::Boolean,
        };
    }

    pub(super) fn expect_anything(&mut self, field: u16, expect: Expect) {
        self.field = field;
        self.value_type = NO_TYPE;
        self.is_list = false;
        self.is_abstract_value = false;
        self.expect = expect;
    }
}
