//! Development commands of c2k: `cargo xtask help`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

use std::{env, path::PathBuf, process::ExitCode};

use xtask::{
    Result,
    apiserver::ApiServer,
    bless,
    c2k::C2k,
    cargo, checks, conformance,
    corpus::{self, Options},
    differential, e2e, forms,
    judges::Judges,
    networks, objects, pretend, repository,
};

const HELP: &str = "\
cargo xtask <command>

  test                          every test: those that need only Rust, then those judged by
                                helm, kustomize and a kube-apiserver, which are built once
  lint                          formatting, clippy, documentation, cargo-deny where installed
  ci                            `test`, `lint`, `differential`, and `corpus` and `conformance` where their data
                                lies beside the repository
  bless                         make the expected trees of the samples again
  judges                        build the tools that judge
  judge DIR                     put the objects of a folder before the API server
  corpus [DIR] [--only NAME] [--forms | --charts] [--record]
                                convert real projects and judge what comes out; --forms also
                                compares the three forms, --charts compares charts and manifests
                                and does nothing else; --record keeps the counts
  forms [DIR] [--seed N] [--only NAME] [--record]
                                compare the manifests of real projects with `kustomize build`, in
                                the built-in environments and in one of chance
  conformance [DIR] [CORPUS] [--only NAME] [--record]
                                compare `c2k config` with recorded output of docker compose
  e2e [--only NAME] [--keep] [--complete]
                                run converted stacks on the cluster that KUBECONFIG names; --keep
                                leaves the namespaces of failed tests, --complete fails where the
                                cluster measures no load or enforces no policies
  networks [DIR] [--only NAME] [--record]
                                ask of each pair of services whether policies let one reach the
                                other, and compare with the networks of Compose
  pretend [DIR] [--only NAME] [--record]
                                apply all samples and projects to a cluster with pretended nodes
                                and see whether they come up
  differential [COUNT] [SEED] [--record]
                                compare `c2k config` with the real docker compose on random
                                projects, 2,000 where no count is given
  attributes [--only PLACE] [--every N] [--record]
                                compare them on every attribute of the specification, with values
                                of every type, over each other and reset; --every takes one
                                attribute in so many
  help                          this text

Data is looked for in ../shared/corpus and ../shared/conformance.";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let outcome = match args.split_first() {
        Some((command, rest)) => run(command, rest),
        None => run("help", &[]),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, rest: &[String]) -> Result {
    match command {
        "test" => test(),
        "lint" => lint(),
        "ci" => ci(),
        "bless" => bless::run(),
        "judges" => Judges::build().map(drop),
        "judge" => judge(&Arguments::read(rest)?),
        "corpus" => run_corpus(&Arguments::read(rest)?),
        "forms" => {
            let arguments = Arguments::read(rest)?;
            forms::run(&arguments.folder(0, "corpus"), arguments.seed, &arguments.options)
        }
        "conformance" => run_conformance(&Arguments::read(rest)?),
        "e2e" => e2e::run(&Arguments::read(rest)?.e2e()),
        "networks" => {
            let arguments = Arguments::read(rest)?;
            networks::run(&arguments.folder(0, "corpus"), &arguments.options)
        }
        "pretend" => {
            let arguments = Arguments::read(rest)?;
            pretend::run(&arguments.folder(0, "corpus"), &arguments.options)
        }
        "differential" => run_differential(rest),
        "attributes" => {
            let Arguments { options, every, .. } = Arguments::read(rest)?;
            let Options { only, record, .. } = options;
            differential::attributes(&differential::Attributes { only, every, record })
        }
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("no command `{command}`: see `cargo xtask help`")),
    }
}

/// What stands behind `corpus` and `conformance`.
#[derive(Default)]
struct Arguments {
    folders: Vec<PathBuf>,
    options: Options,
    keep: bool,
    complete: bool,
    seed: u64,
    every: Option<usize>,
}

impl Arguments {
    fn read(rest: &[String]) -> Result<Self> {
        let mut read = Self::default();
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--record" => read.options.record = true,
                "--keep" => read.keep = true,
                "--complete" => read.complete = true,
                "--forms" => read.options.forms = true,
                "--charts" => read.options.charts = true,
                "--seed" => {
                    let number = rest.next().and_then(|word| word.parse().ok());
                    read.seed = number.ok_or("--seed NUMBER")?;
                }
                "--every" => {
                    let number = rest.next().and_then(|word| word.parse().ok());
                    read.every = Some(number.ok_or("--every NUMBER")?);
                }
                "--only" => read.options.only = Some(rest.next().ok_or("--only NAME")?.clone()),
                flag if flag.starts_with('-') => return Err(format!("no option `{flag}`")),
                folder => read.folders.push(folder.into()),
            }
        }
        Ok(read)
    }

    fn e2e(&self) -> e2e::Options {
        let &Self { keep, complete, .. } = self;
        e2e::Options { only: self.options.only.clone(), keep, complete }
    }

    fn folder(&self, index: usize, name: &str) -> PathBuf {
        self.folders.get(index).cloned().unwrap_or_else(|| shared(name))
    }
}

/// Test data that lies beside the repository, not in it.
fn shared(name: &str) -> PathBuf {
    repository().join("../shared").join(name)
}

fn judge(arguments: &Arguments) -> Result {
    let server = ApiServer::start(&Judges::build()?)?;
    let folder = arguments.folders.first().ok_or("judge DIR")?;
    let judgement = checks::judge(&server, &objects::read(folder)?)?;
    for line in judgement.refused.iter().chain(&judgement.warnings) {
        println!("{line}");
    }
    println!("{} accepted, {} refused", judgement.accepted, judgement.refused.len());
    if judgement.refused.is_empty() { Ok(()) } else { Err("objects were refused".to_owned()) }
}

fn run_corpus(arguments: &Arguments) -> Result {
    corpus::run(&arguments.folder(0, "corpus"), &arguments.options)
}

fn run_conformance(arguments: &Arguments) -> Result {
    let (data, corpus) = (arguments.folder(0, "conformance"), arguments.folder(1, "corpus"));
    let options = &arguments.options;
    conformance::run(&data, &corpus, options.record, options.only.as_deref())
}

fn run_differential(rest: &[String]) -> Result {
    let record = rest.iter().any(|word| word == "--record");
    let rest: Vec<&String> = rest.iter().filter(|word| *word != "--record").collect();
    let number = |at: usize, otherwise: u64| match rest.get(at) {
        Some(word) => word.parse().map_err(|_| format!("`{word}` is no number")),
        None => Ok(otherwise),
    };
    let count = usize::try_from(number(0, 2000)?).map_err(|error| error.to_string())?;
    differential::run(count, number(1, 1)?, record)
}

fn test() -> Result {
    Judges::build()?;
    // One set of features, so that everything is compiled once.
    let all = ["test", "--workspace", "--all-features"];
    let c2k = C2k::built(&[&all[..], &["--no-run"]].concat())?;
    cargo::run_with("C2K", c2k.path(), &[&all[..], &["--no-fail-fast"]].concat())?;
    cargo::run(&[&all[..], &["--lib", "judged", "--", "--ignored"]].concat())
}

/// Formatting, lints, documentation, licences and advisories.
fn lint() -> Result {
    cargo::run(&["fmt", "--all", "--check"])?;
    cargo::run(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ])?;
    cargo::run_with("RUSTDOCFLAGS", "-D warnings", &["doc", "--workspace", "--no-deps"])?;
    if has_deny() {
        cargo::run(&["deny", "check"])?;
    } else {
        println!("cargo-deny is not installed: licences and advisories are not checked");
    }
    Ok(())
}

fn ci() -> Result {
    test()?;
    lint()?;
    run_differential(&[])?;
    if shared("corpus").is_dir() {
        run_corpus(&Arguments::default())?;
        run_corpus(&Arguments::read(&["--charts".to_owned()])?)?;
    }
    if shared("conformance").is_dir() {
        run_conformance(&Arguments::default())?;
    }
    Ok(())
}

fn has_deny() -> bool {
    let version = cargo::command(&["deny", "--version"]).output();
    version.is_ok_and(|output| output.status.success())
}
