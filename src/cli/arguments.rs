//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::{
    convert::{Request, Target},
    load,
    settings::Flags,
};

/// Turns a Docker Compose project into Kubernetes manifests, a Kustomize tree or a Helm chart.
#[derive(Debug, Parser)]
#[command(
    name = "c2k",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Examples:
  c2k convert docker-compose.yml --env staging
  c2k convert --to kustomize
  c2k convert --to helm -o charts
  c2k convert --env dev -o - | kubectl apply -f -
  c2k explain deployment/web spec.replicas --env production"
)]
pub(super) struct Cli {
    /// Where the project is.
    #[command(flatten)]
    pub(super) compose: ComposeArgs,
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The options of `docker compose` itself.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Compose options")]
pub(super) struct ComposeArgs {
    /// Compose file; may be repeated, later ones override. `-` is standard input
    #[arg(short, long = "file", global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) files: Vec<String>,
    /// Project name
    #[arg(short, long, global = true, value_name = "NAME")]
    pub(super) project_name: Option<String>,
    /// Environment file for interpolation, instead of .env
    #[arg(long = "env-file", global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) env_files: Vec<String>,
    /// Profile to enable
    #[arg(long = "profile", global = true, value_name = "NAME")]
    pub(super) profiles: Vec<String>,
    /// Project folder, instead of the first compose file's
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) project_directory: Option<String>,
    /// Ignore the process environment
    #[arg(long, global = true)]
    pub(super) clean_env: bool,
}

impl ComposeArgs {
    /// The options of the loader; positional files come first.
    pub(super) fn options(&self, positional: &[String]) -> load::Options {
        let mut options = load::Options {
            files: [positional, &self.files].concat(),
            discover_override: true,
            env_files: self.env_files.clone(),
            project_directory: self.project_directory.clone(),
            project_name: self.project_name.clone(),
            profiles: self.profiles.clone(),
            ..load::Options::default()
        };
        if !self.clean_env {
            options.environment = std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect();
        }
        if options.files.iter().any(|file| file == "-") {
            // What cannot be read is empty, which the loader refuses.
            options.stdin = std::io::read_to_string(std::io::stdin()).ok();
        }
        options
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write Kubernetes objects for environments
    Convert(ConvertArgs),
    /// Print the canonical compose model, as `docker compose config` does
    Config(ConfigArgs),
    /// Print Secret objects with the values at hand, for `kubectl apply -f -`
    Secrets(SecretsArgs),
    /// Print every image of an environment
    Images(ImagesArgs),
    /// Explain a diagnostic's code, what becomes of a compose key, or where a field comes from
    Explain(ExplainArgs),
    /// Show what distinguishes two environments, or an environment from a folder of manifests
    Diff(DiffArgs),
    /// Write overlays/<env>/environment.yaml to edit
    Init(InitArgs),
    /// Print the JSON Schema of the settings
    Schema,
    /// Completions and the man page
    #[command(hide = true, subcommand)]
    Generate(Generate),
}

/// Settings of the command line.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct SettingArgs {
    /// Tag of the images that the team builds
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Registry that the team pushes to
    #[arg(long, value_name = "REGISTRY")]
    registry: Option<String>,
    /// A setting, such as `services.web.replicas=3`
    #[arg(long, value_name = "PATH=YAML", value_parser = pair)]
    set: Vec<(String, String)>,
    /// A service that runs outside of the cluster, and where
    #[arg(long, value_name = "SERVICE=HOST", value_parser = pair)]
    external: Vec<(String, String)>,
    /// Namespace of the objects
    #[arg(short, long, value_name = "NAME")]
    namespace: Option<String>,
    /// Domain below which published HTTP services are reached
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// What the cluster runs
    #[arg(long, value_name = "VERSION")]
    pub(super) kube_version: Option<String>,
}

impl SettingArgs {
    fn flags(&self) -> Flags {
        let Self { tag, registry, set, external, namespace, domain, kube_version } = self.clone();
        Flags { set, tag, registry, external, namespace, kube_version, domain }
    }
}

impl ConvertArgs {
    /// The flags that another command needs to see the same project, as a shell reads them.
    ///
    /// Settings of variables are left out: they may be secrets.
    pub(super) fn repeated(&self, compose: &ComposeArgs) -> String {
        let mut words: Vec<String> = Vec::new();
        let mut add = |flag: &str, value: &str| words.extend([flag.to_owned(), quote(value)]);
        let SettingArgs {
            set,
            external,
            namespace,
            tag: _,
            registry: _,
            domain: _,
            kube_version: _,
        } = &self.settings;
        compose.project_name.iter().for_each(|name| add("-p", name));
        compose.env_files.iter().for_each(|file| add("--env-file", file));
        compose.profiles.iter().for_each(|profile| add("--profile", profile));
        compose.project_directory.iter().for_each(|folder| add("--project-directory", folder));
        for (path, value) in set.iter().filter(|(path, _)| !path.contains("environment")) {
            add("--set", &format!("{path}={value}"));
        }
        for (service, host) in external {
            add("--external", &format!("{service}={host}"));
        }
        namespace.iter().for_each(|name| add("--namespace", name));
        compose.files.iter().for_each(|file| add("-f", file));
        words.extend(compose.clean_env.then(|| "--clean-env".to_owned()));
        words.extend(self.positional.iter().map(|file| quote(file)));
        words.iter().map(|word| format!(" {word}")).collect()
    }
}

/// A word as a shell reads it back.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("an `=` is missing between name and value".to_owned()),
    }
}

/// What a chart says of itself.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Chart options")]
pub(super) struct ChartArgs {
    /// Name of the chart, instead of the project's
    #[arg(long, value_name = "NAME", value_parser = chart_name)]
    pub(super) chart_name: Option<String>,
    /// Version of the chart
    #[arg(long, value_name = "SEMVER", value_parser = semver)]
    pub(super) chart_version: Option<String>,
    /// Version of the application, instead of the first image's tag
    #[arg(long, value_name = "VERSION")]
    pub(super) app_version: Option<String>,
    /// Folder of the chart itself, instead of one of its name below the output folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) chart_dir: Option<PathBuf>,
    /// Also write the chart as one file, <name>-<version>.tgz, beside its folder
    #[arg(long)]
    pub(super) package: bool,
}

fn chart_name(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let ends = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !text.ends_with('-');
    if plain && ends && text.len() <= 63 {
        return Ok(text.to_owned());
    }
    Err("a chart's name has lower-case letters, digits and dashes".to_owned())
}

fn semver(text: &str) -> Result<String, String> {
    let (core, rest) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
    let number = |part: &str| {
        let leading = part.len() > 1 && part.starts_with('0');
        !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()) && !leading
    };
    let known = |c: char| c.is_ascii_alphanumeric() || "-.+".contains(c);
    let parts: Vec<_> = core.split('.').collect();
    let whole = parts.len() == 3 && parts.into_iter().all(number);
    if whole && rest.len() != 1 && rest.chars().all(known) && !rest.ends_with('.') {
        return Ok(text.to_owned());
    }
    Err("a version is like 1.2.3 or 1.2.3-rc.1".to_owned())
}

/// `convert`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  c2k convert docker-compose.yml --env staging        k8s/staging/
  c2k convert --env staging --env production          k8s/staging/ and k8s/production/
  c2k convert --to kustomize                          kustomize/base and kustomize/overlays/<env>
  c2k convert --to helm                               charts/<project>/
  c2k convert --env dev -o - | kubectl apply -f -     nothing is written
  c2k convert --report report.md                      what went where, and what did not

Exit codes: 0 done; 1 a finding, or with --strict any warning; 2 the input is wrong and nothing
was written; 3 a bug of c2k.")]
pub(super) struct ConvertArgs {
    /// Compose files
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) positional: Vec<String>,
    /// Environment: dev, staging, production, or one of overlays/; may be repeated
    #[arg(short, long = "env", value_name = "ENV")]
    pub(super) environments: Vec<String>,
    /// What to write
    #[arg(long, value_enum, default_value_t = To::Manifests, value_name = "FORM")]
    pub(super) to: To,
    /// Output folder; `-` streams the manifests of one environment
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) chart: ChartArgs,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
    /// Write what came of it: FILE.md as a page, FILE.json for programs
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) report: Option<PathBuf>,
    /// Exit with 1 if there is any warning
    #[arg(long)]
    pub(super) strict: bool,
    /// Write nothing; exit with 1 if the folder is not what would be written
    #[arg(long, conflicts_with = "force")]
    pub(super) check: bool,
    /// Overwrite and remove files that were changed by hand
    #[arg(long)]
    pub(super) force: bool,
    /// Go on although claims that hold data would get other names, or none
    #[arg(long)]
    pub(super) allow_data_loss: bool,
    /// No summary and no notes, only warnings and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    /// One file an object
    Manifests,
    /// A base, and an overlay for each environment
    Kustomize,
    /// A chart with a values file for each environment
    Helm,
}

impl From<To> for Target {
    fn from(to: To) -> Self {
        match to {
            To::Manifests => Self::Manifests,
            To::Kustomize => Self::Kustomize,
            To::Helm => Self::Helm,
        }
    }
}

/// A request for the library.
pub(super) fn request(
    compose: &ComposeArgs,
    positional: &[String],
    environments: &[String],
    settings: &SettingArgs,
) -> Request {
    Request {
        load: compose.options(positional),
        environments: environments.to_vec(),
        target: Target::Manifests,
        flags: settings.flags(),
        clean_env: compose.clean_env,
        origins: false,
    }
}

/// `config`.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct ConfigArgs {
    /// Services to keep, with what they depend on
    #[arg(value_name = "SERVICE")]
    pub(super) names: Vec<String>,
    /// Print the names of the services
    #[arg(long, group = "what")]
    pub(super) services: bool,
    /// Print the names of the volumes
    #[arg(long, group = "what")]
    pub(super) volumes: bool,
    /// Print the images
    #[arg(long, group = "what")]
    pub(super) images: bool,
    /// Print the names of the profiles
    #[arg(id = "list_profiles", long = "profiles", group = "what")]
    pub(super) profiles: bool,
    /// Print the names of the networks
    #[arg(long, group = "what")]
    pub(super) networks: bool,
    /// Print the names of the models
    #[arg(long, group = "what")]
    pub(super) models: bool,
    /// Print the variables of the files, with their defaults
    #[arg(long, group = "what")]
    pub(super) variables: bool,
    /// Print the environment of interpolation
    #[arg(long, group = "what")]
    pub(super) environment: bool,
    /// Form of the output: YAML, but a table of variables
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// Only check
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Write to a file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
    /// Leave variables as they are
    #[arg(long)]
    pub(super) no_interpolate: bool,
    /// No defaults
    #[arg(long)]
    pub(super) no_normalize: bool,
    /// Leave paths as they are
    #[arg(long)]
    pub(super) no_path_resolution: bool,
    /// Leave `env_file` as it is
    #[arg(long)]
    pub(super) no_env_resolution: bool,
    /// No checks of references
    #[arg(long)]
    pub(super) no_consistency: bool,
}

/// YAML or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// YAML
    Yaml,
    /// JSON
    Json,
}

/// `secrets`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  c2k secrets --env production --generate | kubectl apply -f -")]
pub(super) struct SecretsArgs {
    /// Compose files
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) positional: Vec<String>,
    /// Environment
    #[arg(short, long = "env", value_name = "ENV")]
    pub(super) environment: Option<String>,
    /// Make strong random values for empty ones
    #[arg(long)]
    pub(super) generate: bool,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
}

/// `images`.
#[derive(Debug, Args)]
pub(super) struct ImagesArgs {
    /// Compose files
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) positional: Vec<String>,
    /// Environment; may be repeated
    #[arg(short, long = "env", value_name = "ENV")]
    pub(super) environments: Vec<String>,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
}

/// `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  c2k explain                                        every code
  c2k explain C2K0407                                what it means
  c2k explain healthcheck.interval                   what becomes of a compose key
  c2k explain deployment/web                         where its fields come from
  c2k explain deployment/web spec.replicas --env production")]
pub(super) struct ExplainArgs {
    /// A code (C2K0407), a compose key (healthcheck.interval), or an object (deployment/web)
    #[arg(value_name = "CODE|KEY|OBJECT")]
    pub(super) what: Option<String>,
    /// A field of the object
    #[arg(value_name = "FIELD.PATH")]
    pub(super) field: Option<String>,
    /// Environment
    #[arg(short, long = "env", value_name = "ENV")]
    pub(super) environment: Option<String>,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
}

/// `diff`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  c2k diff staging production             what production has and staging has not
  c2k diff production --against k8s/prod  what another run would change

Exit codes: 0 no difference; 1 differences; 2 the input is wrong.")]
pub(super) struct DiffArgs {
    /// Environments
    #[arg(value_name = "ENV")]
    pub(super) environments: Vec<String>,
    /// A folder of manifests
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) against: Option<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,
    #[command(flatten)]
    pub(super) settings: SettingArgs,
}

/// Text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Environment; may be repeated; without one: dev, staging, production
    #[arg(short, long = "env", value_name = "ENV")]
    pub(super) environments: Vec<String>,
}

/// Completions and the man page.
#[derive(Debug, Subcommand)]
pub(super) enum Generate {
    /// Completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The man page
    Man,
}
