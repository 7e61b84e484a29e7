//! The first environment file of a project, for `c2k init`.

use std::fmt::Write;

use super::{builtin, production_value};
use crate::compose::{Project, Service};

/// The file in `overlays/` with the schema of environment files, for editors.
pub const SCHEMA_FILE: &str = "environment.schema.json";

/// The text of `overlays/<name>/environment.yaml` for a project: everything is a comment, except
/// what the environment needs to be one.
pub fn init_file(name: &str, project: &Project) -> String {
    let mut text = format!("# yaml-language-server: $schema=../{SCHEMA_FILE}\n");
    let built_in = builtin::text(name).is_some();
    head(&mut text, name, built_in);
    let _ = writeln!(text, "# domain: example.com");
    let _ = writeln!(text, "# namespace: {}", project.name);
    let _ = writeln!(text, "# images: {{registry: registry.example.com/{}}}\n", project.name);
    let _ = writeln!(text, "# services:");
    for (service_name, service) in project.services.iter() {
        let _ = writeln!(text, "#   {}:", service_name.as_str());
        for line in example(service, name != "dev") {
            let _ = writeln!(text, "#     {line}");
        }
    }
    let mut volumes = project.volumes.iter().peekable();
    if volumes.peek().is_some() {
        let _ = writeln!(text, "\n# volumes:");
    }
    for (name, _) in volumes {
        let _ = writeln!(text, "#   {}: {{size: 10Gi}}", name.as_str());
    }
    text
}

fn head(text: &mut String, name: &str, built_in: bool) {
    let _ = writeln!(text, "# What `{name}` changes; it is stronger than the compose file.");
    let _ = writeln!(text, "# `c2k schema` prints every setting, `c2k explain` who said what.\n");
    if built_in {
        let _ = writeln!(text, "# Everything else comes from the built-in environment `{name}`.");
    } else {
        let _ = writeln!(text, "# Everything else comes from this environment.");
        let _ = writeln!(text, "extends: staging\n");
    }
}

/// What one would change of such a service.
///
/// Where it is locked down, its variables for development get the values for production.
fn example(service: &Service, locked_down: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if !service.ports.is_empty() {
        lines.push("public: true".to_owned());
    }
    let keeps_data = service.volumes.iter().any(|mount| mount.kind.as_str() == "volume");
    lines.push(if keeps_data { "external: db.example.com" } else { "replicas: 2" }.to_owned());
    lines.push("resources: {requests: {cpu: 250m, memory: 256Mi}}".to_owned());
    let variables = service.environment.iter().filter_map(|(name, value)| {
        let there = production_value(&name.value, &value.as_ref()?.value)?;
        Some(format!("{}: \"{there}\"", name.value))
    });
    let variables: Vec<String> = variables.filter(|_| locked_down).collect();
    if !variables.is_empty() {
        lines.push(format!("environment: {{{}}}", variables.join(", ")));
    }
    lines
}
