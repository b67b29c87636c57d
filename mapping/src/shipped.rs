//! The map files of this crate; a test compares the list with the folder `maps/`.

#[path = "generated/shipped.rs"]
mod files;

pub(crate) use self::files::FILES;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_list_is_the_folder() {
        let maps = Path::new(env!("CARGO_MANIFEST_DIR")).join("maps");
        let mut names = Vec::new();
        let mut folders = vec![maps.clone()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path
                    .strip_prefix(&maps)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                names.extend(name.ends_with(".map").then_some(name));
            }
        }
        names.sort();
        let listed: Vec<&str> = super::FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, listed);
    }
}
