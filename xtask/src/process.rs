//! Foreign programs: run to their end under a time and memory limit, or kept as servers.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs::File,
    io::Read,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Result, context};

/// A program to be run to its end.
pub struct Run {
    command: Command,
    what: String,
    time: Duration,
}

/// What a program that ended left behind.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Whether it was ended because its time was over.
    pub timed_out: bool,
}

impl Run {
    /// A run of `program` in its own process group, with an empty standard input.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self::of(Command::new(&program), &program)
    }

    /// A run of `program` that may not use more than `megabytes` of address space.
    ///
    /// The shell sets the limit, since a safe program cannot set one for its child.
    pub fn limited(program: impl AsRef<OsStr>, megabytes: u32) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(format!("ulimit -v {}; exec \"$@\"", u64::from(megabytes) * 1024));
        shell.arg("sh").arg(&program);
        Self::of(shell, &program)
    }

    fn of(mut command: Command, program: &impl AsRef<OsStr>) -> Self {
        command.process_group(0).stdin(Stdio::null());
        let what = Path::new(program).file_name().unwrap_or(program.as_ref());
        Self { command, what: what.display().to_string(), time: Duration::from_mins(2) }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets the working folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Makes `environment` the only environment, but for `PATH`.
    #[must_use]
    pub fn only(mut self, environment: &BTreeMap<String, String>) -> Self {
        self.command.env_clear().envs(environment);
        if let Some(path) = std::env::var_os("PATH") {
            self.command.env("PATH", path);
        }
        self
    }

    /// Sets one environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.command.env(name, value.into());
        self
    }

    /// Sets the time after which the program is ended.
    #[must_use]
    pub fn time(mut self, limit: Duration) -> Self {
        self.time = limit;
        self
    }

    /// Runs the program to its end.
    pub fn end(mut self) -> Result<Ended> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = context(self.command.spawn(), format!("cannot run `{}`", self.what))?;
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let (code, timed_out) = wait(&mut child, self.time)?;
        let text = |reader: thread::JoinHandle<String>| reader.join().unwrap_or_default();
        Ok(Ended { code, stdout: text(stdout), stderr: text(stderr), timed_out })
    }

    /// Runs the program to its end and gives its output; any other end than 0 is an error.
    pub fn output(self) -> Result<String> {
        let what = self.what.clone();
        let ended = self.end()?;
        match ended.code {
            Some(0) => Ok(ended.stdout),
            _ if ended.timed_out => Err(format!("`{what}` took too long")),
            code => Err(format!("`{what}` ended with {code:?}:\n{}", ended.stderr.trim_end())),
        }
    }
}

fn collect(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What was read before a broken pipe is still worth showing.
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, limit: Duration) -> Result<(Option<i32>, bool)> {
    let start = Instant::now();
    loop {
        if let Some(status) = context(child.try_wait(), "cannot wait")? {
            return Ok((status.code(), false));
        }
        if start.elapsed() > limit {
            context(child.kill(), "cannot end a program")?;
            context(child.wait(), "cannot wait")?;
            return Ok((None, true));
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// A server that ends with this value, and with this process however that ends.
pub struct Server {
    shell: Child,
}

impl Server {
    /// Starts `program`, its messages going to `log`.
    ///
    /// A shell holds the read end of a pipe: when it closes, for whatever reason, the server is
    /// killed, so that an interrupted test leaves nothing behind.
    pub fn start(program: &Path, args: &[String], log: &Path) -> Result<Self> {
        const KEEP: &str = r#""$@" </dev/null & server=$!; cat >/dev/null; kill -9 $server"#;
        let messages = context(File::create(log), log.display())?;
        let errors = context(messages.try_clone(), log.display())?;
        let shell = Command::new("/bin/sh")
            .args(["-c", KEEP, "sh"])
            .arg(program)
            .args(args)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(messages)
            .stderr(errors)
            .spawn();
        Ok(Self { shell: context(shell, format!("cannot run `{}`", program.display()))? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
