use core::any::Any;

use crate::r4::{Bundle, BundleEntry, BundleType, Resource};

impl Bundle {
    /// A collection of resources.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::{Bundle, Group, Patient};
    /// let patient = Patient { active: Some(true), ..Default::default() };
    /// let bundle = Bundle::collection([patient.into(), Group::default().into()]);
    /// assert_eq!(bundle.resources().count(), 2);
    /// assert_eq!(bundle.resources_of::<Patient>().next().and_then(|one| one.active), Some(true));
    /// ```
    pub fn collection(resources: impl IntoIterator<Item = Resource>) -> Self {
        let entry = resources.into_iter().map(|resource| BundleEntry {
            resource: Some(resource),
            ..BundleEntry::default()
        });
        Self {
            entry: entry.collect(),
            ..Self::new(BundleType::Collection)
        }
    }

    /// The resources of its entries.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.entry.iter().filter_map(|one| one.resource.as_ref())
    }

    /// The resources of its entries that are of type `T`: `bundle.resources_of::<Patient>()`.
    pub fn resources_of<T: Any>(&self) -> impl Iterator<Item = &T> {
        self.resources().filter_map(Resource::get)
    }

    /// The resource of the entry with a full URL. Many of these are asked for faster from a map of one's own.
    pub fn resource_at(&self, full_url: &str) -> Option<&Resource> {
        let mut entries = self.entry.iter();
        entries
            .find(|one| one.full_url.as_deref() == Some(full_url))?
            .resource
            .as_ref()
    }
}
