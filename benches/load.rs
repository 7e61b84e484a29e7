//! How long `c2k config` takes to load in memory: 5,000 services (2.7 MB), and ten times as many.
//! Run with `cargo bench --bench load`.

use std::{fmt::Write, io::Write as _, time::Duration, time::Instant};

use c2k::{
    load::{Memory, Options, load},
    text::{Sink, Sources},
};

fn main() {
    let [one, ten] = [(5000, 15), (50_000, 3)].map(|(services, runs)| {
        let text = project(services);
        let size = text.len();
        let files = Memory::new("/project").with("compose.yaml", text);
        let mut times: Vec<_> = (0..runs).map(|_| once(&files)).collect();
        times.sort();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let _ = writeln!(
            std::io::stdout(),
            "{services} services, {size} bytes: median {median:?} of {runs} runs"
        );
        median
    });
    let _ = writeln!(std::io::stdout(), "ratio {:.2}", ten.as_secs_f64() / one.as_secs_f64());
}

fn once(files: &Memory) -> Duration {
    let start = Instant::now();
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let options = Options { config: true, ..Options::default() };
    let loaded = load(files, &options, &mut sources, &mut sink);
    assert!(loaded.is_ok(), "the generated project loads");
    start.elapsed()
}

/// A project of services as people write them, which depend on each other.
fn project(services: usize) -> String {
    let mut text = String::from("name: bench\nservices:\n");
    for number in 0..services {
        let _ = write!(
            text,
            "  web{number}:\n    image: registry.example.com/team/web:1.{number}\n    restart: unless-stopped\n    \
             ports:\n      - \"127.0.0.1:{}:8080\"\n    environment:\n      LOG_LEVEL: ${{LOG_LEVEL:-info}}\n      \
             UPSTREAM: http://web{}:8080/\n      DATABASE_URL: postgres://app@db{number}:5432/app\n    depends_on:\n      \
             - web{}\n    volumes:\n      - data:/var/lib/data{number}\n      - ./conf:/etc/app:ro\n    healthcheck:\n      \
             test: [CMD, curl, -f, \"http://localhost:8080/\"]\n      interval: 30s\n    labels:\n      com.example.number: \"{number}\"\n",
            10000 + number % 50_000,
            number / 2,
            if number == 0 { services } else { number / 2 },
        );
    }
    let _ = writeln!(text, "  web{services}: {{image: x}}\nvolumes: {{data: {{}}}}");
    text
}
