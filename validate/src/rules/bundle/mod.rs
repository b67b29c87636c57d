//! The rules of Bundles.

pub(crate) mod bdl_1;
pub(crate) mod bdl_10;
pub(crate) mod bdl_11;
pub(crate) mod bdl_12;
pub(crate) mod bdl_2;
pub(crate) mod bdl_3;
pub(crate) mod bdl_4;
pub(crate) mod bdl_5;
pub(crate) mod bdl_7;
pub(crate) mod bdl_8;
pub(crate) mod bdl_9;
pub(crate) mod bundle_reference;
pub(crate) mod full_url;
pub(crate) mod full_url_id;
pub(crate) mod full_url_missing;

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;

/// Asks the rules that look at a Bundle of a kind (its `type`) and at its entries.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, bundle: Node<'a>, kind: &str) -> Flow {
    bdl_1::check(walk, bundle, kind)?;
    if kind == "document" {
        bdl_9::check(walk, bundle)?;
        bdl_10::check(walk, bundle)?;
        bdl_11::check(walk, bundle)?;
    }
    if kind == "message" {
        bdl_12::check(walk, bundle)?;
    }
    let mut seen = bdl_7::Seen::default();
    for entry in bundle.children_named("entry") {
        bdl_2::check(walk, entry, kind)?;
        bdl_3::check(walk, entry, kind)?;
        bdl_4::check(walk, entry, kind)?;
        bdl_5::check(walk, entry)?;
        let Some((node, url)) = entry.child("fullUrl").and_then(|node| Some((node, node.text()?))) else {
            full_url_missing::check(walk, entry, kind)?;
            continue;
        };
        bdl_8::check(walk, node, &url)?;
        full_url::check(walk, node, &url)?;
        if let Some(resource) = entry.child("resource") {
            full_url_id::check(walk, node, &url, resource, kind)?;
        }
        if kind != "history" {
            bdl_7::check(walk, entry, &mut seen)?;
        }
    }
    Flow::Continue(())
}
