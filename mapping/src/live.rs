//! A map set that can be replaced while threads run it.

use std::sync::{Arc, PoisonError, RwLock};

use crate::maps::Maps;

/// A map set that can be replaced while threads run it.
///
/// A run goes on with the set that it began with; the next takes the new one. Nothing waits for a run to end, and the old set is freed when the last run
/// over it is done. The new set is compiled before it is handed in, so that maps with a fault replace nothing.
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, LiveMaps, Maps, Options};
///
/// let map = |family: &str| format!("/// url = 'http://example.org/m'\n/// carewire.entry = '*'\n\
///     uses 'http://hl7.org/fhir/StructureDefinition/Patient' as target\ngroup g(source msg, target p : Patient) {{\n  msg.PID as pid -> p.name as n, n.{family} = (pid.f5.c1);\n}}");
/// let compile = |text: String| Maps::compile(&[("m.map", &text)], &Options::default()).map_err(|all| all[0].clone());
/// let maps = LiveMaps::new(compile(map("family"))?);
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rPID|||||Doe\r")?;
/// let context = Context::at("2024-02-01T10:00:00Z".parse()?);
///
/// let before = maps.current();
/// let replaced = maps.replace(compile(map("text"))?);
/// assert!(before.run(&msg, &context)?.bundle.to_json().contains("family"));
/// assert!(maps.current().run(&msg, &context)?.bundle.to_json().contains("text"));
/// assert!(std::sync::Arc::ptr_eq(&before, &replaced));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct LiveMaps {
    current: RwLock<Arc<Maps>>,
}

impl LiveMaps {
    /// Begins with a set.
    #[must_use]
    pub fn new(maps: Maps) -> Self {
        Self {
            current: RwLock::new(Arc::new(maps)),
        }
    }

    /// The set to run with: take it once for each run.
    #[must_use]
    pub fn current(&self) -> Arc<Maps> {
        // Only an exchange of pointers is done under the lock: what is there is whole, whatever panicked.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another set in the place of the current one, and gives that back.
    pub fn replace(&self, maps: Maps) -> Arc<Maps> {
        let new = Arc::new(maps);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, new)
    }
}
