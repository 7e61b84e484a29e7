//! The `configs` and `secrets` that a service mounts.

use super::{Context, Storage};
use crate::{
    compose::Text,
    plan::{
        ConfigFile, DataSource, FileSet, MountPoint, MountSource, SecretEntry, SecretSet,
        files::{self, Found},
        names,
    },
    text::{Code, Diagnostic, Origin, Sink, Span},
};

/// Where a config's or secret's content is.
struct Content<'a> {
    name: &'a str,
    file: Option<&'a Text>,
    text: Option<&'a Text>,
    external: Option<&'a str>,
    span: Span,
}

/// Mounts every config and secret that the service refers to.
pub(super) fn configs_and_secrets(context: &Context, storage: &mut Storage, sink: &mut Sink) {
    for reference in &context.service.configs {
        let Some(config) = context.project.configs.get(&reference.source.value) else { continue };
        let content = Content {
            name: &reference.source.value,
            file: config.file.as_ref(),
            text: config.content.as_ref(),
            external: config
                .external
                .then(|| config.name.as_ref().map_or("", |name| name.as_str())),
            span: reference.span,
        };
        let target = reference
            .target
            .as_ref()
            .map_or_else(|| format!("/{}", reference.source.value), |target| target.value.clone());
        mount(context, &content, &target, mode(reference.mode.as_ref()), false, storage, sink);
    }
    for reference in &context.service.secrets {
        let Some(secret) = context.project.secrets.get(&reference.source.value) else { continue };
        let content = Content {
            name: &reference.source.value,
            file: secret.file.as_ref(),
            text: secret.content.as_ref(),
            external: secret
                .external
                .then(|| secret.name.as_ref().map_or("", |name| name.as_str())),
            span: reference.span,
        };
        let target =
            reference.target.as_ref().map_or(&reference.source.value, |target| &target.value);
        let target =
            if target.starts_with('/') { target.clone() } else { format!("/run/secrets/{target}") };
        mount(context, &content, &target, mode(reference.mode.as_ref()), true, storage, sink);
    }
}

fn mode(text: Option<&Text>) -> Option<i32> {
    i32::from_str_radix(text?.value.trim_start_matches("0o"), 8).ok()
}

fn mount(
    context: &Context,
    content: &Content,
    target: &str,
    mode: Option<i32>,
    secret: bool,
    storage: &mut Storage,
    sink: &mut Sink,
) {
    let volume = super::unique(storage, &names::label(content.name));
    let key = names::key(content.name);
    let file = target.rsplit('/').next().unwrap_or(content.name).to_owned();
    let name = match content.external {
        Some(name) => names::label(if name.is_empty() { content.name } else { name }),
        None => context.shared_name(content.name),
    };
    let origin = Origin::Input(content.span);
    let written = content.text.or(content.file).map_or(content.span, Text::span);
    let mut secret = secret;
    if content.external.is_some() {
        let kind = if secret { "Secret" } else { "ConfigMap" };
        let message = format!(
            "`{}` is external: the {kind} `{name}` with the key `{key}` must exist in the namespace",
            content.name
        );
        sink.push(Diagnostic::new(Code::MustExist, message).at(content.span));
    } else {
        let Some(bytes) = bytes(context, content, sink).or_else(|| secret.then(Vec::new)) else {
            return;
        };
        let path = content.file.map_or(content.name, |file| file.value.as_str());
        // A config with a password in it is no less secret than a file with one.
        secret = secret || files::is_secret(path, &bytes, context.known);
        if secret {
            let entries = vec![SecretEntry {
                key: key.clone(),
                value: bytes,
                origin: Origin::Input(written),
            }];
            storage.secrets.push(SecretSet { name: name.clone(), service: None, entries });
        } else {
            let files = vec![ConfigFile {
                key: key.clone(),
                content: bytes,
                origin: Origin::Input(written),
            }];
            storage.file_sets.push(FileSet { name: name.clone(), service: None, files });
        }
    }
    let data = DataSource { name, items: vec![(key, file.clone())], mode };
    let source = if secret { MountSource::Secret(data) } else { MountSource::Config(data) };
    storage.mounts.push(MountPoint {
        volume,
        path: target.to_owned(),
        sub_path: Some(file),
        read_only: true,
        source,
        origin,
    });
}

/// The content; none, and said, where there is none.
fn bytes(context: &Context, content: &Content, sink: &mut Sink) -> Option<Vec<u8>> {
    if let Some(text) = content.text {
        return Some(text.value.clone().into_bytes());
    }
    let file = content.file?;
    match files::read(context.files, &file.value) {
        Found::File(found) => Some(found.bytes),
        _ => {
            let shown = file
                .value
                .strip_prefix(&context.project.folder)
                .map_or_else(|| file.value.clone(), |rest| format!(".{rest}"));
            sink.push(
                Diagnostic::new(Code::BindUnreadable, format!("`{shown}` of `{}` does not exist", content.name))
                    .at(file.span())
                    .help("create the file, or name a Secret or ConfigMap that exists with `external: true`"),
            );
            None
        }
    }
}
