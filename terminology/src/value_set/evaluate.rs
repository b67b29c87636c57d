//! Membership and listing, with what a registry knows.

use std::borrow::Cow;
use std::collections::HashSet;
use std::iter::empty;

use super::{Include, ValueSet};
use crate::registry::Visit;
use crate::{
    Canonical, Error, ErrorKind, ExpandRequest, ExpansionContains, LookupRequest, Registry,
    ValidateCodeIssue, ValidateCodeRequest, ValidateCodeResponse,
};

impl ValueSet {
    /// `$validate-code` with the code systems and value sets of a registry; `visit` counts imports.
    pub(crate) fn validate_in<'a>(
        &'a self,
        registry: &'a Registry,
        request: &ValidateCodeRequest<'a>,
        visit: Visit<'_>,
    ) -> Result<ValidateCodeResponse<'a>, Error> {
        let mut refused = None;
        for include in &self.include {
            let response = include.validate_in(registry, request, visit)?;
            let Some(response) = response else { continue };
            let system = response.system.clone();
            let with_system = ValidateCodeRequest {
                system: system.as_deref(),
                display: None,
                ..*request
            };
            if self.is_left_out(registry, &with_system, visit)? {
                continue;
            }
            if response.result {
                return Ok(response);
            }
            refused.get_or_insert(response);
        }
        Ok(refused.unwrap_or(ValidateCodeResponse::invalid(ValidateCodeIssue::NotInValueSet)))
    }

    fn is_left_out(
        &self,
        registry: &Registry,
        request: &ValidateCodeRequest<'_>,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        for exclude in &self.exclude {
            if exclude.validate_in(registry, request, visit)?.is_some() {
                return Ok(true);
            }
        }
        if !self.active_only {
            return Ok(false);
        }
        let system = request.system.ok_or(Error::new(ErrorKind::AmbiguousSystem))?;
        let concept = registry
            .code_system(system)?
            .lookup(&LookupRequest::new(system, request.code))?;
        Ok(concept.property("inactive").any(|it| it == "true"))
    }

    /// Every code once, in the order of the definition.
    pub(crate) fn codes_in<'a>(
        &'a self,
        registry: &'a Registry,
        visit: Visit<'_>,
    ) -> Result<Vec<ExpansionContains<'a>>, Error> {
        let mut codes: Vec<ExpansionContains<'a>> = Vec::new();
        let mut seen = HashSet::new();
        for include in &self.include {
            for item in include.codes_in(registry, visit)? {
                let key = (item.system.clone(), item.code.clone());
                if seen.contains(&key) {
                    continue;
                }
                let (system, code) = (item.system.clone(), item.code.clone());
                let request = ValidateCodeRequest::in_code_system(&system, &code);
                if self.is_left_out(registry, &request, visit)? {
                    continue;
                }
                if codes.len() >= registry.limits().concepts {
                    return Err(Error::at(ErrorKind::Limit, "ValueSet.expansion.contains"));
                }
                seen.insert(key);
                codes.push(item);
            }
        }
        Ok(codes)
    }
}

impl Include {
    /// Whether all parts hold for a code; `Some` with a `result` of false when only the display is wrong.
    fn validate_in<'a>(
        &'a self,
        registry: &'a Registry,
        request: &ValidateCodeRequest<'a>,
        visit: Visit<'_>,
    ) -> Result<Option<ValidateCodeResponse<'a>>, Error> {
        let mut response = None;
        let mut request = *request;
        if let Some(system) = self.system.as_deref() {
            let url = Canonical::parse(system).url;
            if request.system.is_some_and(|it| Canonical::parse(it).url != url) {
                return Ok(None);
            }
            let Some(found) = self.in_system(system, registry, &request)? else {
                return Ok(None);
            };
            request.system = Some(url);
            response = Some(found);
        }
        let mut imports = self.value_set.iter();
        if response.is_none()
            && let Some(url) = imports.next()
        {
            let imported = request.of(url);
            let Some(found) = holds(registry.validate_in_value_set(&imported, visit.deeper()?)?) else {
                return Ok(None);
            };
            response = Some(found);
        }
        // The others must have the code of the same system.
        let system = response.as_ref().and_then(|it| it.system.clone());
        for url in imports {
            let imported = ValidateCodeRequest {
                system: system.as_deref().or(request.system),
                ..request.of(url)
            };
            if holds(registry.validate_in_value_set(&imported, visit.deeper()?)?).is_none() {
                return Ok(None);
            }
        }
        Ok(response)
    }

    /// Whether the listed codes, the code system and the filters have the code.
    ///
    /// Listed codes are believed when the code system is not there; when it is, it must have them.
    fn in_system<'a>(
        &'a self,
        system: &'a str,
        registry: &'a Registry,
        request: &ValidateCodeRequest<'a>,
    ) -> Result<Option<ValidateCodeResponse<'a>>, Error> {
        let listed = self.concept.as_ref().map(|it| it.find(request.code));
        if listed.is_some_and(|it| it.is_none()) {
            return Ok(None);
        }
        let display = listed.flatten().and_then(|it| it.display.as_deref());
        let source = match registry.code_system(system) {
            Ok(source) => Some(source),
            Err(error) if listed.is_none() || !self.filter.is_empty() => return Err(error),
            Err(_) => None,
        };
        let own = ValidateCodeResponse::valid().checked(request.display, display.map(Cow::Borrowed), empty());
        let mut response = own.clone();
        if let Some(source) = source {
            let ask = ValidateCodeRequest {
                value_set: None,
                system: Some(system),
                ..*request
            };
            let Some(found) = holds(source.validate_code(&ask)?) else {
                return Ok(None);
            };
            response = found;
            if display.is_some() {
                // The display that the value set gives is the preferred one, and either is right.
                response.result |= own.result;
                response.issue = response.issue.filter(|_| !response.result);
                response.display = own.display;
            }
            for filter in &self.filter {
                if !filter.passes(source, system, request.code)? {
                    return Ok(None);
                }
            }
        }
        response.system = Some(Cow::Borrowed(Canonical::parse(system).url));
        Ok(Some(response))
    }

    fn codes_in<'a>(
        &'a self,
        registry: &'a Registry,
        visit: Visit<'_>,
    ) -> Result<Vec<ExpansionContains<'a>>, Error> {
        let mut codes: Vec<ExpansionContains<'a>> = match (self.system.as_deref(), self.value_set.first()) {
            (Some(system), _) => {
                let url = Canonical::parse(system).url;
                match &self.concept {
                    Some(concepts) => (concepts.list.iter())
                        .map(|it| {
                            let mut item = ExpansionContains::new(url, &it.code, it.display.as_deref());
                            item.inactive = it.inactive;
                            item.abstract_code = it.abstract_code;
                            item
                        })
                        .collect(),
                    None => {
                        registry
                            .code_system(system)?
                            .expand(&ExpandRequest::new(system))?
                            .contains
                    }
                }
            }
            (None, Some(url)) => registry.codes_of_value_set(url, visit.deeper()?)?,
            (None, None) => Vec::new(),
        };
        visit.spend(codes.len())?;
        let is_known = (self.system.as_deref()).is_some_and(|it| registry.code_system(it).is_ok());
        let bare = self.concept.is_some() && !is_known && self.filter.is_empty() && self.value_set.is_empty();
        if bare {
            return Ok(codes);
        }
        let mut kept = Vec::new();
        for item in codes.drain(..) {
            let (system, code) = (item.system.clone(), item.code.clone());
            let request = ValidateCodeRequest::in_code_system(&system, &code);
            if self.validate_in(registry, &request, visit)?.is_some() {
                kept.push(item);
            }
        }
        Ok(kept)
    }
}

/// The response, if the code is in the set: perhaps only its display is wrong.
fn holds(response: ValidateCodeResponse<'_>) -> Option<ValidateCodeResponse<'_>> {
    Some(response).filter(|it| it.result || it.issue == Some(ValidateCodeIssue::InvalidDisplay))
}

impl<'a> ValidateCodeRequest<'a> {
    /// The same question of another value set.
    fn of(&self, value_set: &'a str) -> Self {
        Self {
            value_set: Some(value_set),
            ..*self
        }
    }
}
