//! Mounts of a service: short syntax to long.

use super::{flag, map};
use crate::{
    load::{
        mounts::{self, MountSpec},
        paths,
    },
    text::{Code, Diagnostic, Sink},
    yaml::{Data, Node},
};

/// Makes every mount a mapping.
pub(super) fn canonicalise(service: &mut Node, sink: &mut Sink) {
    let Some(Data::Seq(items)) = service.get_mut("volumes").map(|node| &mut node.data) else {
        return;
    };
    for item in items {
        if let Some(spec) = item.as_str() {
            match mounts::parse(spec) {
                Ok(mount) => {
                    warn_of_drive(&mount, item, sink);
                    let data = long(mount, item).data;
                    item.data = data;
                }
                Err(problem) => {
                    sink.push(Diagnostic::new(Code::BadValue, problem).at(item.span));
                }
            }
        }
    }
}

/// Refuses mounts without a target.
pub(super) fn require_targets(service: &Node, name: &str, sink: &mut Sink) {
    let items = service.get("volumes").and_then(Node::as_seq).unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        if item.as_map().is_some() && item.get("target").is_none() {
            let message = format!(
                "service volume services.{name}.volumes.[{index}] is missing a mount target"
            );
            sink.push(Diagnostic::new(Code::BadValue, message).at(item.span));
        }
    }
}

/// A volume whose name has one letter is taken for a drive, and so is an anonymous one.
fn warn_of_drive(mount: &MountSpec, item: &Node, sink: &mut Sink) {
    let mut letters = mount.target.chars();
    let drive = letters.next().is_some_and(char::is_alphabetic) && letters.next() == Some(':');
    if mount.source.is_none() && drive && letters.next() == Some('/') {
        let message = format!(
            "`{}` mounts an anonymous volume: a name of one letter is taken for a Windows drive",
            mount.target
        );
        sink.push(
            Diagnostic::new(Code::SilentlyIgnored, message)
                .at(item.span)
                .help("give the volume a longer name, or use the long syntax"),
        );
    }
}

fn long(mount: MountSpec, item: &Node) -> Node {
    let span = item.span;
    let string = |text: String| {
        let mut node = Node::string(text, span);
        node.chain.clone_from(&item.chain);
        node
    };
    let kind = if mount.bind { "bind" } else { "volume" };
    let mut node = map([("type", string(kind.to_owned()))], span);
    if let Some(source) = mount.source {
        node.set("source", string(source));
    }
    node.set("target", string(paths::clean(&mount.target)));
    if mount.read_only {
        node.set("read_only", flag(true, span));
    }
    if mount.bind {
        let mut bind = map([("create_host_path", flag(true, span))], span);
        if let Some(propagation) = mount.propagation {
            bind.set("propagation", string(propagation));
        }
        if let Some(selinux) = mount.selinux {
            bind.set("selinux", string(selinux));
        }
        node.set("bind", bind);
    } else if !mount.tiny {
        let mut volume = map([], span);
        if mount.nocopy {
            volume.set("nocopy", flag(true, span));
        }
        node.set("volume", volume);
    }
    node
}
