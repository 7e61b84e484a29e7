//! A process that builds Kustomize trees, one after the other.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

use crate::{Result, context, judges::Judges, objects::Object};

/// The process; it ends when its standard input does.
pub(super) struct Trees {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Trees {
    /// Starts the process.
    pub(super) fn start(judges: &Judges) -> Result<Self> {
        let spawned = Command::new(&judges.trees)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = context(spawned, "cannot run `trees`")?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().ok_or("`trees` has no output")?);
        Ok(Self { child, input, output })
    }

    /// Builds a tree: its objects, or why it does not build.
    pub(super) fn build(&mut self, folder: &Path) -> Result<Result<Vec<Object>>> {
        let input = self.input.as_mut().ok_or("`trees` has no input")?;
        context(writeln!(input, "{}", folder.display()), "cannot ask `trees`")?;
        let mut line = String::new();
        context(self.output.read_line(&mut line), "cannot hear `trees`")?;
        let answer: Value = context(serde_json::from_str(&line), "`trees`")?;
        let error = answer.get("error").and_then(Value::as_str).unwrap_or_default();
        if !error.is_empty() {
            return Ok(Err(format!("does not build: {error}")));
        }
        let objects = answer.get("objects").and_then(Value::as_array).into_iter().flatten();
        let object = |value: &Value| Object {
            origin: "kustomize".to_owned(),
            text: String::new(),
            value: value.clone(),
        };
        Ok(Ok(objects.map(object).collect()))
    }
}

impl Drop for Trees {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
