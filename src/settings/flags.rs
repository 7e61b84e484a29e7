//! Flags as settings: `--set` and its shorthands.

use super::{check::Checker, kind::Place, merge::empty};
use crate::{
    text::{Code, Diagnostic, Failed, Sink, Sources, Span},
    yaml::{self, Data, Entry, Key, Node},
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

impl Flags {
    /// Every flag as an environment file of its own, with the flag's name.
    pub(super) fn nodes(
        &self,
        sources: &mut Sources,
        sink: &mut Sink,
    ) -> Result<Vec<(String, Node)>, Failed> {
        let mut found = Vec::new();
        let shorthands: [(&str, &[&str], &Option<String>); 5] = [
            ("--registry", &["images", "registry"], &self.registry),
            ("--tag", &["images", "tag"], &self.tag),
            ("--domain", &["domain"], &self.domain),
            ("--namespace", &["namespace"], &self.namespace),
            ("--kube-version", &["kubeVersion"], &self.kube_version),
        ];
        for (flag, path, value) in shorthands {
            let Some(value) = value else { continue };
            let node = text(flag, value, sources);
            found.push((flag.to_owned(), nest(path, node, Span::NONE)));
        }
        for (service, host) in &self.external {
            let name = format!("--external {service}");
            let node = text(&name, host, sources);
            found.push((name, nest(&["services", service, "external"], node, Span::NONE)));
        }
        for (path, value) in &self.set {
            found.push(set(path, value, sources, sink)?);
        }
        let checked = found
            .into_iter()
            .map(|(name, node)| (name, Checker::new(sources, sink).settings(&node, Place::File)));
        Ok(checked.collect())
    }
}

fn text(name: &str, value: &str, sources: &mut Sources) -> Node {
    let file = sources.add(name, value);
    Node::string(value, Span::new(file, 0, u32::try_from(value.len()).unwrap_or(0)))
}

fn set(
    path: &str,
    value: &str,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Result<(String, Node), Failed> {
    let name = format!("--set {path}");
    let keys = split(path);
    let shown = sources.add("--set", path);
    let span = Span::new(shown, 0, u32::try_from(path.len()).unwrap_or(0));
    if keys.iter().any(String::is_empty) {
        let message = "`--set` wants PATH=YAML, such as `services.web.replicas=3`";
        return Err(sink.fail(Diagnostic::new(Code::BadArgument, message).at(span)));
    }
    if matches!(keys.first().map(String::as_str), Some("extends" | "description")) {
        let message = "`extends` and `description` belong into an environment file";
        return Err(sink.fail(Diagnostic::new(Code::BadArgument, message).at(span)));
    }
    let file = sources.add(name.clone(), value);
    // Variables may be secrets, and a command line is copied into logs.
    if keys.iter().any(|key| key == "environment") {
        sources.hide(Span::new(file, 0, u32::try_from(value.len()).unwrap_or(u32::MAX)));
    }
    let node = yaml::parse(file, sources, sink)?;
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    Ok((name, nest(&keys, node, span)))
}

/// A path at its dots; `\.` is a dot in a name.
fn split(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match (c, keys.last_mut()) {
            ('.', _) => keys.push(String::new()),
            ('\\', Some(last)) => last.extend(chars.next()),
            (_, Some(last)) => last.push(c),
            (_, None) => {}
        }
    }
    keys
}

fn nest(path: &[&str], value: Node, span: Span) -> Node {
    path.iter().rev().fold(value, |value, key| {
        let key = Key { name: (*key).to_owned(), span };
        Node { data: Data::Map(vec![Entry { key, value }]), span, ..empty() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_in_names_are_escaped() {
        assert_eq!(split("services.web.replicas"), ["services", "web", "replicas"]);
        assert_eq!(split(r"labels.example\.com/team"), ["labels", "example.com/team"]);
    }
}
