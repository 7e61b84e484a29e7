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
    start.elapsed()
}

/// A project of web services, each with a database of its own kind of traffic.
fn project(services: usize) -> String {
    let mut text = String::from("name: bench\nservices:\n");
    for number in 0..services {
        let _ = write!(
            text,
            "  web{number}:\n    image: example/web:1.{number}\n    ports: [\"{}:8080\"]\n    environment:\n      \
             LOG_LEVEL: info\n      UPSTREAM: http://web{}:8080\n    healthcheck:\n      test: [CMD, curl, -f, \"http://localhost:8080/\"]\n",
            10000 + number,
            number / 2,
        );
    }
    text
}
