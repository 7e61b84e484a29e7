//! How long the command takes, from its start to its end, as a user waits for it: `c2k convert -o -`
//! of 10 and of 5,000 services, `c2k config -q` of 5,000 and of ten times as many. Run with
//! `cargo bench`.

use std::{
    fmt::Write,
    fs,
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = |name: &str, services: usize| {
        let path = folder.path().join(name);
        fs::write(&path, project(services)).map(|()| path)
    };
    let (ten, many, most) =
        (file("10.yaml", 10)?, file("5000.yaml", 5000)?, file("50000.yaml", 50_000)?);
    say(&format!("{} services, {} bytes", 5000, fs::metadata(&many)?.len()));
    report("convert, 10 services", median(51, || convert(&ten)));
    report("convert, 5,000 services", median(15, || convert(&many)));
    let one = report("config, 5,000 services", median(15, || config(&many)));
    let tenfold = report("config, 50,000 services", median(5, || config(&most)));
    say(&format!("ratio {:.2}", tenfold.as_secs_f64() / one.as_secs_f64()));
    Ok(())
}

fn convert(file: &Path) -> Duration {
    time(Command::new(env!("CARGO_BIN_EXE_c2k")).arg("convert").arg(file).args(["-o", "-"]))
}

fn config(file: &Path) -> Duration {
    time(Command::new(env!("CARGO_BIN_EXE_c2k")).args(["config", "-q", "-f"]).arg(file))
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "the generated project converts");
    start.elapsed()
}

fn median(runs: usize, once: impl Fn() -> Duration) -> Duration {
    // The first finds neither the binary nor the file in memory.
    once();
    let mut times: Vec<_> = (0..runs).map(|_| once()).collect();
    times.sort();
    times.get(runs / 2).copied().unwrap_or_default()
}

fn report(what: &str, median: Duration) -> Duration {
    say(&format!("{what}: median {median:.1?}"));
    median
}

fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// A project of services that have what services have: variables, a password, a port, volumes, a
/// healthcheck, limits, something to wait for.
fn project(services: usize) -> String {
    let mut text = String::from("name: bench\nservices:\n");
    for number in 0..services {
        let _ = write!(
            text,
            "  web{number}:
    image: registry.example.com/team/web:1.{number}
    command: [serve, --port, \"8080\"]
    restart: unless-stopped
    ports:
      - \"{port}:8080\"
    environment:
      LOG_LEVEL: ${{LOG_LEVEL:-info}}
      UPSTREAM: http://web{upstream}:8080
      DATABASE_URL: postgres://app:pw{number}secret@web{upstream}:5432/app
    depends_on:
      - web{awaited}
    volumes:
      - data{number}:/data
    healthcheck:
      test: [CMD, curl, -f, \"http://localhost:8080/\"]
      interval: 10s
    deploy: {{resources: {{limits: {{cpus: \"0.5\", memory: 128M}}}}}}
",
            port = 10000 + number % 50_000,
            upstream = number / 2,
            awaited = if number == 0 { services } else { number / 2 },
        );
    }
    let _ = writeln!(text, "  web{services}: {{image: example/last:1.0}}\nvolumes:");
    for number in 0..services {
        let _ = writeln!(text, "  data{number}:");
    }
    text
}
