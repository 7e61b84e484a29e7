//! Paths as text, and the attributes of the specification that hold them.

use super::tree;
use crate::{
    text::{Code, Diagnostic, Sink},
    yaml::{Data, Node, Part, Template},
};

/// Prefixes of build contexts that are no folder.
const REMOTE: [&str; 6] = ["https://", "http://", "git://", "ssh://", "github.com/", "git@"];

/// The shortest form of a path: without `.`, `..` and doubled slashes where that is possible.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// Whether a path starts at a root, of Unix or of Windows.
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.starts_with("\\\\") || has_drive(path)
}

fn has_drive(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.next() == Some(b':')
        && matches!(bytes.next(), Some(b'/' | b'\\'))
}

/// `path` seen from `folder`; an absolute path stays.
pub fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        clean(path)
    } else if is_absolute(path) {
        path.to_owned()
    } else {
        clean(&format!("{folder}/{path}"))
    }
}

/// The folder that holds a path.
pub fn parent(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((folder, _)) => clean(folder),
        None => ".".to_owned(),
    }
}

/// The last part of a path.
pub fn base_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The absolute path `to` as seen from the absolute folder `from`.
pub fn relative(from: &str, to: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (parts(&clean(from)), parts(&clean(to)));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut steps = vec!["..".to_owned(); from.len() - common];
    steps.extend(to.into_iter().skip(common));
    if steps.is_empty() { ".".to_owned() } else { steps.join("/") }
}

/// Resolves the relative paths of a canonical tree.
pub(super) struct Resolver<'a> {
    /// What relative paths are relative to.
    pub(super) folder: &'a str,
    /// The home folder, for `~`.
    pub(super) home: Option<&'a str>,
    /// Where problems go.
    pub(super) sink: &'a mut Sink,
}

impl Resolver<'_> {
    /// Resolves every path of the tree in place.
    pub(super) fn resolve(&mut self, root: &mut Node) {
        for service in tree::containers(root) {
            self.service(&mut service.value);
        }
        for section in ["configs", "secrets"] {
            for entry in tree::entries_of(root, section) {
                tree::with(&mut entry.value, "file", |node| self.text(node));
            }
        }
        for volume in tree::entries_of(root, "volumes") {
            self.local_volume(&mut volume.value);
        }
    }

    fn service(&mut self, service: &mut Node) {
        for entry in tree::entries(service) {
            let value = &mut entry.value;
            match entry.key.name.as_str() {
                "build" => self.build(value),
                "env_file" => {
                    for item in tree::items(value) {
                        tree::with(item, "path", |node| self.written(node));
                    }
                }
                "label_file" => tree::items(value).iter_mut().for_each(|item| self.written(item)),
                "extends" => tree::with(value, "file", |node| self.written(node)),
                "develop" => {
                    if let Some(watch) = value.get_mut("watch") {
                        for item in tree::items(watch) {
                            tree::with(item, "path", |node| self.written(node));
                        }
                    }
                }
                "pre_start" => tree::items(value).iter_mut().for_each(|hook| self.service(hook)),
                "volumes" => {
                    for mount in tree::items(value) {
                        self.mount(mount);
                    }
                }
                _ => {}
            }
        }
    }

    fn build(&mut self, build: &mut Node) {
        tree::with(build, "context", |node| self.context(node));
        tree::with(build, "additional_contexts", |contexts| {
            tree::entries(contexts).iter_mut().for_each(|entry| self.context(&mut entry.value));
            tree::items(contexts).iter_mut().for_each(|item| self.context(item));
        });
        tree::with(build, "ssh", |ssh| {
            tree::entries(ssh).iter_mut().for_each(|entry| self.text(&mut entry.value));
            // A list is left where it holds variables.
            tree::items(ssh).iter_mut().for_each(|item| self.text(item));
        });
    }

    fn mount(&mut self, mount: &mut Node) {
        if mount.get("type").and_then(Node::as_str) != Some("bind") {
            return;
        }
        if mount.get("source").is_none() {
            let message = "invalid mount config for type \"bind\": field Source must not be empty";
            self.sink.push(Diagnostic::new(Code::BadValue, message).at(mount.span));
        }
        tree::with(mount, "source", |node| self.text(node));
    }

    fn local_volume(&mut self, volume: &mut Node) {
        if volume.get("driver").and_then(Node::as_str) != Some("local") {
            return;
        }
        let Some(options) = volume.get_mut("driver_opts") else { return };
        if options.get("o").and_then(Node::as_str) == Some("bind") {
            tree::with(options, "device", |node| self.text(node));
        }
    }

    fn context(&mut self, node: &mut Node) {
        let local = node.as_str().is_some_and(|path| {
            !path.contains("://")
                && !path.starts_with("service:")
                && !REMOTE.iter().any(|prefix| path.starts_with(prefix))
        });
        if local {
            self.written(node);
        }
    }

    /// Makes the path of a node absolute, unless it is empty.
    fn written(&self, node: &mut Node) {
        if node.as_str() != Some("") {
            self.text(node);
        }
    }

    /// Makes the path of a node absolute; an empty one is the folder itself.
    fn text(&self, node: &mut Node) {
        let Some(path) = node.as_str() else { return };
        let resolved = match (path.strip_prefix('~'), self.home) {
            (Some(rest), Some(home)) => clean(&format!("{home}/{rest}")),
            _ if is_absolute(path) => return,
            _ => join(self.folder, path),
        };
        set_text(node, resolved);
    }
}

/// Changes a string; its template gets the text that came before it, or is given up.
fn set_text(node: &mut Node, text: String) {
    let template = node.template.take();
    let old = node.as_str().unwrap_or_default();
    let template = template.and_then(|template| {
        let before = text.strip_suffix(old)?.to_owned();
        let mut parts = vec![Part::Literal(before)];
        parts.extend(template.parts.iter().cloned());
        Some(Template { parts }.into())
    });
    node.template = template;
    node.data = Data::String(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned_joined_related() {
        for (path, want) in [
            ("", "."),
            ("./a/", "a"),
            ("/a/../..", "/"),
            ("a/../../b", "../b"),
            ("/a//b/./c", "/a/b/c"),
            ("/a//b/../c/", "/a/c"),
            ("/..", "/"),
            ("a/..", "."),
        ] {
            assert_eq!(clean(path), want, "{path}");
        }
        assert_eq!(join("/p", "../x"), "/x");
        assert_eq!(join("/p", "C:\\x"), "C:\\x");
        assert_eq!(relative("/p/a", "/p/b/c"), "../b/c");
        assert_eq!(relative("/p", "/p"), ".");
        assert_eq!(parent("/x"), "/");
    }
}
