//! Image references: what is pulled, what is built, what replaces parts of them.

use crate::{
    catalog::Reference,
    compose::{Service, Text},
    settings::{ImageSetting, Images, Said, ServiceSettings, Unpinned},
    text::{Code, Diagnostic, Origin, Severity, Sink, Span},
};

/// A resolved image.
pub(crate) struct Image {
    /// The reference.
    pub(crate) reference: String,
    /// Where it is said.
    pub(crate) origin: Origin,
    /// Always, IfNotPresent, Never.
    pub(crate) pull_policy: Option<String>,
}

/// The image of a service; `built_as` is the name under which a built image is pushed.
pub(crate) fn resolve(
    service: &Service,
    built_as: &str,
    settings: &ServiceSettings,
    images: &Images,
    sink: &mut Sink,
) -> Image {
    let (mut reference, origin) = match &service.image {
        Some(image) => (image.value.clone(), Origin::Input(image.span())),
        None => (built_as.to_owned(), Origin::Rule("name of the service that is built")),
    };
    if service.build.is_some() {
        reference = pushed(&reference, service.image.is_some(), images);
        if service.image.is_none() && images.registry.is_none() && settings.image.is_none() {
            sink.push(
                Diagnostic::new(
                    Code::NoImage,
                    format!("`{built_as}` is built, so a cluster cannot pull it"),
                )
                .at(service.key("build"))
                .help("push it, and name it with `--registry REGISTRY --tag TAG`"),
            );
        }
    }
    let mut origin = origin;
    let mut pull_policy =
        service.pull_policy.as_ref().and_then(|policy| pull_policy_of(&policy.value));
    if let Some(said) = &settings.image {
        reference = overridden(&reference, &said.value);
        origin = said.origin.clone();
        pull_policy = said.value.pull_policy.clone().or(pull_policy);
    }
    let reference = mirrored(&reference, images);
    let span = service.image.as_ref().map_or(service.span, Text::span);
    let span = if span == Span::NONE { service.key("build") } else { span };
    unpinned(&reference, span, settings.unpinned_images.as_ref(), sink);
    Image { reference, origin, pull_policy }
}

/// The reference of an image that is mounted and that no service of the environment builds.
pub(crate) fn mounted(source: &str, built: bool, images: &Images) -> String {
    let reference = if built { pushed(source, true, images) } else { source.to_owned() };
    mirrored(&reference, images)
}

/// A built image under the team's registry and tag.
fn pushed(reference: &str, named: bool, images: &Images) -> String {
    let Some(mut parsed) = Reference::parse(reference) else { return reference.to_owned() };
    if let Some(registry) = &images.registry {
        let name = parsed.repository.rsplit('/').next().unwrap_or_default().to_owned();
        let (host, path) =
            registry.split_once('/').map_or((registry.as_str(), ""), |(host, path)| (host, path));
        parsed.registry = Some(host.to_owned());
        parsed.repository =
            if path.is_empty() { name } else { format!("{}/{name}", path.trim_end_matches('/')) };
    }
    if let Some(tag) = &images.tag
        && parsed.digest.is_none()
        && (!named || parsed.tag.is_none() || images.registry.is_some())
    {
        parsed.tag = Some(tag.clone());
    }
    parsed.to_string()
}

/// A reference with the parts that a setting names.
fn overridden(reference: &str, setting: &ImageSetting) -> String {
    let base = setting.reference.as_deref().unwrap_or(reference);
    let Some(mut parsed) = Reference::parse(base) else { return base.to_owned() };
    if let Some(registry) = &setting.registry {
        parsed.registry = Some(registry.clone());
    }
    if let Some(repository) = &setting.repository {
        parsed.repository.clone_from(repository);
    }
    if let Some(tag) = &setting.tag {
        parsed.tag = Some(tag.clone());
        parsed.digest = None;
    }
    if let Some(digest) = &setting.digest {
        parsed.digest = Some(digest.clone());
    }
    parsed.to_string()
}

/// A reference through the mirror of its registry.
fn mirrored(reference: &str, images: &Images) -> String {
    let Some(mut parsed) = Reference::parse(reference) else { return reference.to_owned() };
    let registry = parsed.registry.clone().unwrap_or_else(|| "docker.io".to_owned());
    let Some(mirror) = images.prefix.get(&registry) else { return reference.to_owned() };
    let (host, path) =
        mirror.split_once('/').map_or((mirror.as_str(), ""), |(host, path)| (host, path));
    parsed.registry = Some(host.to_owned());
    if !path.is_empty() {
        parsed.repository = format!("{}/{}", path.trim_end_matches('/'), parsed.repository);
    }
    parsed.to_string()
}

/// Compose's pull policy in Kubernetes' words.
fn pull_policy_of(policy: &str) -> Option<String> {
    match policy {
        "always" | "daily" | "weekly" | "refresh" => Some("Always".to_owned()),
        "never" => Some("Never".to_owned()),
        "missing" | "if_not_present" => Some("IfNotPresent".to_owned()),
        _ if policy.starts_with("every_") => Some("Always".to_owned()),
        _ => None,
    }
}

/// Reports a reference that names no version, where a setting forbids it.
pub(crate) fn unpinned(
    reference: &str,
    span: Span,
    said: Option<&Said<Unpinned>>,
    sink: &mut Sink,
) {
    let severity = match said.map(|said| said.value) {
        Some(Unpinned::Error) => Severity::Finding,
        Some(Unpinned::Warn) => Severity::Warning,
        _ => return,
    };
    if Reference::parse(reference).is_some_and(|parsed| !parsed.is_pinned()) {
        sink.push(
            Diagnostic::new(
                Code::UnpinnedImage,
                format!("image `{reference}` is not pinned to a version"),
            )
            .at(span)
            .severity(severity)
            .help("name a version or a digest; for images that you build, use `--tag`"),
        );
    }
}
