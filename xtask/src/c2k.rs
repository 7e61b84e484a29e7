//! The c2k binary, run as a person runs it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    Result, cargo, context,
    objects::at,
    process::{Ended, Run},
};

/// What one run may use, in megabytes: an alias bomb must not take the machine with it.
const MEMORY: u32 = 2048;

/// What one run may take.
const TIME: Duration = Duration::from_secs(20);

/// The built binary.
#[derive(Clone, Debug)]
pub struct C2k {
    binary: PathBuf,
}

/// A call of c2k.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The working folder.
    pub folder: PathBuf,
    /// The arguments.
    pub args: Vec<String>,
    /// The only environment, but for `HOME`, `PATH` and `PWD`.
    pub environment: BTreeMap<String, String>,
}

impl C2k {
    /// Builds the binary as `cargo build` does and finds it; `C2K` names another one.
    pub fn build() -> Result<Self> {
        match std::env::var_os("C2K") {
            Some(binary) => Ok(Self { binary: binary.into() }),
            None => Self::built(&["build", "--quiet", "--package", "c2k"]),
        }
    }

    /// The binary that this call of cargo builds.
    ///
    /// What cargo builds for tests has other features of its dependencies than what it builds
    /// alone: whoever needs both waits for two builds.
    pub fn built(args: &[&str]) -> Result<Self> {
        let args = [args, &["--message-format", "json-render-diagnostics"]].concat();
        let mut command = cargo::command(&args);
        let output = context(command.stderr(Stdio::inherit()).output(), "cannot run cargo")?;
        if !output.status.success() {
            return Err("c2k does not build".to_owned());
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
        let mut binaries = messages.filter(is_c2k).filter_map(|message| {
            message.get("executable").and_then(Value::as_str).map(PathBuf::from)
        });
        let binary = binaries.next_back().ok_or("cargo names no binary of c2k")?;
        Ok(Self { binary })
    }

    /// The binary.
    pub fn path(&self) -> PathBuf {
        self.binary.clone()
    }

    /// Makes a call.
    pub fn call(&self, call: &Call) -> Result<Ended> {
        let run = Run::limited(&self.binary, MEMORY).args(&call.args).within(&call.folder);
        run.only(&environment(call)).time(TIME).end()
    }

    /// Makes a call for which the files of `project` lie in the empty folder `place`.
    ///
    /// They are mounted for this call alone, so that calls do not meet.
    pub fn call_at(&self, call: &Call, project: &Path, place: &Path) -> Result<Ended> {
        const MOUNT: &str = r#"mount --bind "$1" "$2" && cd "$3" && shift 3 && exec "$@""#;
        let shell = ["--mount", "--propagation", "private", "sh", "-c", MOUNT, "sh"];
        let run = Run::limited("unshare", MEMORY).args(shell);
        let run = run.args([project, place, &call.folder, &self.binary]).args(&call.args);
        run.only(&environment(call)).time(TIME).end()
    }

    /// Converts a project, whose call names its files, and writes the result to a folder.
    pub fn convert(
        &self,
        project: &Call,
        to: &str,
        env: Option<&str>,
        out: &Path,
    ) -> Result<Ended> {
        let mut call = project.clone();
        call.args.insert(0, "convert".to_owned());
        call.args.extend(["--to", to, "-o"].map(str::to_owned));
        call.args.push(out.display().to_string());
        call.args.extend(env.iter().flat_map(|env| ["--env".to_owned(), (*env).to_owned()]));
        self.call(&call)
    }

    /// Converts a project that must convert.
    ///
    /// An exit code of 1 is a finding about the input, so what was written counts.
    pub fn must_convert(&self, project: &Call, to: &str, env: Option<&str>, out: &Path) -> Result {
        let ended = self.convert(project, to, env, out)?;
        if matches!(ended.code, Some(0 | 1)) {
            return Ok(());
        }
        let args = project.args.join(" ");
        let env = env.unwrap_or("none");
        Err(format!(
            "`c2k convert {args} --to {to}`, environment {env}, ended with {:?}:\n{}",
            ended.code,
            ended.stderr.trim_end()
        ))
    }
}

/// Whether cargo says of the binary, not of its tests, that it is built.
fn is_c2k(message: &Value) -> bool {
    let is = |path: &[&str], wanted: Value| at(message, path) == Some(&wanted);
    is(&["target", "name"], json!("c2k"))
        && is(&["target", "kind"], json!(["bin"]))
        && is(&["profile", "test"], json!(false))
}

fn environment(call: &Call) -> BTreeMap<String, String> {
    let mut environment = call.environment.clone();
    environment.entry("HOME".to_owned()).or_insert_with(|| "/home/user".to_owned());
    environment.insert("PWD".to_owned(), call.folder.display().to_string());
    environment
}
