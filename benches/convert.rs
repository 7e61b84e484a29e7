//! How long a conversion takes in memory: 10 services, and 5,000. Run with `cargo bench`.

use std::{fmt::Write, io::Write as _, time::Instant};

use c2k::{Request, convert, load::Memory};

fn main() {
    for (services, runs) in [(10, 50), (5000, 3)] {
        let files = Memory::new("/project").with("compose.yaml", project(services));
        let mut times: Vec<_> = (0..runs).map(|_| once(&files)).collect();
        times.sort();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let _ =
            writeln!(std::io::stdout(), "{services} services: median {median:?} of {runs} runs");
    }
}

fn once(files: &Memory) -> std::time::Duration {
    let start = Instant::now();
    let outcome = convert(&Request::default(), files);
    let bundle = outcome.bundle.expect("the generated project converts");
    assert!(!c2k::emit::stream(&bundle.base).is_empty());
    let elapsed = start.elapsed();
    // A process ends after this, without taking its memory apart.
    std::mem::forget((outcome.planned, bundle));
    elapsed
}

/// A project of services that have what services have: variables, a password, a port, a volume, a
/// healthcheck and limits.
fn project(services: usize) -> String {
    let mut text = String::from("name: bench\nservices:\n");
    for number in 0..services {
        let _ = write!(
            text,
            "  web{number}:
    image: example/web:1.{number}
    command: [serve, --port, \"8080\"]
    ports: [\"{port}:8080\"]
    environment:
      LOG_LEVEL: info
      UPSTREAM: http://web{upstream}:8080
      DATABASE_URL: postgres://app:pw{number}secret@web{upstream}:5432/app
    volumes: [\"data{number}:/data\"]
    healthcheck: {{test: [CMD, curl, -f, \"http://localhost:8080/\"], interval: 10s}}
    deploy: {{resources: {{limits: {{cpus: \"0.5\", memory: 128M}}}}}}
",
            port = 10000 + number,
            upstream = number / 2,
        );
    }
    text.push_str("volumes:\n");
    for number in 0..services {
        let _ = writeln!(text, "  data{number}:");
    }
    text
}
