use std::collections::HashSet;

use super::*;
use crate::schema::rows::{ELEMENTS, PROPERTIES};

#[test]
fn every_property_is_found_by_its_key() {
    for property in &PROPERTIES {
        let found = property.owner().property(property.key()).map(Property::id);
        assert_eq!(found, Some(property.id()), "{property:?}");
        assert!(
            property
                .owner()
                .properties()
                .iter()
                .any(|one| one.id() == property.id()),
            "{property:?}"
        );
    }
}

#[test]
fn every_element_is_found_by_its_name() {
    for element in &ELEMENTS {
        let found = element.owner().element(element.name());
        assert_eq!(found.map(Element::id), Some(element.id()), "{element:?}");
        assert_eq!(
            usize::from(element.slot()),
            element
                .owner()
                .elements()
                .iter()
                .position(|one| one == element)
                .unwrap_or(999)
        );
        assert!(!element.properties().is_empty(), "{element:?}");
    }
}

#[test]
fn the_url_of_an_extension_is_known_by_its_place() {
    for property in &PROPERTIES {
        let expected = property.owner().name() == "Extension" && property.key() == "url";
        assert_eq!(property.is_url_of_extension(), expected, "{property:?}");
    }
}

#[test]
fn the_key_of_a_choice_is_no_name_of_an_element() {
    for property in &PROPERTIES {
        let found = property.owner().element(property.key());
        assert_eq!(
            found.map(Element::id),
            (!property.element().is_choice()).then(|| property.element().id()),
            "{property:?}"
        );
    }
}

#[test]
fn keys_of_a_type_are_distinct_and_fit_a_set_of_256() {
    for ty in Schema::r4().types() {
        let keys: HashSet<&str> = ty.properties().iter().map(Property::key).collect();
        assert_eq!(keys.len(), ty.properties().len(), "{ty}");
        assert!(keys.len() <= 256, "{ty} has {} keys", keys.len());
    }
}

#[test]
fn every_type_is_found_and_derived_from_element_or_resource() {
    for ty in Schema::r4().types() {
        assert_eq!(Schema::r4().type_named(ty.name()), Some(ty));
        let root = if ty.is_resource() {
            TypeId::RESOURCE
        } else {
            TypeId::ELEMENT
        };
        assert!(ty.is_a(root), "{ty}");
        assert_eq!(ty.is_primitive(), ty.primitive().is_some());
    }
}

#[test]
fn the_counts_are_those_of_the_package() {
    let of = |kind| Schema::r4().types().filter(|ty| ty.kind() == kind).count();
    assert_eq!(of(TypeKind::Primitive), 20);
    assert_eq!(of(TypeKind::DataType), 41);
    assert_eq!(of(TypeKind::Resource), 148);
    assert_eq!(of(TypeKind::Backbone), 473);
    assert_eq!(Schema::r4().invariants().len(), 241);
}

#[test]
fn facts_of_the_definitions() {
    let schema = Schema::r4();
    let path = |path: &str| schema.element(path).expect("an element");
    assert_eq!(
        path("Patient.gender").binding().map(Binding::strength),
        Some(BindingStrength::Required)
    );
    assert_eq!(path("Patient.name.family").owner(), TypeId::HUMAN_NAME);
    assert_eq!(path("Patient.name").max(), None);
    assert_eq!(path("Observation.status").min(), 1);
    assert!(path("Observation.status").is_modifier() && path("Observation.status").is_summary());
    assert!(path("Extension.url").is_attribute());
    assert!(path("Range.low").is_simple_quantity());
    assert_eq!(path("Extension.value[x]").properties().len(), 50);
    let agent = path("Provenance.entity.agent").types().next().map(TypeId::name);
    assert_eq!(agent, Some("Provenance.agent"));
    let targets = path("Patient.managingOrganization").properties()[0].targets();
    assert_eq!(targets, [TypeId::ORGANIZATION]);
    let contact = schema.type_named("Patient.contact").expect("a type");
    let keys: Vec<&str> = contact.invariants().map(Invariant::key).collect();
    assert_eq!(
        (keys, contact.base()),
        (vec!["pat-1"], Some(TypeId::BACKBONE_ELEMENT))
    );
    let language = path("Patient.language")
        .binding()
        .and_then(Binding::max_value_set);
    assert_eq!(language, Some("http://hl7.org/fhir/ValueSet/all-languages"));
    assert_eq!(TypeId::POSITIVE_INT.json_form(), Some(JsonForm::Number));
    assert_eq!(
        TypeId::POSITIVE_INT.primitive().and_then(Primitive::regex),
        Some("[1-9][0-9]*")
    );
}

#[test]
fn public_values_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<(Schema, TypeId, Element, Property, Binding, Invariant, Primitive)>();
}

#[test]
fn search_parameters_are_found_by_type_and_code_and_by_url() {
    let schema = Schema::r4();
    assert_eq!(schema.search_parameters().len(), 1_400);
    let with = schema
        .search_parameters()
        .filter(|one| one.expression().is_some());
    assert_eq!(with.count(), 1_384);
    let (mut pairs, mut parts) = (0, 0);
    for parameter in schema.search_parameters() {
        assert_eq!(schema.search_parameter(&parameter.url()), Some(parameter));
        for base in parameter.bases() {
            pairs += 1;
            let found = base.search_parameter(parameter.code());
            assert_eq!(found.map(SearchParameter::code), Some(parameter.code()));
            assert!(found.is_some_and(|one| one.bases().contains(base)));
            assert!(base.search_parameters().any(|one| one == parameter));
        }
        assert_eq!(
            parameter.kind() == SearchType::Composite,
            parameter.components().len() > 0
        );
        assert!(parameter.targets().is_empty() || parameter.kind() == SearchType::Reference);
        for part in parameter.components() {
            parts += 1;
            assert!(part.parameter().is_some() && !part.expression().is_empty());
        }
    }
    assert_eq!((pairs, parts), (1_721, 96));
    let of = |ty: TypeId, code: &str| ty.search_parameter(code).map(SearchParameter::id);
    assert_eq!(of(TypeId::PATIENT, "_id"), Some("Resource-id"), "not the example");
    assert_eq!(of(TypeId::CONDITION, "subject"), Some("Condition-subject"));
    assert_eq!(of(TypeId::BUNDLE, "_text"), None, "it is no domain resource");
    assert_eq!(of(TypeId::PATIENT, "shoe-size"), None);
    assert_eq!(schema.search_parameter("http://example.org/Patient-name"), None);
}

#[test]
fn compartments_name_search_parameters_of_their_resources() {
    let mut rows = 0;
    for compartment in Schema::r4().compartments() {
        assert_eq!(compartment.type_id().compartment(), Some(compartment));
        for resource in compartment.resources() {
            rows += 1;
            for code in compartment.codes(resource) {
                let is_itself = code == "{def}" && resource == compartment.type_id();
                assert!(
                    is_itself || resource.search_parameter(code).is_some(),
                    "{resource} {code}"
                );
            }
        }
    }
    assert_eq!(rows, 214);
    assert_eq!(
        TypeId::RELATED_PERSON
            .compartment()
            .map(Compartment::url)
            .as_deref(),
        Some("http://hl7.org/fhir/CompartmentDefinition/relatedPerson")
    );
}
