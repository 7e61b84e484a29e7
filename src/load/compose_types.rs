//! Projects that the crate `docker-compose-types` has read.

use docker_compose_types::Compose;

use super::Memory;
use crate::yaml::{Value, emit};

impl Memory {
    /// Adds a project that was read or built with the crate `docker-compose-types`, as a file.
    ///
    /// It is loaded as any compose file, so variables in it are still interpolated.
    ///
    /// # Errors
    ///
    /// If a value of the project cannot be written: a key that is no string.
    pub fn add_compose(&mut self, path: &str, compose: &Compose) -> Result<(), serde_json::Error> {
        let value: Value = serde_json::to_value(compose)?.into();
        self.add(path, emit(&value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_of_the_other_crate_is_converted() {
        let text = r#"{"services": {"web": {"image": "nginx:1.27", "ports": ["8080:80"]}}}"#;
        let compose: Compose = serde_json::from_str(text).unwrap();
        let mut files = Memory::new("/shop");
        files.add_compose("compose.yaml", &compose).unwrap();
        let outcome = crate::convert(&crate::Request::default(), &files);
        let objects = outcome.bundle.unwrap().base.objects;
        let kinds: Vec<_> = objects.iter().map(|object| (object.kind(), object.name())).collect();
        assert!(kinds.contains(&("Deployment", "web")) && kinds.contains(&("Service", "web")));
    }
}
