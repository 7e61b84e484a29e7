//! The catalogue of diagnostic codes, explained by `c2k explain CODE`.

use super::Severity;

/// Declares the codes once: variant, number, severity, slug, explanation.
macro_rules! codes {
    ($($name:ident = $number:literal, $severity:ident, $slug:literal, $text:literal;)*) => {
        /// The kind of a problem.
        // The slugs are the variants' documentation.
        #[allow(clippy::doc_markdown)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $slug] $name,)*
        }

        impl Code {
            /// Every code, in order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as printed: `C2K0101`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => concat!("C2K", $number),)* }
            }

            /// A short name for the problem.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The severity unless a diagnostic says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What the problem is, why it matters and what to do, for `c2k explain`.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    // 00: files and the command line
    FileUnreadable = "0001", Error, "file cannot be read", "The file does not exist, is a folder, or may not be read. Give the path of a compose file, or run c2k in the folder that has one.";
    NotUtf8 = "0002", Error, "file is not UTF-8", "Compose files are UTF-8 text. Convert the file, for example with `iconv -t utf-8`.";
    FileTooLarge = "0003", Error, "file is too large", "The file is larger than c2k reads. A compose file of that size is a mistake or an attack.";
    NoComposeFile = "0004", Error, "no compose file found", "Neither the folder nor its parents hold compose.yaml, compose.yml, docker-compose.yml or docker-compose.yaml, and none was given.";
    SeveralComposeFiles = "0005", Warning, "several compose files found", "The folder holds more than one file with a default name. The first of compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml is used.";
    OutputRefused = "0006", Error, "output cannot be written", "The output folder cannot be created or written, or lies inside the project's overlays. Nothing was written.";
    ChangedByHand = "0007", Warning, "file was changed by hand", "A generated file was edited since the last run. It is kept as it is; `--force` overwrites it. Put the change into `overlays/<env>/` to keep it for good.";
    BadArgument = "0008", Error, "argument is wrong", "A command line argument cannot be used as it is given.";

    ClaimLost = "0009", Error, "data would be left behind", "The last run made a claim that this one does not: a volume, a service or the namespace has another name, or the service keeps its data elsewhere now. The cluster would start with an empty claim, or none, beside the data. Keep the name, point to the claim with `volumes: {<name>: {existingClaim: …}}`, or say `--allow-data-loss` once the data is moved or not needed. Nothing was written.";

    // 01: YAML
    YamlSyntax = "0101", Error, "YAML syntax error", "The file is not valid YAML. Common causes: a tab in the indentation, an unclosed quote, a missing space after a colon.";
    DuplicateKey = "0102", Error, "duplicate key", "A mapping has the same key twice. YAML forbids it, and Compose refuses it, since one of the two would be lost.";
    UnknownAlias = "0103", Error, "unknown alias", "An alias (`*name`) refers to an anchor (`&name`) that is not defined before it in the same document.";
    AliasBomb = "0104", Error, "too many aliases", "The aliases of the document would expand to far more nodes than it has. Such documents are refused, since they take all memory.";
    BadMergeKey = "0105", Error, "merge key needs a mapping", "`<<` merges a mapping, or a list of mappings, into the mapping it stands in. Its value is something else.";
    NonStringKey = "0106", Error, "key is not a string", "Compose wants every key to be a string. Put the key in quotes.";
    TopLevelNotMapping = "0107", Error, "top level is not a mapping", "A compose file is a mapping with `services:` at its top level.";
    TooDeep = "0108", Error, "nested too deeply", "The document is nested deeper than c2k reads.";

    // 02: loading a compose project
    DotenvSyntax = "0201", Error, "environment file syntax error", "A line of an environment file cannot be read. A line is `NAME=value`, a comment (`#`) or empty.";
    InterpolationSyntax = "0202", Error, "invalid interpolation", "A `$` starts a variable: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. Write `$$` for a literal dollar sign.";
    VariableRequired = "0203", Error, "required variable is missing", "The file demands a variable (`${NAME:?message}`) that is neither in the environment nor in an environment file. Set it in `.env`, `.env.<env>` or the process environment.";
    VariableUnset = "0204", Warning, "variable is not set", "A variable without a default is not set, so an empty string takes its place, as Compose does. Set it in `.env`, `.env.<env>` or the process environment, or give it a default (`${NAME:-default}`).";
    CastFailed = "0205", Error, "value has the wrong type", "After interpolation the value cannot be read as the type that this attribute has.";
    OldBoolean = "0206", Warning, "boolean is not YAML 1.2", "`yes`, `no`, `on`, `off` are strings in YAML 1.2. Compose still takes them for booleans here; write `true` or `false`.";
    Schema = "0207", Error, "does not match the Compose specification", "The value has another type or form than the Compose specification allows for this attribute.";
    UnknownKey = "0208", Error, "unknown key", "The Compose specification has no such attribute here. Extensions start with `x-`.";
    CannotMerge = "0209", Error, "files cannot be merged", "An override file gives an attribute another shape (a list where the base has a mapping, for example), so the two cannot be merged.";
    ExtendsNotFound = "0210", Error, "extended service not found", "`extends` names a service or file that does not exist. Without `file`, the service must be in the same file.";
    ExtendsCycle = "0211", Error, "extends in a circle", "Services extend each other in a circle.";
    IncludeCycle = "0212", Error, "include in a circle", "Compose files include each other in a circle.";
    RemoteFile = "0213", Error, "remote file", "The file lies in a git repository or registry. c2k reads local files only, so that the same input always gives the same output. Fetch it and refer to the local copy.";
    BadValue = "0214", Error, "value cannot be read", "The value is not in the form that Compose wants here: a port, a volume, a duration, a size.";
    Inconsistent = "0215", Error, "inconsistent project", "Attributes of the project contradict each other or refer to something that is not defined; `docker compose` refuses it too.";
    EnvFileMissing = "0216", Error, "environment file is missing", "A service's `env_file` or `label_file` does not exist. Create it, or mark it with `required: false`.";
    DependencyCycle = "0217", Error, "dependencies in a circle", "Services depend on each other in a circle, so none can start first.";
    BadProjectName = "0218", Error, "invalid project name", "A project name consists of lower-case letters, digits, hyphens and underscores, and starts with a letter or digit.";
    NoSuchService = "0219", Error, "no such service", "A service named on the command line is not in the project.";
    EmptyProject = "0220", Error, "empty compose file", "The compose file defines nothing. It needs at least `services:`.";
    TooLarge = "0221", Error, "project grows too large", "Interpolation, include or extends would make the project larger than c2k accepts.";
    CommandCut = "0222", Warning, "command is cut", "Compose splits a command string as a shell would, but stops at an unquoted `;`, `&`, `|`, `<` or `>`: the rest never runs. Use `sh -c '…'`, or a list.";
    SilentlyIgnored = "0223", Warning, "silently ignored by Compose", "Compose accepts this value and then ignores it. c2k does the same, but says so.";
    Obsolete = "0224", Note, "obsolete attribute", "The attribute has no meaning any more in the Compose specification.";
    SwarmOnly = "0225", Note, "for Docker Swarm only", "The attribute has an effect when Docker Swarm runs the project. `docker compose` accepts and ignores it; what `c2k convert` makes of it, it says itself.";

    // 03: settings and environments
    UnknownSetting = "0301", Error, "unknown setting", "c2k has no setting of that name here. `c2k schema` prints all settings; `c2k init` writes an example.";
    BadSetting = "0302", Error, "setting has the wrong type", "The value of a setting has the wrong type or is not one of the allowed words.";
    SettingNotYet = "0303", Error, "setting is not available yet", "The setting is part of the vocabulary, but this version of c2k does not act on it. Remove it for now.";
    UnknownEnvironment = "0304", Error, "unknown environment", "The environment is neither built in (dev, staging, production), nor an alias of one, nor a folder in `overlays/`, nor a `compose.<env>.yaml`.";
    EnvironmentCycle = "0305", Error, "environments extend each other in a circle", "The `extends` of the environment files form a circle.";
    SeveralEnvironmentFiles = "0306", Error, "several files for one environment", "More than one file fits the environment, for example compose.staging.yaml and compose-staging.yaml. Keep one.";
    SettingForUnknown = "0307", Error, "setting for something that does not exist", "An environment file has settings for a service or volume that the project does not have.";

    // 04: converting
    Approximated = "0401", Warning, "approximated", "Kubernetes has no exact counterpart; the closest one is used.";
    LeftOut = "0402", Warning, "left out", "Kubernetes has no counterpart for this attribute, or it makes no sense there; it was left out.";
    NameChanged = "0403", Warning, "name was changed", "Kubernetes names are lower-case letters, digits and hyphens, at most 63 characters. The name was changed to fit; its old spelling cannot be a DNS name in the cluster.";
    NameCollision = "0404", Error, "two objects with one name", "Two objects would have the same kind and name after names were made valid for Kubernetes. Rename one of them.";
    ServiceLeftOut = "0405", Warning, "service was left out", "The service does what the cluster does itself, or needs the Docker socket, so it was left out. `enabled: true` forces it.";
    NoImage = "0406", Warning, "image must be pushed", "The service is built and names no image. Kubernetes pulls images from a registry: name it with `image`, or with `--registry` and `--tag`.";
    UnpinnedImage = "0407", Warning, "image is not pinned", "The image has no tag, or the tag `latest`, so it can change under a running stack. Name a version, or a digest.";
    HostPath = "0408", Warning, "host path is not available", "A path of the machine does not exist on a cluster's nodes. Use a named volume, a config, or `binds: hostpath` for daemons that need the node.";
    DevelopmentMount = "0409", Note, "development mount was left out", "Mounting the project's source over the image's code is for development. In a cluster the image has the code.";
    BindUnreadable = "0410", Warning, "bind mount's source is missing", "The file or folder that is mounted does not exist beside the compose file, so its content cannot become a ConfigMap.";
    BindTooLarge = "0411", Warning, "bind mount is too large for a ConfigMap", "A ConfigMap holds 1 MiB at most. Put the files into the image or a volume.";
    SharedVolume = "0412", Warning, "volume with several writers", "Several services write the volume. A ReadWriteOnce claim works only while they run on one node; they are kept together by affinity. Use storage with `accessMode: ReadWriteMany` to lift that.";
    DatabaseWithoutVolume = "0413", Note, "database without a volume", "The database had no data volume, so its data would be gone with the container. It gets a claim at the path where the image keeps its data.";
    StoreInCluster = "0414", Finding, "database runs in the cluster", "A database in production usually runs outside, or as a StatefulSet that somebody looks after. Say `external: <host>`, or `workload: statefulset` to confirm that it is meant.";
    DanglingHost = "0418", Warning, "refers to a host that is not there", "A variable names a host that is no service of this environment.";
    Refused = "0419", Warning, "service cannot be converted", "The service needs something that Kubernetes does not have; it was left out.";
    PortNotNumber = "0421", Warning, "port cannot be used", "The port is not a number between 1 and 65535.";
    MustExist = "0422", Note, "object must exist already", "The project says `external: true`, so the object is only referred to. Create it in the namespace before the workload starts.";
    NoRequest = "0423", Warning, "scaled by what it does not request", "An autoscaler compares what pods use with what they request. Without a request of CPU or memory it never scales. Say `resources: {requests: {cpu: 100m}}`, or scale by another metric.";
    StoreWork = "0424", Note, "work to do at an external store", "In Compose the container of a store makes a database, a user, or runs scripts at its first start. The store runs outside of the cluster here, so somebody has to do that there, once.";
    SecurityLevelMissed = "0425", Warning, "Pod Security level is not satisfied", "The setting `securityLevel` asks for more than the service allows as it is. What can be hardened without breaking the process is; the message names the rest. Change what stands in the way, or lower the level for this service.";
    SeveralOfOne = "0426", Warning, "several pods that know nothing of each other", "The image is known to run as one: of several pods each has data or a state of its own, and clients see now one, now another. Where it can form a cluster, configure that and confirm it with `singleton: false`; else one pod is right, or a service outside of the cluster (`external`).";
    DebugSetting = "0427", Warning, "a value for development where it is locked down", "The variable switches on what helps to develop: debugging, more logs, another mode. Whether to turn it off, and with which value, depends on the program, so c2k changes nothing. Set it in the environment's `environment`; to say that it is meant, set it there to what it is.";

    // 05: patches
    PatchInvalid = "0501", Error, "patch cannot be applied", "The patch is malformed, or its path does not exist in the object.";
    PatchMatchesNothing = "0502", Error, "patch matches nothing", "No object fits the patch's target. kustomize says nothing then; c2k refuses, since the change would be lost.";
    KustomizeUnsupported = "0503", Error, "kustomization field is not supported", "The field is outside of what c2k applies to its own objects.";
    KustomizationInvalid = "0504", Error, "kustomization is malformed", "The kustomization file, or a file that it names, cannot be read or has another form than kustomize wants.";
    PatchedInvalid = "0505", Error, "patched object is invalid", "After the patch the object has an unknown field, lacks a required one, or says two things that exclude each other, so the API server would refuse it or drop the field.";
}
