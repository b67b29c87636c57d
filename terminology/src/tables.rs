//! The HL7 v2 tables: their codes, displays and FHIR code systems.

use std::fmt;

use crate::code_lists::{List, Row};
use crate::generated::HL7V2_TABLES;
use crate::{
    Canonical, Error, ErrorKind, Expand, ExpandRequest, Expansion, ExpansionContains, Lookup, LookupRequest,
    LookupResponse, Property, Subsumes, SubsumesOutcome, SubsumesRequest, ValidateCode, ValidateCodeIssue,
    ValidateCodeRequest, ValidateCodeResponse,
};

const PREFIX: &str = "http://terminology.hl7.org/CodeSystem/v2-";

/// The HL7 v2 table of a number, written as the standard does, with four digits.
///
/// The codes are those of all versions of the standard, retired ones among them. Tables whose codes each site defines
/// have those that the standard suggests, or none.
///
/// # Examples
///
/// ```
/// use carewire_terminology::tables;
/// let identifier_type = tables::table("0203").ok_or("no such table")?;
/// assert_eq!(identifier_type.display("MR"), Some("Medical record number"));
/// assert_eq!(identifier_type.system(), "http://terminology.hl7.org/CodeSystem/v2-0203");
/// assert_eq!(identifier_type.oid(), Some("2.16.840.1.113883.12.203"));
/// # Ok::<(), &str>(())
/// ```
///
/// Spec: HL7 v2 chapter 2.C, Code Tables.
#[must_use]
pub fn table(number: &str) -> Option<Table> {
    HL7V2_TABLES.find(number).map(|list| Table { list })
}

/// The table behind a code system URI such as `http://terminology.hl7.org/CodeSystem/v2-0203`, without version.
#[must_use]
pub fn by_system(uri: &str) -> Option<Table> {
    uri.strip_prefix(PREFIX)
        .and_then(table)
        .filter(|it| it.system() == uri)
}

/// All tables in the order of their numbers.
pub fn all() -> impl ExactSizeIterator<Item = Table> {
    (0..HL7V2_TABLES.len()).map(|it| Table {
        list: HL7V2_TABLES.list(it),
    })
}

/// One HL7 v2 table: a handle, two words, free to copy.
#[derive(Clone, Copy)]
pub struct Table {
    list: List,
}

impl Table {
    /// The four digits, such as `0203`.
    #[must_use]
    pub fn number(self) -> &'static str {
        self.list.name()
    }

    /// The title, such as `Identifier Type`.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.list.title()
    }

    /// The URI of the code system in FHIR.
    ///
    /// It is `http://terminology.hl7.org/CodeSystem/v2-` and the number, but for tables that draw on a foreign
    /// system: table 0292 is CVX, `http://hl7.org/fhir/sid/cvx`.
    #[must_use]
    pub fn system(self) -> &'static str {
        self.list.system()
    }

    /// The table's object identifier, such as `2.16.840.1.113883.12.203`.
    #[must_use]
    pub fn oid(self) -> Option<&'static str> {
        Some(self.list.oid()).filter(|it| !it.is_empty())
    }

    /// Whether the table lists a code; exactly, `m` is not `M`. A binary search, without allocation.
    #[must_use]
    pub fn contains(self, code: &str) -> bool {
        self.list.find(code).next().is_some()
    }

    /// The display of a code.
    #[must_use]
    pub fn display(self, code: &str) -> Option<&'static str> {
        self.list.find(code).next().and_then(Row::display)
    }

    /// How many codes the table lists.
    #[must_use]
    pub fn len(self) -> usize {
        self.list.len()
    }

    /// Whether the table lists no code, as those do that each site defines.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The codes, sorted; a retired one is `inactive`.
    pub fn codes(self) -> impl ExactSizeIterator<Item = ExpansionContains<'static>> {
        self.list.rows().map(|it| {
            let mut item = ExpansionContains::new(it.system(), it.code(), it.display());
            item.inactive = it.is_retired();
            item
        })
    }

    fn row(self, system: &str, code: &str) -> Result<Option<Row>, Error> {
        if Canonical::parse(system).url != self.system() {
            return Err(Error::new(ErrorKind::UnknownCodeSystem));
        }
        Ok(self.list.find(code).next())
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({}, {} codes)", self.number(), self.len())
    }
}

impl Lookup for Table {
    fn lookup(&self, request: &LookupRequest<'_>) -> Result<LookupResponse<'_>, Error> {
        let row = self
            .row(request.system, request.code)?
            .ok_or(Error::new(ErrorKind::UnknownCode))?;
        let mut response = LookupResponse {
            name: self.title().into(),
            code: row.code().into(),
            display: row.display().map(Into::into),
            ..LookupResponse::default()
        };
        if row.is_retired() {
            response.property.push(Property {
                code: "inactive".into(),
                value: "true".into(),
            });
        }
        Ok(response)
    }
}

impl ValidateCode for Table {
    fn validate_code<'a>(
        &'a self,
        request: &ValidateCodeRequest<'a>,
    ) -> Result<ValidateCodeResponse<'a>, Error> {
        if request.value_set.is_some() {
            return Err(Error::new(ErrorKind::UnknownValueSet));
        }
        let Some(row) = self.row(request.system.unwrap_or(self.system()), request.code)? else {
            return Ok(ValidateCodeResponse::invalid(ValidateCodeIssue::InvalidCode));
        };
        let mut response = ValidateCodeResponse::valid();
        response.system = Some(self.system().into());
        Ok(response.checked(request.display, row.display().map(Into::into), std::iter::empty()))
    }
}

impl Subsumes for Table {
    /// The tables are flat: a code subsumes itself alone.
    fn subsumes(&self, request: &SubsumesRequest<'_>) -> Result<SubsumesOutcome, Error> {
        for code in [request.code_a, request.code_b] {
            self.row(request.system, code)?
                .ok_or(Error::new(ErrorKind::UnknownCode))?;
        }
        let same = request.code_a == request.code_b;
        Ok(if same {
            SubsumesOutcome::Equivalent
        } else {
            SubsumesOutcome::NotSubsumed
        })
    }
}

impl Expand for Table {
    /// Lists the codes of the table, whatever the URL.
    fn expand(&self, request: &ExpandRequest<'_>) -> Result<Expansion<'_>, Error> {
        Ok(request.select(self.codes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_answers_the_operations_of_a_code_system() {
        let sex = table("0001").unwrap();
        let system = sex.system();
        assert_eq!(
            sex.lookup(&LookupRequest::new(system, "F"))
                .unwrap()
                .display
                .as_deref(),
            Some("Female")
        );
        assert_eq!(
            sex.lookup(&LookupRequest::new(system, "f")).unwrap_err().kind(),
            ErrorKind::UnknownCode
        );
        assert_eq!(
            sex.lookup(&LookupRequest::new("u", "F")).unwrap_err().kind(),
            ErrorKind::UnknownCodeSystem
        );
        let ask = |code| {
            sex.validate_code(&ValidateCodeRequest::in_code_system(system, code))
                .unwrap()
        };
        assert!(ask("M").result);
        assert_eq!(ask("male").issue, Some(ValidateCodeIssue::InvalidCode));
        let subsumes = |a, b| {
            sex.subsumes(&SubsumesRequest::new(system, a, b))
                .map_err(|it| it.kind())
        };
        assert_eq!(subsumes("F", "F"), Ok(SubsumesOutcome::Equivalent));
        assert_eq!(subsumes("F", "M"), Ok(SubsumesOutcome::NotSubsumed));
        assert_eq!(subsumes("F", "?"), Err(ErrorKind::UnknownCode));
    }

    #[test]
    fn foreign_systems_keep_their_uri() {
        let systems: Vec<_> = ["0005", "0125", "0136", "0292", "0399"]
            .map(|it| table(it).unwrap().system())
            .into();
        assert_eq!(
            systems,
            [
                "urn:oid:2.16.840.1.113883.6.238",
                "http://terminology.hl7.org/CodeSystem/v2-0440",
                "http://terminology.hl7.org/CodeSystem/v2-0136",
                "http://hl7.org/fhir/sid/cvx",
                "urn:iso:std:iso:3166",
            ]
        );
        assert_eq!(
            by_system("http://terminology.hl7.org/CodeSystem/v2-0136")
                .unwrap()
                .number(),
            "0136"
        );
        assert!(by_system("http://terminology.hl7.org/CodeSystem/v2-0292").is_none());
    }

    #[test]
    fn tables_that_terminology_leaves_out_have_the_codes_of_all_versions() {
        let value_type = table("0125").unwrap();
        assert!(
            ["CE", "TS", "CWE", "NM", "SN", "ED"]
                .iter()
                .all(|it| value_type.contains(it))
        );
        assert_eq!(table("0399").unwrap().display("CHE"), Some("SWITZERLAND"));
        assert!(table("0005").unwrap().contains("2106-3") && !table("0005").unwrap().contains("W"));
    }

    #[test]
    fn retired_codes_are_kept_and_marked() {
        let retired = all().flat_map(Table::codes).filter(|it| it.inactive).count();
        assert!(retired > 100, "{retired}");
        assert!(all().len() > 600);
    }
}
