//! `c2k convert`.

use std::{
    mem::ManuallyDrop,
    path::{Path, PathBuf},
};

mod package;

use super::{
    Exit,
    arguments::{ComposeArgs, ConvertArgs, request},
    complain, messages, print, say, summary,
};
use crate::{
    convert::{Outcome, Target, convert},
    emit::{self, Bundle, ChartOptions, Tree, Variant, WriteOptions, WriteReport},
    load::Disk,
    report,
    text::{Code, Diagnostic, Failed, Severity, Sink},
};

/// Files for one folder.
struct Output {
    folder: PathBuf,
    tree: Tree,
}

/// Converts and writes.
pub(super) fn run(compose: &ComposeArgs, args: &ConvertArgs) -> Exit {
    let mut request = request(compose, &args.positional, &args.environments, &args.settings);
    request.target = args.to.into();
    if let Some(file) = &args.report
        && Form::of(file).is_none()
    {
        return complain(&format!("`--report {}`: the name ends in .md or .json", file.display()));
    }
    // The process ends after this: taking a large outcome apart would take as long as emitting it.
    let mut outcome = ManuallyDrop::new(convert(&request, &Disk));
    let least = if args.quiet { Severity::Warning } else { Severity::Note };
    let Some(bundle) = outcome.bundle.take() else {
        messages::report(&outcome.sink, &outcome.sources, least);
        return Exit::BadInput;
    };
    if let Err(error) = write_report(&outcome, args.report.as_deref()) {
        return complain(&error);
    }
    if args.output.as_deref() == Some(Path::new("-")) {
        return stream(&bundle, &mut outcome, args, least);
    }
    if args.check {
        return check(&bundle, &mut outcome, args, least);
    }
    let written = write(&bundle, &mut outcome, args);
    let Ok(written) = written else {
        messages::report(&outcome.sink, &outcome.sources, least);
        return Exit::BadInput;
    };
    if !args.quiet {
        say(&summary::text(&outcome, request.target, &written, &args.repeated(compose)));
    }
    messages::report(&outcome.sink, &outcome.sources, least);
    messages::exit(&outcome.sink, args.strict)
}

/// The form of a report.
enum Form {
    Markdown,
    Json,
}

impl Form {
    /// The form that a file's name asks for.
    fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()? {
            "md" | "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

fn write_report(outcome: &Outcome, file: Option<&Path>) -> Result<(), String> {
    let Some((file, form)) = file.and_then(|file| Some((file, Form::of(file)?))) else {
        return Ok(());
    };
    let text = match form {
        Form::Markdown => report::markdown(outcome),
        Form::Json => report::json(outcome),
    };
    std::fs::write(file, text)
        .map_err(|error| format!("cannot write `{}`: {error}", file.display()))
}

/// Says which files are not as they would be written.
fn check(bundle: &Bundle, outcome: &mut Outcome, args: &ConvertArgs, least: Severity) -> Exit {
    let mut lines = Vec::new();
    for Output { folder, tree } in outputs(bundle, args) {
        match emit::compare(&tree, &folder, &mut outcome.sink) {
            Ok(found) => lines.extend(found),
            Err(Failed) => {
                messages::report(&outcome.sink, &outcome.sources, least);
                return Exit::BadInput;
            }
        }
    }
    messages::report(&outcome.sink, &outcome.sources, least.max(Severity::Finding));
    lines.iter().for_each(|line| say(&format!("{line}\n")));
    if lines.is_empty() { messages::exit(&outcome.sink, args.strict) } else { Exit::Findings }
}

fn stream(bundle: &Bundle, outcome: &mut Outcome, args: &ConvertArgs, least: Severity) -> Exit {
    let variants = variants(bundle);
    let ([variant], Target::Manifests) = (variants.as_slice(), args.to.into()) else {
        let message = "`-o -` streams the manifests of one environment";
        outcome.sink.push(
            Diagnostic::new(Code::BadArgument, message).help("name a folder, or give one `--env`"),
        );
        messages::report(&outcome.sink, &outcome.sources, least);
        return Exit::BadInput;
    };
    let exit = print(emit::stream(variant).as_bytes(), messages::exit(&outcome.sink, args.strict));
    messages::report(&outcome.sink, &outcome.sources, least.max(Severity::Warning));
    exit
}

/// The base or the environments of plain manifests.
fn variants(bundle: &Bundle) -> Vec<&Variant> {
    if bundle.environments.is_empty() {
        vec![&bundle.base]
    } else {
        bundle.environments.iter().collect()
    }
}

fn write(
    bundle: &Bundle,
    outcome: &mut Outcome,
    args: &ConvertArgs,
) -> Result<Vec<(PathBuf, WriteReport)>, Failed> {
    let outputs = outputs(bundle, args);
    let overlays = Path::new(&outcome.project_dir).join("overlays");
    refuse_overlays(&outputs, &overlays, &mut outcome.sink)?;
    let options = WriteOptions {
        force: args.force,
        allow_data_loss: args.allow_data_loss,
        protected: vec![overlays],
    };
    let mut written = Vec::new();
    for Output { folder, tree } in outputs {
        let report = emit::write(&tree, &folder, &options, &mut outcome.sink)?;
        if args.chart.package && matches!(args.to.into(), Target::Helm) {
            let options = chart_options(args);
            let name = emit::chart_name(bundle, &options);
            package::write(&folder, name, &options.version, &mut outcome.sink)?;
        }
        written.push((folder, report));
    }
    Ok(written)
}

/// A tree whose `overlays/` would lie in those of the project.
fn refuse_overlays(outputs: &[Output], overlays: &Path, sink: &mut Sink) -> Result<(), Failed> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let overlays = absolute(overlays);
    let inside = outputs.iter().any(|output| {
        let folder = absolute(&output.folder);
        output.tree.files.keys().any(|path| folder.join(path).starts_with(&overlays))
    });
    if !inside {
        return Ok(());
    }
    let message = format!("the output would lie in `{}`, which is an input", overlays.display());
    let refused = Diagnostic::new(Code::OutputRefused, message);
    Err(sink.fail(refused.help("choose another folder with `-o`; nothing was written")))
}

fn outputs(bundle: &Bundle, args: &ConvertArgs) -> Vec<Output> {
    let mut outputs = trees(bundle, args);
    let all = emit::claims(variants(bundle));
    let several = outputs.len() > 1;
    for output in &mut outputs {
        output.tree.claims.clone_from(&all);
        if several && let Some(name) = output.folder.file_name() {
            // Manifests have a folder for each environment.
            let name = name.to_string_lossy();
            output.tree.claims.retain(|environment, _| *environment == name);
        }
    }
    outputs
}

fn trees(bundle: &Bundle, args: &ConvertArgs) -> Vec<Output> {
    let folder = |default: &str| args.output.clone().unwrap_or_else(|| PathBuf::from(default));
    match args.to.into() {
        Target::Manifests => manifests(bundle, args.output.as_deref()),
        Target::Kustomize => {
            vec![Output { folder: folder("kustomize"), tree: emit::kustomize(bundle) }]
        }
        Target::Helm => {
            let options = chart_options(args);
            let tree = emit::helm(bundle, &options);
            let name = emit::chart_name(bundle, &options);
            let prefix = format!("{name}/");
            // Several charts may lie in one folder, so each remembers its own files.
            let below = |(path, file): (String, emit::TreeFile)| {
                (path.strip_prefix(&prefix).map(str::to_owned).unwrap_or(path), file)
            };
            let files = tree.files.into_iter().map(below).collect();
            let tree = Tree { files, ..Tree::default() };
            let own = args.chart.chart_dir.clone();
            vec![Output { folder: own.unwrap_or_else(|| folder("charts").join(name)), tree }]
        }
    }
}

fn chart_options(args: &ConvertArgs) -> ChartOptions {
    let default = ChartOptions::default();
    let chart = &args.chart;
    ChartOptions {
        name: chart.chart_name.clone(),
        version: chart.chart_version.clone().unwrap_or(default.version),
        app_version: chart.app_version.clone(),
        kube_version: args.settings.kube_version.clone().unwrap_or(default.kube_version),
    }
}

fn manifests(bundle: &Bundle, output: Option<&Path>) -> Vec<Output> {
    let variants = variants(bundle);
    let several = variants.len() > 1;
    let place = |variant: &Variant| match output {
        Some(folder) if several => folder.join(&variant.environment),
        Some(folder) => folder.to_owned(),
        None if variant.environment.is_empty() => PathBuf::from("k8s"),
        None => Path::new("k8s").join(&variant.environment),
    };
    let output =
        |variant: &&Variant| Output { folder: place(variant), tree: emit::manifests(variant) };
    variants.iter().map(output).collect()
}
