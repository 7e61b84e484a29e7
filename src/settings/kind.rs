//! What a setting's value may be; the language of the [table](super::table).

/// Where a setting may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// In a service only.
    Service,
    /// In a service, for all services, and in `defaults`.
    All,
    /// At the top level only.
    Top,
    /// At the top level of an environment file only.
    File,
    /// Inside another setting.
    Inner,
}

/// A mapping that takes settings of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `services.<name>` of an environment file, and `x-c2k` in a service.
    Service,
    /// `defaults.<class>`.
    Defaults,
    /// `x-c2k` at the top of a compose file.
    Project,
    /// An environment file.
    File,
}

impl Place {
    /// Whether a setting may stand here.
    pub(super) fn takes(self, scope: Scope) -> bool {
        match self {
            Self::Service => matches!(scope, Scope::Service | Scope::All),
            Self::Defaults => scope == Scope::All,
            Self::Project => matches!(scope, Scope::All | Scope::Top),
            Self::File => matches!(scope, Scope::All | Scope::Top | Scope::File),
        }
    }
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What its value may be.
    pub(super) kind: Kind,
    /// Where it may stand.
    pub(super) scope: Scope,
    /// What it does, in one line.
    pub(super) doc: &'static str,
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// `true` or `false`.
    Bool,
    /// `false`, beside another form.
    False,
    /// A whole number in a range.
    Int(i64, i64),
    /// A text; numbers are taken as they are written.
    Text,
    /// A name of an object: lower-case letters, digits, hyphens, dots.
    Name,
    /// An amount of CPU.
    Cpu,
    /// An amount of memory or storage.
    Bytes,
    /// A number or a percentage of pods.
    Pods,
    /// A version of Kubernetes.
    Version,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A list.
    List(&'static Self),
    /// A mapping from free names.
    Map(&'static Self),
    /// Null has a meaning of its own.
    Nullable(&'static Self),
    /// A mapping with fixed keys.
    Object(&'static Object),
    /// A mapping with the vocabulary's keys.
    Settings(Place),
    /// One of several forms.
    Any(&'static [Self]),
    /// A piece of a Kubernetes object, as it is written there.
    Raw(Schema),
    /// Part of the vocabulary, but not of this version.
    Later,
}

/// A piece of a Kubernetes object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// `Affinity` of a pod.
    Affinity,
    /// `Toleration` of a pod.
    Toleration,
    /// `MetricSpec` of a HorizontalPodAutoscaler.
    Metric,
}

/// A mapping with fixed keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object {
    /// Its keys.
    pub(super) keys: &'static [Key],
    /// The key that a bare text stands for.
    pub(super) short: Option<&'static str>,
    /// Keys of which only one makes sense; a stronger place's one replaces a weaker place's other.
    pub(super) choice: &'static [&'static str],
    /// Whether a stronger place replaces the whole instead of merging key by key.
    pub(super) whole: bool,
    /// What keys with a slash may be, such as `nvidia.com/gpu`.
    pub(super) extra: Option<&'static Kind>,
}

/// The key that the chosen one of [`Object::choice`], or a bare image reference, is kept under.
pub(super) const CHOSEN: &str = "=";

impl Kind {
    /// The kind in the words of messages.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Bool => "`true` or `false`".to_owned(),
            Self::False => "`false`".to_owned(),
            Self::Int(_, i64::MAX) => "a whole number".to_owned(),
            Self::Int(min, max) => format!("a whole number from {min} to {max}"),
            Self::Text | Self::Nullable(_) => "a text".to_owned(),
            Self::Name => "a name of lower-case letters, digits and hyphens".to_owned(),
            Self::Cpu => "an amount of CPU such as `250m` or `2`".to_owned(),
            Self::Bytes => "a size such as `128Mi` or `2Gi`".to_owned(),
            Self::Pods => "a number or a percentage".to_owned(),
            Self::Version => "a version such as `\"1.33\"`".to_owned(),
            Self::Words(words) => {
                let list: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                list.join(", ")
            }
            Self::List(_) => "a list".to_owned(),
            Self::Object(Object { short: Some(_), .. }) => "a text or a mapping".to_owned(),
            Self::Map(_) | Self::Object(_) | Self::Settings(_) | Self::Raw(_) => {
                "a mapping".to_owned()
            }
            Self::Any(kinds) => kinds.iter().map(Self::words).collect::<Vec<_>>().join(" or "),
            Self::Later => "nothing yet".to_owned(),
        }
    }
}
