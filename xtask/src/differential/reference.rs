//! docker compose, kept running: a start takes it a hundred times longer than a project.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    Result, context,
    objects::at,
    process::{Ended, Run},
};

/// What docker compose may use, in megabytes of address space.
const MEMORY: u32 = 8192;

/// What one call may take.
const TIME: Duration = Duration::from_secs(20);

/// The reference, in as many processes as there are calls at once.
pub(super) struct Reference {
    kept: PathBuf,
    binary: PathBuf,
    idle: Mutex<Vec<Server>>,
}

/// One process that answers calls.
struct Server {
    child: Child,
    calls: ChildStdin,
    answers: mpsc::Receiver<String>,
}

impl Reference {
    /// The reference: a program that keeps running, and docker compose itself.
    pub(super) fn new(kept: PathBuf, binary: PathBuf) -> Self {
        Self { kept, binary, idle: Mutex::default() }
    }

    /// The schema of the specification.
    pub(super) fn schema(&self) -> Result<Value> {
        let text = Run::new(&self.kept).args(["schema"]).output()?;
        context(serde_json::from_str(&text), "the schema")
    }

    /// Makes a call.
    pub(super) fn call(
        &self,
        args: &[String],
        environment: &BTreeMap<String, String>,
        folder: &Path,
    ) -> Result<Ended> {
        let mut environment = environment.clone();
        environment.insert("HOME".to_owned(), "/home/user".to_owned());
        environment.insert("PWD".to_owned(), folder.display().to_string());
        if let Ok(path) = std::env::var("PATH") {
            environment.insert("PATH".to_owned(), path);
        }
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut server = idle.map_or_else(|| Server::start(&self.kept), Ok)?;
        if let Some(ended) = server.call(args, &environment, folder) {
            if let Ok(mut idle) = self.idle.lock() {
                idle.push(server);
            }
            return Ok(ended);
        }
        // It ended, or is busy with a bomb: the program alone says how that ends.
        drop(server);
        Run::limited(&self.binary, MEMORY)
            .args(args)
            .within(folder)
            .only(&environment)
            .time(TIME)
            .end()
    }
}

impl Server {
    fn start(program: &Path) -> Result<Self> {
        let limit = format!("ulimit -v {}; exec \"$@\"", u64::from(MEMORY) * 1024);
        let child = Command::new("/bin/sh")
            .args(["-c", &limit, "sh"])
            .arg(program)
            // Its heap is small: most collections would find nothing.
            .env("GOGC", "400")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = context(child, "docker compose")?;
        let (Some(calls), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("docker compose has no streams".to_owned());
        };
        let (send, answers) = mpsc::channel();
        thread::spawn(move || {
            BufReader::new(stdout)
                .lines()
                .map_while(std::result::Result::ok)
                .all(|line| send.send(line).is_ok())
        });
        Ok(Self { child, calls, answers })
    }

    fn call(
        &mut self,
        args: &[String],
        environment: &BTreeMap<String, String>,
        folder: &Path,
    ) -> Option<Ended> {
        let call = json!({"folder": folder, "args": args, "environment": environment});
        writeln!(self.calls, "{call}").ok()?;
        let answer = self.answers.recv_timeout(TIME).ok()?;
        let answer: Value = serde_json::from_str(&answer).ok()?;
        let text = |key| at(&answer, &[key]).and_then(Value::as_str).unwrap_or_default().to_owned();
        let code = at(&answer, &["code"]).and_then(Value::as_i64)?;
        Some(Ended {
            code: i32::try_from(code).ok(),
            stdout: text("stdout"),
            stderr: text("stderr"),
            timed_out: false,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
