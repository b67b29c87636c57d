use crate::{
    CodeSystemSource, Error, ErrorKind, LookupRequest, LookupResponse, SubsumesOutcome, SubsumesRequest,
};

/// A filter of `compose.include`.
#[derive(Clone)]
pub(super) struct Filter {
    property: Box<str>,
    op: Op,
    value: Box<str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Equals,
    In,
    NotIn,
    Exists,
    IsA,
    IsNotA,
    DescendentOf,
    Generalizes,
}

impl Filter {
    /// The filter that the resource says.
    pub(super) fn new(property: &str, op: &str, value: &str) -> Result<Self, Error> {
        const OP: &str = "ValueSet.compose.include.filter.op";
        let op = match op {
            "=" => Op::Equals,
            "in" => Op::In,
            "not-in" => Op::NotIn,
            "exists" => Op::Exists,
            "is-a" => Op::IsA,
            "is-not-a" => Op::IsNotA,
            "descendent-of" => Op::DescendentOf,
            "generalizes" => Op::Generalizes,
            "regex" => return Err(Error::at(ErrorKind::NotSupported, OP)),
            _ => return Err(Error::at(ErrorKind::InvalidElement, OP)),
        };
        let hierarchy = matches!(op, Op::IsA | Op::IsNotA | Op::DescendentOf | Op::Generalizes);
        if hierarchy && property != "concept" && property != "code" {
            return Err(Error::at(
                ErrorKind::NotSupported,
                "ValueSet.compose.include.filter.property",
            ));
        }
        Ok(Self {
            property: property.into(),
            op,
            value: value.into(),
        })
    }

    /// Whether a code of a code system passes.
    pub(super) fn passes(
        &self,
        source: &dyn CodeSystemSource,
        system: &str,
        code: &str,
    ) -> Result<bool, Error> {
        let outcome = || source.subsumes(&SubsumesRequest::new(system, &self.value, code));
        match self.op {
            Op::IsA => Ok(is_or_above(outcome()?)),
            Op::IsNotA => Ok(!is_or_above(outcome()?)),
            Op::DescendentOf => Ok(outcome()? == SubsumesOutcome::Subsumes),
            Op::Generalizes => Ok(matches!(
                outcome()?,
                SubsumesOutcome::SubsumedBy | SubsumesOutcome::Equivalent
            )),
            Op::Equals | Op::In | Op::NotIn | Op::Exists => {
                Ok(self.compares(&source.lookup(&LookupRequest::new(system, code))?))
            }
        }
    }

    fn compares(&self, concept: &LookupResponse<'_>) -> bool {
        let values: Vec<&str> = match &*self.property {
            "concept" | "code" => vec![&concept.code],
            "display" => concept.display.as_deref().into_iter().collect(),
            property => concept.property(property).collect(),
        };
        let listed = |value: &&str| self.value.split(',').any(|it| it.trim() == *value);
        match self.op {
            Op::In => values.iter().any(listed),
            Op::NotIn => !values.iter().any(listed),
            Op::Exists => values.is_empty() != (&*self.value == "true"),
            _ => values.contains(&&*self.value),
        }
    }
}

fn is_or_above(outcome: SubsumesOutcome) -> bool {
    matches!(outcome, SubsumesOutcome::Subsumes | SubsumesOutcome::Equivalent)
}
