//! The resolver: all places read once, then one set of settings a service.

use super::{EnvironmentName, ProjectSettings, Said, ServiceSettings};
use crate::{
    catalog::Class,
    compose::Project,
    load::Files,
    text::{Failed, Sink, Sources},
};

/// What the command line says about settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--set PATH=YAML`, in order.
    pub set: Vec<(String, String)>,
    /// `--tag`: the tag of what the team builds.
    pub tag: Option<String>,
    /// `--registry`: where the team pushes.
    pub registry: Option<String>,
    /// `--external SERVICE=HOST`, in order.
    pub external: Vec<(String, String)>,
    /// `--namespace`.
    pub namespace: Option<String>,
    /// `--kube-version`.
    pub kube_version: Option<String>,
    /// `--domain`.
    pub domain: Option<String>,
}

/// The settings of a project in one environment.
#[derive(Debug, Clone)]
pub struct Resolver {
    environment: String,
    lineage: Vec<String>,
    project: ProjectSettings,
}

impl Resolver {
    /// Reads all places: environment files, `x-c2k`, labels and flags.
    pub fn new(
        project: &Project,
        environment: Option<&EnvironmentName>,
        flags: &Flags,
        files: &dyn Files,
        sources: &mut Sources,
        sink: &mut Sink,
    ) -> Result<Self, Failed> {
        let _ = (project, flags, files, sources, sink);
        let environment = environment.map(|name| name.resolved.clone()).unwrap_or_default();
        Ok(Self { environment, lineage: Vec::new(), project: ProjectSettings::default() })
    }

    /// The class that somebody said a service has.
    pub fn class(&self, service: &str) -> Option<Said<Class>> {
        let _ = service;
        None
    }

    /// The settings of a service of that class.
    pub fn service(&self, service: &str, class: Class) -> ServiceSettings {
        let _ = (service, class);
        ServiceSettings::default()
    }

    /// The settings of the whole project.
    pub fn project(&self) -> &ProjectSettings {
        &self.project
    }

    /// The environment's resolved name; empty for the base.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The environments it is made of, from the farthest extended one to itself.
    pub fn lineage(&self) -> &[String] {
        &self.lineage
    }
}
